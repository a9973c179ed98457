#pragma once
// Stage 3 with its input and output side: asks the solver, answers it from package indexes, and gives each chosen version
// with the file to lock. The pipeline includes this, index_client.hpp and default_index.hpp of the index, and nothing else.

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/repair.hpp"
#include "torchup/resolver/solver.hpp"
#include "torchup/resolver/target.hpp"

#include "src/index/index_client.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
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
  LockedFile file;                                   ///< A wheel, or the sdist to build; its size is always there.
  bool hash_computed = false;                        ///< The index gives none: the file was read for it.
  std::optional<std::uint64_t> unpacked_bytes = {};  ///< On disk; known where the wheel's own directory was read.
  std::optional<SpecifierSet> requires_python = {};
  std::vector<const Repair*> repairs = {};  ///< What its METADATA was repaired by, of the table given.
};

struct ResolvedPackages {
  std::vector<ResolvedPackage> packages;  ///< Sorted by name.
};

using ResolveOutcome = std::variant<ResolvedPackages, Unsolvable>;

/// Gives the METADATA of the wheel that would be built from an sdist. The file lies at `sdist`; nothing else of the resolution is
/// under way meanwhile.
using MetadataBuilder =
    std::function<Result<std::string>(const PackageName& name, const Version& version, const std::filesystem::path& sdist)>;

struct ResolveOptions {
  std::optional<std::string> exclude_newer = {};           ///< "2026-10-28T00:00:00Z": only files uploaded before.
  std::map<PackageName, std::vector<Sha256>> hashes = {};  ///< A package named here: only wheels with one of them.
  const RepairTable* repairs = nullptr;                    ///< What METADATA is repaired by; must outlive what is resolved.
  std::set<PackageName> buildable = {};                    ///< A package named here: an sdist where no wheel fits.
  std::string program = {};                                ///< Which build of this program asks: one takes over only what it resolved
                                                           ///< itself before. Empty: nothing is taken over.
  MetadataBuilder build_metadata = {};                     ///< For their sdists that leave it open; without it such a version is unusable.
};

class SolverAnswers;

/// One resolution for one target, which never waits by itself: several share an index client and wait for it together.
class Resolution {
 public:
  /// All references must outlive it; `request.environment` is taken from `target`. Resolutions that are made before the first `step`
  /// of any of them have the pages that they share read once for all.
  Resolution(SolverRequest request, const Target& target, const PackageIndexes& indexes, IndexClient& client, Diagnostics& diagnostics,
             ResolveOptions options = {});
  ~Resolution();
  Resolution(const Resolution&) = delete;
  Resolution& operator=(const Resolution&) = delete;

  /// Goes on as far as it can. Nothing where the client must be driven first. A page or METADATA that is needed and cannot be had is
  /// ErrorKind::network; of a chosen file without a sha256 on its index the hash is computed. A build that fails ends the resolution.
  /// What was resolved before is taken over while every page that it rests on is as it was. That nothing fits is an answer. Not to be
  /// called again after an answer or a failure.
  Result<std::optional<ResolveOutcome>> step();

 private:
  Result<bool> know_files();
  Unsolvable told(Unsolvable unsolvable) const;
  Result<ResolveOutcome> described();

  const PackageIndexes& m_indexes;
  IndexClient& m_client;
  Diagnostics& m_diagnostics;
  ResolveOptions m_options;
  RepairTable m_no_repairs;
  IdentifiedRules m_rules;
  MarkerEnvironment m_markers;
  std::vector<Requirement> m_requirements;
  std::string m_question;  // what the client keeps the outcome under; empty where it must not be kept
  bool m_has_recalled = false;
  Solver m_solver;
  std::unique_ptr<SolverAnswers> m_answers;
  std::optional<Solved> m_solved;  // while sizes and hashes are learned
};

/// A resolution from its first step to its end.
Result<ResolveOutcome> resolve_on_index(SolverRequest request, const Target& target, const PackageIndexes& indexes, IndexClient& client,
                                        Diagnostics& diagnostics, const ResolveOptions& options = {});

}  // namespace torchup
