#pragma once
// Which of a lock's targets something is for, and a short marker that says so among them. Private to universal_lock.cpp.

#include "torchup/resolver/marker_algebra.hpp"
#include "torchup/resolver/universal_lock.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace torchup {

/// The targets' places in the list that the lock is made of.
using TargetSet = std::set<std::size_t>;

class TargetMarkers {
 public:
  static Result<TargetMarkers> of(const std::vector<ResolvedTarget>& targets);

  /// The marker that holds for these targets and, of the environments and variants that the lock names, nowhere else; nothing where
  /// it is for all targets.
  Result<std::optional<Marker>> marker(const TargetSet& chosen);

  const std::vector<Marker>& environments() const { return m_environments; }  ///< Of each target, one platform and Python.
  const std::vector<std::string>& variants() const { return m_variants; }     ///< Sorted; "" where the lock has one only.

 private:
  struct Place {
    std::size_t environment, variant;
  };

  Result<Marker> made(const TargetSet& chosen) const;
  Result<MarkerAlgebra::Set> environment_set(MarkerAlgebra& algebra, std::size_t place) const;
  Result<MarkerAlgebra::Set> variant_set(MarkerAlgebra& algebra, std::size_t place) const;

  std::vector<Marker> m_environments;
  std::vector<std::string> m_variants;
  std::vector<Place> m_targets;
  std::map<TargetSet, Marker> m_markers;  // packages of one target set are many
};

}  // namespace torchup
