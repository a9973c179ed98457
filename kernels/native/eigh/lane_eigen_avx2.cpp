#include "kernels/native/eigh/lane_eigen.hpp"

#if defined(__x86_64__)

namespace torchup::native {

LaneEigen lane_eigen_avx2() { return lane_eigen<Avx2>(); }

}  // namespace torchup::native

#endif
