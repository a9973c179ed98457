#pragma once
// torchup libtorch path and verify: what a build needs to know of a LibTorch folder, and whether the folder is right. The libtorch command
// uses them.

#include "torchup/core/result.hpp"

#include <string>
#include <vector>

namespace torchup {

class Application;
class Parser;

struct LibtorchPathOptions {
  std::string to;
  bool cmake = false, pkg_config = false, env = false;
};

void add_libtorch_path_options(Parser& parser, LibtorchPathOptions& options);
Result<int> print_libtorch_path(Application& application, const LibtorchPathOptions& options);

struct LibtorchVerifyOptions {
  std::string to;
  std::vector<std::string> levels = {"files", "load", "numeric", "build"};
};

void add_libtorch_verify_options(Parser& parser, LibtorchVerifyOptions& options);

/// 1 where a check failed.
Result<int> verify_libtorch(Application& application, const LibtorchVerifyOptions& options);

}  // namespace torchup
