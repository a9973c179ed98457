#include "kernels/native/eigh/single_eigen.hpp"

#if defined(__x86_64__)

namespace torchup::native {

SingleEigen single_eigen_avx512() { return single_eigen<Avx512>(); }

}  // namespace torchup::native

#endif
