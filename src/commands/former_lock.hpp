#pragma once
// What is already there counts when something is resolved anew: versions stay unless they are told, or have, to move.

#include "torchup/install/environment.hpp"
#include "torchup/resolver/explanation.hpp"
#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/variant.hpp"

#include "src/pipeline.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// Takes packages out of a former lock, so that nothing holds their versions. torch's family moves together: its releases need
/// one another exactly.
void forget_versions(Lockfile& former, const std::vector<PackageName>& names, const VariantCatalog& catalog);

/// The lock that a generation was made from; where it has none, or none that is a lock, the packages that it holds, with what was
/// asked for by name as its requests. ErrorKind::host where it cannot be read.
Result<Lockfile> lock_of_generation(const Generation& generation);

/// The lock that the environment's current generation was made from; nothing where there is no environment yet, or it is damaged.
/// ErrorKind::host where it cannot be read: what was asked for before would be forgotten.
Result<std::optional<Lockfile>> lock_of_environment(const std::filesystem::path& root);

/// The build that a wish without one keeps: a change of packages is none of the kind of build. "auto" where the lock has no torch.
std::string kept_variant(const Lockfile& former);

/// Whether a wish for that variant, empty where it names none, asks for no other build than the lock has. One without torch has none.
bool is_kept_variant(const std::string& wished, const Lockfile& former);

/// Adds to a wish what the environment was made from before, but for packages that the wish names itself; versions stay unless
/// they have to move.
Status keep_requests(LockWish& wish, const Lockfile& former);

/// What to say beside the explanation of a wish that has no solution: which of the requirements in it the environment was made from
/// before, and how to let go of them. Nothing where it names none of them.
std::optional<std::string> hint_of_kept(const LockWish& wish, const Explanation& explanation);

/// Whether the former lock already is an answer to the wish under this environment: everything asked for is in it, in a version and
/// with the extras that are asked for, and nothing tells to choose in another way.
bool is_answered(const LockWish& wish, const Lockfile& former, const MarkerEnvironment& environment);

}  // namespace torchup
