#include "torchup/resolver/version_set.hpp"

#include <algorithm>
#include <utility>

namespace torchup {
namespace {

using Place = VersionBound::Place;
using Range = VersionSet::Range;

VersionBound before(const Version& version) { return {Place::at, version, false}; }
VersionBound before_all() { return {Place::before_all}; }
VersionBound after_all() { return {Place::after_all}; }

const VersionBound& earlier(const VersionBound& a, const VersionBound& b) { return b < a ? b : a; }
const VersionBound& later(const VersionBound& a, const VersionBound& b) { return a < b ? b : a; }

// `==1.0` takes 1.0's local builds too; `==1.0+cpu` is that build alone (PEP 440, "Version matching").
VersionSet matching(const Version& version) {
  if (!version.local().empty()) return VersionSet::exactly(version);
  return VersionSet::between(before(version), {Place::after_locals, version});
}

// `==1.4.*`: everything whose release starts so, pre-releases of 1.4 included (PEP 440, "Version matching").
VersionSet starting_with(const Version& version, std::size_t numbers) {
  return VersionSet::between({Place::before_dev, version}, {Place::after_prefix, version, false, numbers});
}

// `>1.0` leaves out 1.0's post-releases and local builds, `>1.0.post1` only its local builds (PEP 440, "Exclusive ordered comparison").
VersionSet above(const Version& version) {
  const bool ends_with_its_locals = version.post().has_value() || version.dev().has_value();
  return VersionSet::between({ends_with_its_locals ? Place::after_locals : Place::after_posts, version}, after_all());
}

// `<1.0` leaves out 1.0's own pre-releases, `<1.0rc1` does not (PEP 440, "Exclusive ordered comparison").
VersionSet below(const Version& version) {
  const VersionBound high = version.is_prerelease() ? before(version) : VersionBound{Place::before_dev, version};
  return VersionSet::between(before_all(), high);
}

// `~=1.4.2` is `>=1.4.2, ==1.4.*` (PEP 440, "Compatible release").
VersionSet compatible_with(const Version& version) {
  const std::size_t numbers = version.release().size() - 1;
  if (numbers == 0) return {};
  return VersionSet::between(before(version), {Place::after_prefix, version, false, numbers});
}

}  // namespace

VersionSet::VersionSet(std::vector<Range> ranges) {
  if (ranges.size() == 1) {
    m_ranges = SharedValue<Ranges>(Ranges(std::move(ranges.front())));
  } else if (!ranges.empty()) {
    m_ranges = SharedValue<Ranges>(Ranges(std::move(ranges)));
  }
}

std::span<const VersionSet::Range> VersionSet::ranges() const {
  if (!m_ranges) return {};
  if (const auto* one = std::get_if<Range>(m_ranges.get())) return {one, 1};
  return *std::get_if<std::vector<Range>>(m_ranges.get());
}

bool VersionSet::operator==(const VersionSet& other) const {
  return m_ranges.same_as(other.m_ranges) || std::ranges::equal(ranges(), other.ranges());
}

VersionSet VersionSet::none() { return {}; }

VersionSet VersionSet::all() {
  static const VersionSet everything = between(before_all(), after_all());
  return everything;
}

VersionSet VersionSet::exactly(const Version& version) { return between(before(version), {Place::at, version, true}); }

VersionSet VersionSet::between(const VersionBound& low, const VersionBound& high) {
  if (!(low < high)) return {};
  VersionSet set;
  set.m_ranges = SharedValue<Ranges>(Ranges(Range{low, high}));
  return set;
}

VersionSet VersionSet::of(const Specifier& specifier) {
  if (!specifier.version) return {};
  const Version& version = *specifier.version;
  switch (specifier.op) {
    case SpecifierOperator::compatible:
      return compatible_with(version);
    case SpecifierOperator::equal:
      return specifier.prefix ? starting_with(version, version.release().size()) : matching(version);
    case SpecifierOperator::not_equal:
      return (specifier.prefix ? starting_with(version, version.release().size()) : matching(version)).complement();
    case SpecifierOperator::less_equal:
      return between(before_all(), {Place::after_locals, version});
    case SpecifierOperator::greater_equal:
      return between(before(version), after_all());
    case SpecifierOperator::less:
      return below(version);
    case SpecifierOperator::greater:
      return above(version);
    case SpecifierOperator::arbitrary:
      return exactly(version);
  }
  return {};
}

VersionSet VersionSet::of(const SpecifierSet& specifiers) {
  VersionSet result = all();
  for (const Specifier& specifier : specifiers.specifiers()) result = result.intersection(of(specifier));
  return result;
}

VersionSet VersionSet::complement() const {
  std::vector<Range> holes;
  VersionBound low = before_all();
  for (const Range& range : ranges()) {
    if (low < range.low) holes.push_back({low, range.low});
    low = range.high;
  }
  if (low < after_all()) holes.push_back({low, after_all()});
  return VersionSet(std::move(holes));
}

VersionSet VersionSet::intersection(const VersionSet& other) const {
  if (m_ranges.same_as(other.m_ranges) || other.is_all()) return *this;
  if (is_all()) return other;
  std::vector<Range> common;
  auto left = ranges().begin();
  auto right = other.ranges().begin();
  while (left != ranges().end() && right != other.ranges().end()) {
    const VersionBound& low = later(left->low, right->low);
    const VersionBound& high = earlier(left->high, right->high);
    if (low < high) common.push_back({low, high});
    ++(left->high < right->high ? left : right);
  }
  return VersionSet(std::move(common));
}

VersionSet VersionSet::united(const VersionSet& other) const {
  if (m_ranges.same_as(other.m_ranges) || other.empty()) return *this;
  if (empty()) return other;
  std::vector<Range> sorted;
  sorted.reserve(ranges().size() + other.ranges().size());
  std::merge(ranges().begin(), ranges().end(), other.ranges().begin(), other.ranges().end(), std::back_inserter(sorted),
             [](const Range& a, const Range& b) { return a.low < b.low; });
  std::vector<Range> joined;
  for (Range& range : sorted) {
    if (joined.empty() || joined.back().high < range.low) {
      joined.push_back(std::move(range));
    } else if (joined.back().high < range.high) {
      joined.back().high = std::move(range.high);
    }
  }
  return VersionSet(std::move(joined));
}

bool VersionSet::contains(const Version& version) const {
  const VersionBound point = before(version);
  const auto above_point =
      std::partition_point(ranges().begin(), ranges().end(), [&](const Range& range) { return !(point < range.high); });
  return above_point != ranges().end() && !(point < above_point->low);
}

bool VersionSet::is_all() const {
  if (ranges().size() != 1 || ranges().front().high.place != Place::after_all) return false;
  return ranges().front().low.place == Place::before_all || ranges().front().low == before_all();
}

bool VersionSet::subset_of(const VersionSet& other) const {
  if (m_ranges.same_as(other.m_ranges) || other.is_all()) return true;
  auto cover = other.ranges().begin();
  for (const Range& range : ranges()) {
    while (cover != other.ranges().end() && !(range.low < cover->high)) ++cover;
    if (cover == other.ranges().end() || range.low < cover->low || cover->high < range.high) return false;
  }
  return true;
}

bool VersionSet::disjoint_from(const VersionSet& other) const {
  auto left = ranges().begin();
  auto right = other.ranges().begin();
  while (left != ranges().end() && right != other.ranges().end()) {
    if (later(left->low, right->low) < earlier(left->high, right->high)) return false;
    ++(left->high < right->high ? left : right);
  }
  return true;
}

bool VersionSet::is_pin() const {
  if (ranges().size() != 1) return false;
  const auto& [low, high] = ranges().front();
  if (low.place != Place::at || low.after || !low.version || !high.version) return false;
  const bool ends_with_it = high.place == Place::after_locals || (high.place == Place::at && high.after);
  return ends_with_it && *low.version == *high.version;
}

}  // namespace torchup
