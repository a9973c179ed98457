#pragma once
// Stage 3 with its input and output side: asks the solver, answers it from package indexes, and gives each chosen version
// with the file to lock. The pipeline includes this, index_client.hpp and default_index.hpp of the index, and nothing else.

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/solver.hpp"
#include "torchup/resolver/target.hpp"

#include "src/index/index_client.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace torchup {

/// Where each package comes from. Indexes are never merged: a pinned package is looked for on its own index alone.
struct PackageIndexes {
  Url main;
  std::map<PackageName, Url> pinned = {};

  const Url& of(const PackageName& name) const {
    const auto found = pinned.find(name);
    return found == pinned.end() ? main : found->second;
  }
};

/// One chosen package and everything that a lock says of it.
struct ResolvedPackage {
  PackageName name;
  Version version;
  std::vector<PackageName> extras = {};        ///< Those that something asked for, sorted.
  std::vector<PackageName> dependencies = {};  ///< What it pulled in under this target, sorted.
  Url index;
  LockedFile file;                                   ///< Its size is always there.
  std::optional<std::uint64_t> unpacked_bytes = {};  ///< On disk; known where the wheel's own directory was read.
  std::optional<SpecifierSet> requires_python = {};
};

struct ResolvedPackages {
  std::vector<ResolvedPackage> packages;  ///< Sorted by name.
};

using ResolveOutcome = std::variant<ResolvedPackages, Unsolvable>;

struct ResolveOptions {
  std::optional<std::string> exclude_newer = {};           ///< "2026-10-28T00:00:00Z": only files uploaded before.
  std::map<PackageName, std::vector<Sha256>> hashes = {};  ///< A package named here: only wheels with one of them.
};

/// Resolves for one target; `request.environment` is taken from it. A page or METADATA that is needed and cannot be had is
/// ErrorKind::network; a chosen wheel without a sha256 on its index is ErrorKind::integrity. That nothing fits is an answer.
Result<ResolveOutcome> resolve_on_index(SolverRequest request, const Target& target, const PackageIndexes& indexes, IndexClient& client,
                                        Diagnostics& diagnostics, const ResolveOptions& options = {});

}  // namespace torchup
