#pragma once
// The kernels on an NVIDIA GPU, out of a library that is built where nvcc is and loaded where it lies. Not yet run on a GPU: the
// kernels compile, and what the library answers without one is tested.

#include "torchup/core/result.hpp"
#include "torchup/kernels/device.hpp"

#include <filesystem>
#include <memory>

namespace torchup {

/// Loads the plug-in. ErrorKind::validation with the loader's own message where it refuses, or where it is of another version.
/// Without a GPU the device is there, and cannot run anything.
Result<std::unique_ptr<Device>> load_cuda_device(const std::filesystem::path& library);

}  // namespace torchup
