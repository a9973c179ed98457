#pragma once
// An environment as it lies on disk, whoever made it: torchup, venv, virtualenv, uv or conda. Read, never run. What the checks
// of the doctor look at, and where `torchup report` has its versions from.

#include "torchup/core/result.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// A distribution by its .dist-info (packaging.python.org "recording installed packages").
struct Distribution {
  std::string name;              ///< Normalised (PEP 503).
  std::string version;           ///< As its folder says.
  std::filesystem::path folder;  ///< .../demo-1.0.dist-info
  std::string installer = {};    ///< INSTALLER: "pip", "uv", "torchup", "conda".
};

/// The installed torch as it says of itself in torch/version.py.
struct InstalledTorch {
  std::string version;                                   ///< "2.15.0+cu132"
  std::string cuda = {}, hip = {}, rocm = {}, xpu = {};  ///< "13.2"; of one kind at most; builds for ROCm tell `rocm` from 2.10 on.
  std::string git_version = {};
  bool debug = false;
  std::filesystem::path folder;  ///< .../site-packages/torch
  std::filesystem::path source;  ///< .../torch/version.py
  std::string variant() const;   ///< "cu132", "rocm7.2", "xpu", "cpu".
};

struct InstalledEnvironment {
  std::filesystem::path root;
  std::string kind;                 ///< "torchup", "venv", "conda"
  std::filesystem::path python;     ///< root/bin/python; need not exist.
  std::string python_version;       ///< "3.11", of the library folder.
  std::string python_full_version;  ///< "3.11.2"; "3.11.0" where nothing tells.
  std::filesystem::path library;    ///< root/lib/python3.11
  std::filesystem::path site_packages;
  std::map<std::string, std::string> configuration;  ///< pyvenv.cfg; empty with conda.
  std::vector<Distribution> distributions;           ///< Sorted by name, then version.
  std::vector<std::string> leftovers;                ///< Names in site-packages that an interrupted removal left: "~orch".
  std::optional<InstalledTorch> torch;

  /// The first distribution of that normalised name.
  const Distribution* find(std::string_view name) const;
  /// Whether pyvenv.cfg lets the packages of the interpreter that it is made from be seen.
  bool sees_system_packages() const;
};

/// Reads DIR. No environment there, or one that cannot be read, is ErrorKind::host.
Result<InstalledEnvironment> read_installed_environment(const std::filesystem::path& root);

/// The text between quotes after `NAME` and `=` at a line's begin: how torch/version.py tells; empty where it does not.
std::string python_constant(std::string_view source, std::string_view name);

/// A whole file of at most `limit` bytes; nothing where it cannot be read.
std::optional<std::string> read_small_file(const std::filesystem::path& path, std::size_t limit = 4U << 20);

/// The names in a folder, sorted, at most a hundred thousand; empty where it cannot be read.
std::vector<std::string> names_in(const std::filesystem::path& folder);

}  // namespace torchup
