#include "kernels/native/attention/attend_step.hpp"

#if defined(__x86_64__)

namespace torchup::native {

Attend attend_avx2() { return attend<Avx2, 6>(); }

}  // namespace torchup::native

#endif
