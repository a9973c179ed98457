#pragma once
// BLAS and LAPACK as a system has them, found by name so that nothing needs them to build. Used by bench_kernels only.

#include <string>

namespace torchup::bench {

/// Fortran's interfaces: column-major, every argument by address.
template <class T>
using GemmFunction = void (*)(const char* transpose_a, const char* transpose_b, const int* m, const int* n, const int* k, const T* alpha,
                              const T* a, const int* lda, const T* b, const int* ldb, const T* beta, T* c, const int* ldc);
using SyevdFunction = void (*)(const char* job, const char* triangle, const int* n, float* a, const int* lda, float* w, float* work,
                               const int* work_size, int* integer_work, const int* integer_work_size, int* info);

struct PeerLibrary {
  std::string name;  ///< Empty where there is none.
  GemmFunction<float> sgemm = nullptr;
  GemmFunction<double> dgemm = nullptr;
  SyevdFunction ssyevd = nullptr;
};

/// OpenBLAS on one thread; what it lacks stays null.
PeerLibrary load_openblas();

}  // namespace torchup::bench
