#pragma once
// A set of versions as sorted, disjoint ranges: the algebra that PubGrub computes with. Pure values; every specifier is
// one (except `===` with text that is no version, which becomes the empty set).

#include "torchup/resolver/specifier.hpp"

#include <string>
#include <vector>

namespace torchup {

/// A place between versions. PEP 440 needs places that are no version: before 1.0's pre-releases, after 1.0's local
/// builds, after its post-releases.
struct VersionBound {
  enum class Place { before_all, before_dev, at, after_locals, after_posts, after_all };
  Place place = Place::at;
  std::optional<Version> version;  ///< Nothing for before_all and after_all.
  bool after = false;              ///< With `at`: just after the version itself, instead of just before it.

  std::strong_ordering operator<=>(const VersionBound& other) const;
  bool operator==(const VersionBound& other) const { return (*this <=> other) == 0; }
};

class VersionSet {
 public:
  struct Range {
    VersionBound low, high;  ///< Versions above `low` and below `high`.
    bool operator==(const Range&) const = default;
  };

  static VersionSet none();
  static VersionSet all();
  static VersionSet exactly(const Version& version);  ///< That version alone, its local part included.
  static VersionSet of(const SpecifierSet& specifiers);
  static VersionSet of(const Specifier& specifier);

  VersionSet complement() const;
  VersionSet intersection(const VersionSet& other) const;
  VersionSet united(const VersionSet& other) const;

  bool contains(const Version& version) const;
  bool empty() const { return m_ranges.empty(); }
  bool is_all() const;
  bool subset_of(const VersionSet& other) const;
  bool disjoint_from(const VersionSet& other) const;
  const std::vector<Range>& ranges() const { return m_ranges; }

  /// For people: ">=2.0,<3", "==1.4", "*" for all, "none" for none; ranges joined by " | ".
  std::string text() const;

  bool operator==(const VersionSet&) const = default;

 private:
  std::vector<Range> m_ranges;  // sorted, disjoint, none empty, none touching
};

}  // namespace torchup
