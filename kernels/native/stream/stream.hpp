#pragma once
// The loops of stream_loops.hpp, chosen by instruction set. Used by the kernels that measure memory and arithmetic.

#include "kernels/native/instruction_set.hpp"
#include "kernels/native/stream/stream_loops.hpp"

namespace torchup::native {

StreamLoops stream_loops(InstructionSet set = widest_instruction_set());

}  // namespace torchup::native
