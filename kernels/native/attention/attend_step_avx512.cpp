#include "kernels/native/attention/attend_step.hpp"

#if defined(__x86_64__)

namespace torchup::native {

Attend attend_avx512() { return attend<Avx512, 14>(); }

}  // namespace torchup::native

#endif
