#pragma once
// What is installed beside the drivers: C and C++ runtimes, toolkits, interpreters, frameworks; and the variables that steer them.

#include "torchup/core/numeric_version.hpp"

#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct Libc {
  std::string family = {};  ///< "glibc", "musl", or "none" (macOS, Windows).
  NumericVersion version;
  bool operator==(const Libc&) const = default;
};

/// The system's C++ runtime, which extension modules share with torch.
struct CxxRuntime {
  std::string path = {}, real_path = {};       ///< libstdc++.so.6 as the loader finds it; links followed.
  std::optional<NumericVersion> glibcxx = {};  ///< The highest GLIBCXX_ version that it defines: 3.4.30.
  std::optional<NumericVersion> cxxabi = {};   ///< The highest CXXABI_ version: 1.3.13.
  bool operator==(const CxxRuntime&) const = default;
};

/// A CUDA or ROCm toolkit. It compiles programs; which CUDA an installed torch uses is another matter (`Framework::cuda`).
struct Toolkit {
  std::string kind = {};  ///< "cuda", "rocm".
  NumericVersion version;
  std::string path = {};                   ///< Its folder, links followed.
  std::string compiler = {};               ///< nvcc or hipcc in it; empty where it has none.
  std::vector<std::string> named_by = {};  ///< What leads there: "PATH", "CUDA_HOME", "/usr/local/cuda", "CONDA_PREFIX".
  bool operator==(const Toolkit&) const = default;
};

/// An interpreter, asked itself with -I -S.
struct Python {
  std::string path = {};            ///< As found, absolute.
  std::string executable = {};      ///< Links followed.
  std::string version = {};         ///< "3.11.7", "3.15.0rc1": python_full_version.
  std::string implementation = {};  ///< "cpython", "pypy".
  std::string abi_flags = {};       ///< "" or "t" (free-threaded) or "d".
  std::string multiarch = {};       ///< sysconfig's platform: "linux-x86_64".
  std::string environment = {};     ///< "system", "venv", "conda", "pyenv", "torchup".
  std::string base_prefix = {};     ///< sys.base_prefix.
  bool externally_managed = false;  ///< PEP 668.
  bool operator==(const Python&) const = default;
};

/// An installed torch, read without running it.
struct Framework {
  std::string name = {}, version = {}, variant = {}, path = {};
  std::string distribution = {};                ///< The Version of its dist-info, which on the main index has no local label.
  std::string tag = {};                         ///< Its WHEEL's first Tag: "cp311-cp311-manylinux_2_28_x86_64".
  std::string cuda = {}, hip = {}, xpu = {};    ///< What version.py says it was built with; at most one is not empty.
  std::vector<std::string> architectures = {};  ///< "sm_75", ..., "gfx942": the code that it carries; empty where not known.
  std::vector<std::string> requirements = {};   ///< Requires-Dist of GPU runtimes, as written: "nvidia-nccl-cu13==2.30.7; …".
  bool operator==(const Framework&) const = default;
};

/// A variable that changes what programs here find or see. A value that may hold a secret is not kept.
struct EnvironmentVariable {
  std::string name = {}, value = {};
  bool operator==(const EnvironmentVariable&) const = default;
};

}  // namespace torchup
