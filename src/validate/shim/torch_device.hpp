#pragma once
// The installed torch as a device: runs the kernels through its own operators. Lives in the shim host's process.

#include "torchup/kernels/device.hpp"

#include "src/validate/shim/torch_symbols.hpp"

#include <memory>

namespace torchup {

/// `symbols` must outlive it. Kernels whose functions this torch does not have are CannotRun, with which is missing.
std::unique_ptr<Device> make_torch_device(const TorchSymbols& symbols);

}  // namespace torchup
