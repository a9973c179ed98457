#pragma once
// Where an interpreter of one version looks for what is in an environment, and where wheels' schemes lead to
// (packaging.python.org "binary distribution format", "spreading"). All paths are relative to a generation.

#include "torchup/core/result.hpp"
#include "torchup/install/environment.hpp"

#include <string>
#include <vector>

namespace torchup {

struct PythonLayout {
  EnvironmentKind kind = EnvironmentKind::python;
  std::string version;         ///< "3.11.7"
  std::string implementation;  ///< "cpython", "pypy"
  std::string abi_flags;       ///< "t" of a free-threaded build
  std::string executable;      ///< The base interpreter, absolute.
  std::string short_version;   ///< "3.11"
  std::string library;         ///< "lib/python3.11"
  std::string site_packages;   ///< "lib/python3.11/site-packages"
  std::string headers;         ///< "include/site/python3.11"; unused for LibTorch.

  /// Names in bin/ that lead to the interpreter, `python` first.
  std::vector<std::string> names() const;
};

/// Where LibTorch has its things: no interpreter, and the packages' RECORDs in `site_packages`.
PythonLayout lay_out_libtorch();

/// ErrorKind::host where the version is not X.Y… or the interpreter's path is not absolute.
Result<PythonLayout> lay_out_python(const Python& python);

}  // namespace torchup
