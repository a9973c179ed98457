#include "kernels/native/attention/attend_step.hpp"

namespace torchup::native {

Attend attend_baseline() { return attend<Baseline, 6>(); }

}  // namespace torchup::native
