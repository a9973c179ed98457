#pragma once
// torchup libtorch install: a LibTorch folder from the published archive, or from the wheel. The libtorch command uses it.

#include "src/commands/install_options.hpp"
#include "src/commands/lock_options.hpp"

#include <string>

namespace torchup {

inline constexpr OptionText k_to_option{"--to", "DIR", "The LibTorch folder (default: ./libtorch)"};

struct LibtorchInstallOptions {
  std::string version, abi, platform, to;
  bool from_wheel = false;
  LockOptions lock;
  InstallOptions install;
};

/// The folder of --to, absolute and without `.` or `..`.
std::filesystem::path libtorch_root(const std::string& to);

void add_libtorch_install_options(Parser& parser, LibtorchInstallOptions& options);
Result<int> install_libtorch(Application& application, LibtorchInstallOptions options);

}  // namespace torchup
