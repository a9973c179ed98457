#pragma once
// Which of a lock's targets something is for, and the shortest marker that says so among them. Private to universal_lock.cpp.

#include "torchup/resolver/universal_lock.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace torchup {

/// The targets' places in the list that the lock is made of.
using TargetSet = std::set<std::size_t>;

class TargetGrid {
 public:
  explicit TargetGrid(const std::vector<ResolvedTarget>& targets);

  /// The marker that holds for these of the grid's targets and no others; empty where it is for all.
  std::string marker(const TargetSet& chosen) const;

  /// One for each platform and Python: the marker that holds on it alone.
  std::vector<std::string> environments() const;

  const std::vector<std::string>& variants() const { return m_variants; }  ///< Sorted.
  const std::vector<std::string>& pythons() const { return m_pythons; }    ///< Ascending: "3.9" before "3.10".

 private:
  struct Platform {
    std::string system, machine;
    auto operator<=>(const Platform&) const = default;
  };
  struct Cell {
    std::size_t platform, python, variant;
  };
  using Places = std::set<std::size_t>;

  std::string place_marker(const std::set<std::pair<std::size_t, std::size_t>>& places) const;
  std::string platform_marker(const Places& platforms) const;
  std::string python_marker(const Places& pythons) const;

  std::vector<Platform> m_platforms;
  std::vector<std::string> m_pythons, m_variants;
  std::vector<Cell> m_cells;  // one for each target
};

}  // namespace torchup
