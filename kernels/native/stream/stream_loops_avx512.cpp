#include "kernels/native/stream/stream_loops.hpp"

#if defined(__x86_64__)

namespace torchup::native {

StreamLoops stream_loops_avx512() { return stream_loops_of<Avx512>(); }

}  // namespace torchup::native

#endif
