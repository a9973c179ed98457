#include "kernels/native/stream/stream.hpp"

namespace torchup::native {

StreamLoops stream_loops(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return stream_loops_avx512();
  if (set == InstructionSet::avx2) return stream_loops_avx2();
#endif
  static_cast<void>(set);
  return stream_loops_baseline();
}

}  // namespace torchup::native
