#pragma once
// What the search holds true at one moment: decisions, and what follows from them, in the order in which they came, each
// with its decision level, so that going back to a level is cutting the lists.

#include "resolver/pubgrub/incompatibility.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace torchup::pubgrub {

/// The assignment that made an incompatibility's last term true.
struct Satisfier {
  PackageId package = k_root;
  std::optional<IncompatibilityId> cause = {};  ///< Nothing where it was a decision.
  std::uint32_t level = 0;
  std::uint32_t previous_level = 0;  ///< The lowest level at which that assignment alone was missing.
};

class PartialSolution {
 public:
  std::uint32_t level() const { return static_cast<std::uint32_t>(m_decided.size()); }
  const Term& known(PackageId package) const;  ///< All that is said of the package so far.
  bool wanted(PackageId package) const { return known(package).positive(); }
  const Version* decision(PackageId package) const;
  bool undecided(PackageId package) const { return wanted(package) && !is_decided(package); }
  std::size_t decided() const { return m_decided.size(); }
  bool is_decided(PackageId package) const { return package < m_packages.size() && m_packages[package].decided_at != 0; }
  PackageId decided_at(std::uint32_t level) const { return m_decided[level - 1]; }  ///< The package that opened the level, from 1.
  std::uint32_t level_of(PackageId package) const { return m_packages[package].decided_at; }

  /// Opens a level.
  void decide_root();
  void decide(PackageId package, const Version& version);
  void derive(PackageId package, const Term& term, IncompatibilityId cause);

  /// Forgets everything above the level.
  void go_back_to(std::uint32_t level);

  /// Packages that anything is said of, each once.
  std::vector<PackageId> spoken_of() const;

  /// Packages of which something else is known since the last call.
  std::vector<PackageId> take_touched();

  /// Which assignment made the last of the terms true. All must be true now.
  Satisfier satisfier(const Incompatibility& incompatibility, const IncompatibilityStore& store) const;

 private:
  struct Assignment {
    std::uint32_t order, level;
    std::optional<IncompatibilityId> cause;
    Term known;  // with everything before it
  };
  struct Package {
    std::vector<Assignment> assignments;
    std::uint32_t decided_at = 0;  // the level that its version opened with its last assignment, or 0
    bool touched = false;
  };

  Package& at(PackageId package);
  void touch(PackageId package);
  void open_level(PackageId package, const Term& term);
  const Assignment& first_satisfying(PackageId package, const Term& term) const;

  std::vector<Package> m_packages;
  std::vector<PackageId> m_trail;    // the package of each assignment, in the order in which they were made
  std::vector<PackageId> m_decided;  // one a level
  std::vector<PackageId> m_touched;
  std::uint32_t m_order = 0;
};

}  // namespace torchup::pubgrub
