#pragma once
// A set of versions as sorted, disjoint ranges: the algebra that PubGrub computes with. Pure values that are cheap to copy;
// every specifier is one. `===` with text that is no version becomes the empty set; `===` with a version is that version
// alone, however it is spelled, since a set cannot tell 1.0 from 1.0.0.

#include "torchup/core/shared_value.hpp"
#include "torchup/resolver/specifier.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace torchup {

/// A place between versions. PEP 440 needs places that are no version: before 1.0's pre-releases, after 1.0's local
/// builds, after its post-releases, after everything that starts with 1.0. Places with no version between them are equal.
struct VersionBound {
  enum class Place : std::uint8_t { before_all, before_dev, at, after_locals, after_posts, after_prefix, after_all };

  // Members stand in the order in which they take the least room: a resolution holds millions.
  VersionBound(Place its_place = Place::at, std::optional<Version> its_version = {}, bool is_after = false, std::size_t numbers = 0)
      : version(std::move(its_version)), prefix(static_cast<std::uint32_t>(numbers)), place(its_place), after(is_after) {}

  std::optional<Version> version;  ///< Nothing for before_all and after_all.
  std::uint32_t prefix;            ///< With `after_prefix`: how many numbers of the release count, at least one.
  Place place;
  bool after;  ///< With `at`: just after the version itself, instead of just before it.

  std::strong_ordering operator<=>(const VersionBound& other) const;
  bool operator==(const VersionBound& other) const { return (*this <=> other) == 0; }
};

class VersionSet {
 public:
  struct Range {
    VersionBound low, high;  ///< Versions above `low` and below `high`.
    bool operator==(const Range&) const = default;
  };

  VersionSet() = default;  ///< No version.

  static VersionSet none();
  static VersionSet all();
  static VersionSet exactly(const Version& version);                             ///< That version alone, its local part included.
  static VersionSet between(const VersionBound& low, const VersionBound& high);  ///< Empty where `low` is not below `high`.
  static VersionSet of(const SpecifierSet& specifiers);
  static VersionSet of(const Specifier& specifier);

  VersionSet complement() const;
  VersionSet intersection(const VersionSet& other) const;
  VersionSet united(const VersionSet& other) const;

  bool contains(const Version& version) const;
  bool empty() const { return ranges().empty(); }
  bool is_all() const;
  bool subset_of(const VersionSet& other) const;
  bool disjoint_from(const VersionSet& other) const;

  /// Whether it is one version, with or without that version's local builds: what an exact pin leaves.
  bool is_pin() const;

  /// Sorted, disjoint, none empty, none touching.
  std::span<const Range> ranges() const;

  /// For people: ">=2.0,<3", "==1.4", "==1.4.*", ">=1,!=1.5", "*" for all, "none" for none; other ranges joined by " | ".
  std::string text() const;

  bool operator==(const VersionSet& other) const;

 private:
  using Ranges = std::variant<Range, std::vector<Range>>;  // nearly every set is one range, which needs no list
  explicit VersionSet(std::vector<Range> ranges);

  SharedValue<Ranges> m_ranges;  // nothing for the empty set
};

}  // namespace torchup
