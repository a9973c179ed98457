#pragma once
// The engine "blas": the BLAS and LAPACK that the system has, found by name so that nothing needs them to build. Used by the worker.

#include "torchup/core/result.hpp"
#include "torchup/kernels/device.hpp"

#include <memory>
#include <string>

namespace torchup {

struct BlasLibrary {
  std::unique_ptr<Device> device;
  std::string version;  ///< As the library says it, or its file's name.
};

/// Loads OpenBLAS, else the reference BLAS and LAPACK, on one thread; matrix products and eigenproblems can be prepared.
/// ErrorKind::validation where there is none.
Result<BlasLibrary> load_blas();

}  // namespace torchup
