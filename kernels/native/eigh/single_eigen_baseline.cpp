#include "kernels/native/eigh/single_eigen.hpp"

namespace torchup::native {

SingleEigen single_eigen_baseline() { return single_eigen<Baseline>(); }

}  // namespace torchup::native
