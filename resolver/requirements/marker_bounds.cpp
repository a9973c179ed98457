#include "resolver/requirements/marker_bounds.hpp"

#include <fmt/format.h>

#include <limits>

namespace torchup {
namespace {

using Place = VersionBound::Place;
using Range = VersionSet::Range;

constexpr std::string_view k_full_version = "python_full_version";

/// Interpreters are numbered with three: "3.8" and "3.8.0.0" are written "3.8.0".
Version with_three_numbers(const Version& version) {
  std::vector<std::uint64_t> numbers = version.release();
  while (numbers.size() > 3 && numbers.back() == 0) numbers.pop_back();
  numbers.resize(std::max<std::size_t>(numbers.size(), 3));
  const std::string text = version.text();
  // The parts around the release stay: "1!" before it, "rc1" behind it.
  const auto begin = text.find('!') == std::string::npos ? 0 : text.find('!') + 1;
  const auto end = std::min(text.find_first_not_of("0123456789.", begin), text.size());
  // "3.8.post1" leaves a dot behind the release.
  const auto behind = end > begin && text[end - 1] == '.' ? end - 1 : end;
  return Version::parse(fmt::format("{}{}{}", text.substr(0, begin), fmt::join(numbers, "."), text.substr(behind))).value_or(version);
}

/// The release after the prefix, 3.9 for 3.8.*; nothing where the numbers end.
std::optional<Version> behind_prefix(const VersionBound& bound) {
  std::vector<std::uint64_t> numbers = bound.version->release();
  numbers.resize(bound.prefix);
  if (numbers.back() == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  ++numbers.back();
  const auto version = Version::parse(fmt::format("{}!{}", bound.version->epoch(), fmt::join(numbers, ".")));
  return version ? std::optional(*version) : std::nullopt;
}

VersionBound canonical(const VersionBound& bound) {
  if (!bound.version) return bound;
  if (bound.place == Place::after_prefix) {
    const auto next = behind_prefix(bound);
    return next ? VersionBound{Place::before_dev, with_three_numbers(*next)} : bound;
  }
  // No interpreter lies between them.
  const Place place = bound.place == Place::after_posts ? Place::after_locals : bound.place;
  return {place, with_three_numbers(*bound.version), bound.after};
}

/// The bound between full versions that lies where this one lies between pairs of numbers.
VersionBound between_pairs(const VersionBound& written) {
  const VersionBound bound = canonical(written);
  if (!bound.version || bound.place == Place::after_prefix) return bound;
  if (bound.version->epoch() > 0) return {Place::after_all};
  const auto& release = bound.version->release();
  const Version pair = Version::parse(fmt::format("{}.{}", release[0], release.size() > 1 ? release[1] : 0)).value();
  const bool is_above_pair = VersionBound{Place::at, pair} < bound;
  return canonical(is_above_pair ? VersionBound{Place::after_prefix, pair, false, 2} : VersionBound{Place::before_dev, pair});
}

template <class Change>
VersionSet changed(const VersionSet& versions, Change change) {
  VersionSet result;
  for (const auto& range : versions.ranges()) result = result.united(VersionSet::between(change(range.low), change(range.high)));
  return result;
}

bool is_final(const Version& version) { return !version.is_prerelease() && !version.post() && version.local().empty(); }

/// "3.8" where the bound lies just before everything of 3.8, which `python_version` can tell.
std::optional<std::string> pair_text(const VersionBound& bound, std::string_view variable) {
  if (variable != k_full_version || bound.place != Place::before_dev || bound.version->epoch() != 0) return std::nullopt;
  const auto& release = bound.version->release();
  if (!is_final(*bound.version) || release.size() != 3 || release[2] != 0) return std::nullopt;
  return fmt::format("{}.{}", release[0], release[1]);
}

std::string comparison(std::string_view variable, const char* op, const std::string& version) {
  return fmt::format("{} {} \"{}\"", variable, op, version);
}

std::optional<std::string> low_text(const VersionBound& low, std::string_view variable) {
  if (const auto pair = pair_text(low, variable)) return comparison("python_version", ">=", *pair);
  const std::string version = low.version->text();
  switch (low.place) {
    case Place::before_dev:
      return comparison(variable, ">=", version + ".dev0");
    case Place::at:
      return low.after ? std::nullopt : std::optional(comparison(variable, ">=", version));
    case Place::after_locals:
      return comparison(variable, ">", version);
    default:
      return std::nullopt;
  }
}

std::optional<std::vector<std::string>> high_texts(const VersionBound& high, std::string_view variable) {
  using Texts = std::vector<std::string>;
  if (const auto pair = pair_text(high, variable)) return Texts{comparison("python_version", "<", *pair)};
  const std::string version = high.version->text();
  switch (high.place) {
    case Place::before_dev:
      return Texts{comparison(variable, "<", high.version->is_prerelease() ? version + ".dev0" : version)};
    case Place::at:
      if (high.after) return std::nullopt;
      if (high.version->is_prerelease()) return Texts{comparison(variable, "<", version)};
      // `<3.9.0` leaves out 3.9.0rc1, which lies below this bound (PEP 440, "Exclusive ordered comparison").
      return Texts{comparison(variable, "<=", version), comparison(variable, "!=", version)};
    case Place::after_locals:
      return Texts{comparison(variable, "<=", version)};
    default:
      return std::nullopt;
  }
}

/// The one comparison for the range with `==`, or outside of it with `!=`.
std::optional<std::string> equality(const Range& range, std::string_view variable, const char* op) {
  const auto& [low, high] = range;
  if (!low.version || !high.version) return std::nullopt;
  if (low.place == Place::at && !low.after && high.place == Place::after_locals && *low.version == *high.version) {
    return comparison(variable, op, low.version->text());
  }
  if (low.place != Place::before_dev || !is_final(*low.version)) return std::nullopt;
  for (std::size_t numbers = low.version->release().size(); numbers > 0; --numbers) {
    const auto& release = low.version->release();
    if (numbers < release.size() && release[numbers] != 0) return std::nullopt;
    if (canonical({Place::after_prefix, *low.version, false, numbers}) != high) continue;
    if (const auto pair = numbers == 2 ? pair_text(low, variable) : std::nullopt) return comparison("python_version", op, *pair);
    const std::vector<std::uint64_t> prefix(release.begin(), release.begin() + static_cast<std::ptrdiff_t>(numbers));
    const std::string epoch = low.version->epoch() > 0 ? fmt::format("{}!", low.version->epoch()) : "";
    return comparison(variable, op, fmt::format("{}{}.*", epoch, fmt::join(prefix, ".")));
  }
  return std::nullopt;
}

}  // namespace

VersionSet canonical_versions(const VersionSet& versions) { return changed(versions, canonical); }

VersionSet full_versions(const VersionSet& python_versions) { return changed(python_versions, between_pairs); }

std::optional<std::vector<std::string>> range_texts(const VersionSet::Range& range, std::string_view variable) {
  if (auto equal = equality(range, variable, "==")) return std::vector{*std::move(equal)};
  std::vector<std::string> texts;
  if (range.low.version) {
    auto low = low_text(range.low, variable);
    if (!low) return std::nullopt;
    texts.push_back(*std::move(low));
  }
  if (range.high.version) {
    auto high = high_texts(range.high, variable);
    if (!high) return std::nullopt;
    texts.insert(texts.end(), high->begin(), high->end());
  }
  return texts;
}

std::optional<std::string> hole_text(const VersionSet::Range& range, std::string_view variable) { return equality(range, variable, "!="); }

}  // namespace torchup
