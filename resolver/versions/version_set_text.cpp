#include "torchup/resolver/version_set.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

namespace torchup {
namespace {

using Place = VersionBound::Place;
using Range = VersionSet::Range;

// The first release after the prefix: 1.5 for 1.4.*.
std::string after_prefix_text(const VersionBound& bound) {
  const Version& version = *bound.version;
  std::string text = version.epoch() != 0 ? fmt::format("{}!", version.epoch()) : std::string();
  for (std::size_t i = 0; i + 1 < bound.prefix; ++i) text += fmt::format("{}.", version.release()[i]);
  const std::uint64_t last = version.release()[bound.prefix - 1];
  return text + (last == std::numeric_limits<std::uint64_t>::max() ? "18446744073709551616" : std::to_string(last + 1));
}

std::string low_text(const VersionBound& low) {
  switch (low.place) {
    case Place::before_all:
    case Place::after_all:
      return "";
    case Place::before_dev:
      return ">=" + low.version->text() + ".dev0";
    case Place::at:
      return (low.after ? ">" : ">=") + low.version->text();
    case Place::after_locals:
    case Place::after_posts:
      return ">" + low.version->text();
    case Place::after_prefix:
      return ">=" + after_prefix_text(low) + ".dev0";
  }
  return "";
}

std::string high_text(const VersionBound& high) {
  switch (high.place) {
    case Place::before_all:
    case Place::after_all:
      return "";
    case Place::before_dev:
      return "<" + high.version->text();
    case Place::at:
      return (high.after ? "<=" : "<") + high.version->text();
    case Place::after_locals:
    case Place::after_posts:
      return "<=" + high.version->text();
    case Place::after_prefix:
      return "<" + after_prefix_text(high);
  }
  return "";
}

// Whether the range is all that `==V.*` matches.
bool is_prefix(const Range& range) {
  return range.low.place == Place::before_dev && range.high.place == Place::after_prefix && *range.low.version == *range.high.version &&
         range.high.prefix == range.low.version->release().size();
}

// "1.4" or "1.4.*" where `==` or `!=` could say the range; else nothing.
std::string equal_text(const Range& range) {
  if (is_prefix(range)) return range.low.version->text() + ".*";
  if (VersionSet::between(range.low, range.high).is_pin()) return range.low.version->text();
  return "";
}

std::string joined(const std::string& left, const std::string& right) {
  return left.empty() || right.empty() ? left + right : left + "," + right;
}

std::string range_text(const Range& range) {
  if (const std::string version = equal_text(range); !version.empty()) return "==" + version;
  const std::string text = joined(low_text(range.low), high_text(range.high));
  return text.empty() ? "*" : text;
}

// ">=1,<3,!=2.0" where each hole is something that `!=` can say; else nothing.
std::string with_exclusions(std::span<const Range> ranges) {
  std::string exclusions;
  for (std::size_t i = 0; i + 1 < ranges.size(); ++i) {
    const std::string hole = equal_text({ranges[i].high, ranges[i + 1].low});
    if (hole.empty()) return "";
    exclusions = joined(exclusions, "!=" + hole);
  }
  return joined(joined(low_text(ranges.front().low), high_text(ranges.back().high)), exclusions);
}

}  // namespace

std::string VersionSet::text() const {
  if (empty()) return "none";
  if (ranges().size() > 1) {
    if (std::string text = with_exclusions(ranges()); !text.empty()) return text;
  }
  std::vector<std::string> parts;
  for (const Range& range : ranges()) parts.push_back(range_text(range));
  return fmt::format("{}", fmt::join(parts, " | "));
}

}  // namespace torchup
