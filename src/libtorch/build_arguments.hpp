#pragma once
// What a build in C++ needs to know of a LibTorch folder, in the words of those that ask: cmake, pkg-config, a shell. `torchup libtorch
// path` prints it and `libtorch verify` builds with it.

#include <filesystem>
#include <string>
#include <vector>

namespace torchup {

/// A LibTorch folder as builds see it.
struct BuildTree {
  std::filesystem::path root;                  ///< Absolute; lib, include and share lie in it.
  std::string version = {};                    ///< "2.15.0"
  std::string abi = {};                        ///< "cxx11", "pre-cxx11", or empty where it is not known.
  std::string standard = {};                   ///< "C++20": what torch's headers want; empty where it is not known.
  std::vector<std::string> capabilities = {};  ///< "7.5", "9.0+PTX": the GPUs that it has code for.
};

/// Arguments with which a project whose CMakeLists.txt says `find_package(Torch)` configures, links and runs; none holds a blank but for
/// those in `root`. A value that the project or the user sets counts before these.
std::vector<std::string> cmake_arguments(const BuildTree& tree);

/// What a compiler is given for one program without cmake: include folders, macros, libraries.
std::vector<std::string> compiler_arguments(const BuildTree& tree);

/// The text of a .pc file (pkg-config's guide, "Writing pkg-config files").
std::string pkg_config_text(const BuildTree& tree);

/// Variables for a shell, one `export NAME='VALUE'` a line.
std::string shell_text(const BuildTree& tree);

/// "9.0" of "sm_90", "9.0a" of "sm_90a", "12.0+PTX" of "PTX 12.0": from the catalog's words to TORCH_CUDA_ARCH_LIST's. What is no CUDA
/// architecture is left out; code and PTX of one capability are one word.
std::vector<std::string> cuda_capabilities(const std::vector<std::string>& architectures);

}  // namespace torchup
