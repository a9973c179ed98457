#pragma once
// Builds a wheel from a source distribution (PEP 517), for packages that the user allows by `--allow-build`: the source is
// unpacked, an environment of its own is made by the pipeline's own stages, and the backend's hooks run in it as a child process
// with a small environment, a time limit and a log. Nothing that a build needs is built itself.

#include "src/pipeline.hpp"

#include <filesystem>
#include <string>

namespace torchup {

/// A source distribution whose hash was checked.
struct SourceDistribution {
  PackageName name;
  Version version;
  std::filesystem::path file;
  Sha256 sha256;
};

/// Whom a build is for, and where its requirements come from.
struct BuildSettings {
  Target target;  ///< Its interpreter must be on this host.
  std::string variant = "auto";
  Fallback fallback = Fallback::refuse;
  std::string index_url = {}, torch_index_url = {};  ///< As LockWish has them.
};

/// The METADATA of the wheel that it would become. A build that fails is ErrorKind::install and names its log.
Result<std::string> build_metadata(const Ports& ports, const BuildSettings& settings, const SourceDistribution& source);

struct BuiltWheel {
  std::filesystem::path path;  ///< In the cache.
  std::string name;
  std::uint64_t size = 0;
  Sha256 sha256;
};

/// The wheel, built now or before for the same interpreter and platform.
Result<BuiltWheel> build_wheel(const Ports& ports, const BuildSettings& settings, const SourceDistribution& source);

}  // namespace torchup
