#pragma once
// How a native kernel is to run. Every one of them takes this, so that tests run each instruction set that the machine has.

#include "kernels/native/instruction_set.hpp"

namespace torchup::native {

struct Execution {
  InstructionSet instructions = widest_instruction_set();
  unsigned threads = 1;  ///< At least 1.
};

}  // namespace torchup::native
