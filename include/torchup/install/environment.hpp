#pragma once
// An environment of torchup's form: DIR/generations/N hold whole environments, DIR/current points to one, DIR/bin,
// DIR/lib, DIR/pyvenv.cfg are fixed links through it. One rename of `current` flips it; a generation is never edited.

#include "torchup/host/host_facts.hpp"
#include "torchup/install/install_plan.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// What a folder of ours holds: packages for an interpreter, or torch's native libraries for programs in C++.
enum class EnvironmentKind { python, libtorch };

/// How files of the store come into an environment. What cannot be had on a file system is a copy.
enum class LinkMode {
  automatic,  ///< Clones; else hard links of what nobody edits, and copies of the rest.
  clone,      ///< Blocks shared until one of both is written to.
  hardlink,  ///< Every file shared, read-only: an edit in place reaches the store and every environment, and is mended by the next install.
  copy,
};

/// What a user wants an environment to be made from.
struct EnvironmentSpec {
  std::filesystem::path root;  ///< DIR, absolute.
  Python python;               ///< Its interpreter; one inside a virtual environment is followed to its base.
  std::string prompt = {};     ///< What a shell shows when it is active; empty: DIR's name, or its parent's for `.venv`.
  std::string lock = {};       ///< The lock that it is made from, kept in the generation; empty for none.
  LinkMode link_mode = LinkMode::automatic;
  EnvironmentKind kind = EnvironmentKind::python;
};

/// A whole generation on disk, in use or not.
struct Generation {
  unsigned number = 0;
  std::filesystem::path root;           ///< DIR/generations/N
  std::filesystem::path python;         ///< DIR/generations/N/bin/python; empty for LibTorch.
  std::filesystem::path site_packages;  ///< DIR/generations/N/lib/pythonX.Y/site-packages; of LibTorch share/torchup, with RECORDs alone.
  std::string python_version;           ///< "3.11.7"
  std::vector<InstalledPackage> packages;  ///< Sorted by name.
  std::string python_executable = {};      ///< The base interpreter: "/usr/bin/python3.11"
  std::string created = {};                ///< "2026-11-22T18:00:00Z"
  std::vector<std::string> edited = {};    ///< Files of wheels that somebody had changed before and that were taken over so.
  EnvironmentKind kind = EnvironmentKind::python;
};

struct Environment {
  std::filesystem::path root;         ///< DIR, absolute.
  std::optional<Generation> current;  ///< Nothing before the first install.
  std::vector<unsigned> generations;  ///< Every one on disk, ascending.
};

}  // namespace torchup
