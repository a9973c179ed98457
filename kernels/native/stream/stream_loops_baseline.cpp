#include "kernels/native/stream/stream_loops.hpp"

namespace torchup::native {

StreamLoops stream_loops_baseline() { return stream_loops_of<Baseline>(); }

}  // namespace torchup::native
