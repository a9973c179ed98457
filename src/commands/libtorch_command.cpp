// torchup libtorch: torch's native libraries for programs in C++.

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/commands/libtorch_folder.hpp"
#include "src/commands/libtorch_install.hpp"
#include "src/commands/parser.hpp"

#include <memory>

namespace torchup {
namespace {

Action define(Parser& parser) {
  struct Options {
    LibtorchInstallOptions install;
    LibtorchPathOptions path;
    LibtorchVerifyOptions verify;
  };
  auto options = std::make_shared<Options>();
  Parser install = parser.command("install", "Make a LibTorch folder from the published archive, or from the wheel");
  add_libtorch_install_options(install, options->install);
  Parser path = parser.command("path", "Print what a build needs to know of it");
  add_libtorch_path_options(path, options->path);
  Parser verify = parser.command("verify", "Check files, machine and ABI, run its kernels, build a program against it");
  add_libtorch_verify_options(verify, options->verify);
  return [options, install, path](Application& application) {
    if (install.chosen()) return install_libtorch(application, options->install);
    return path.chosen() ? print_libtorch_path(application, options->path) : verify_libtorch(application, options->verify);
  };
}

}  // namespace

extern const Command libtorch_command;
const Command libtorch_command{"libtorch", "Install torch's native libraries for C++, and build against them", define};

}  // namespace torchup
