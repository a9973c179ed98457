#include "kernels/native/eigh/lane_eigen.hpp"

namespace torchup::native {

LaneEigen lane_eigen_baseline() { return lane_eigen<Baseline>(); }

}  // namespace torchup::native
