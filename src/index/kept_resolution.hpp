#pragma once
// A resolution that was made before, for as long as nothing that it rests on has changed: the same question, and on the index the
// same pages. METADATA needs no look, since its file's hash stands on the page. Private to resolve_on_index.cpp and its tests.

#include "torchup/resolver/solver.hpp"

#include "src/index/resolve_on_index.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// A page that the solver was told of, as it was.
struct PageStamp {
  PackageName name;
  std::string digest;
};

struct KeptResolution {
  std::vector<PageStamp> pages;
  std::vector<std::string> warnings;  ///< What the user was told, and is told again.
  ResolvedPackages resolved;
};

/// A text that is the same for the same question, and another for any other; empty where an answer must not be kept: a build may
/// take part, or nobody says which program asks.
std::string question_identity(const SolverRequest& request, const Target& target, const PackageIndexes& indexes,
                              const ResolveOptions& options);

/// Holds no credentials.
std::string print_kept_resolution(const KeptResolution& kept);

/// What `print_kept_resolution` wrote; nothing where the bytes are anything else, or name a repair that the options have not. Files on
/// the origin of their index get its credentials.
std::optional<KeptResolution> parse_kept_resolution(std::string_view bytes, const PackageIndexes& indexes, const ResolveOptions& options);

/// The resolution that the client's cache has for that question, where each of its pages is on the index as it was; pages that are
/// no longer fresh are asked for, all at once. ErrorKind::interrupted on Ctrl-C.
Result<std::optional<KeptResolution>> recall_resolution(const std::string& identity, const PackageIndexes& indexes, IndexClient& client,
                                                        const ResolveOptions& options);

}  // namespace torchup
