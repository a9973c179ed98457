#pragma once
// What an install fetches: one wheel for each package of a lock that is for its target, built here where that is all there is, or one
// archive of LibTorch. pipeline.cpp calls it before it locks the environment.

#include "torchup/resolver/choose_wheel.hpp"

#include "src/pipeline.hpp"
#include "src/store/store.hpp"

#include <string>
#include <vector>

namespace torchup {

/// One artifact of a generation to come.
struct WantedArtifact {
  ArtifactRequest request;
  std::string index = {};
  bool requested = true;  ///< Asked for by name, and not only something that it serves.
};

/// The archive, or one wheel for each of the lock's packages under this target.
Result<std::vector<WantedArtifact>> wanted_artifacts(const Ports& ports, const InstallWish& wish, const Store& store);

/// The wheel of a locked package that the target's interpreter takes. A locked sdist that may be built is built, and its wheel stands in
/// the store where a download's would. ErrorKind::lock where there is neither; ErrorKind::usage where an sdist may not be built.
Result<ArtifactRequest> wheel_of(const Ports& ports, const InstallWish& wish, const LockedPackage& package, const SupportedTags& supported,
                                 const Store& store);

}  // namespace torchup
