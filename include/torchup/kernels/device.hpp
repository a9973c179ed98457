#pragma once
// What can run a kernel: our own code, or an installed framework. The harness times prepared runs of several devices in
// turn, so that both sides see the same machine.

#include "torchup/core/result.hpp"
#include "torchup/kernels/kernel.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace torchup {

/// A kernel's case with its inputs in place, ready to run as often as wanted.
class PreparedRun {
 public:
  virtual ~PreparedRun() = default;

  /// Runs once, to its end. ErrorKind::validation with the device's own message where it refuses.
  virtual Status run() = 0;

  /// What the last run gave, of the kernel's sizes and the case's element type; anything else is ErrorKind::validation.
  virtual Result<std::vector<Tensor>> outputs() = 0;
};

/// The device cannot run it: an answer, not a failure.
struct CannotRun {
  std::string reason;
};

class Device {
 public:
  virtual ~Device() = default;

  virtual std::string_view engine() const = 0;  ///< "native", "torch-c"

  /// `inputs` are as the kernel made them and must outlive the run.
  virtual Result<std::variant<std::unique_ptr<PreparedRun>, CannotRun>> prepare(const Kernel& kernel, const KernelCase& kernel_case,
                                                                                const std::vector<Tensor>& inputs) = 0;
};

/// Our own kernels on one thread of this CPU.
std::unique_ptr<Device> make_native_device();

}  // namespace torchup
