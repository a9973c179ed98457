#include "resolver/pubgrub/wording.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace torchup::pubgrub {
namespace {

constexpr std::size_t k_most_runs = 3;
constexpr std::size_t k_longest_set = 60;
constexpr std::size_t k_longest_reason = 160;

// Neighbours among the versions that may be chosen, from the oldest.
struct Run {
  std::size_t first, last;
};

std::vector<Run> runs_in(const std::vector<Version>& versions, const VersionSet& set) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    if (!set.contains(versions[i])) continue;
    if (!runs.empty() && runs.back().last + 1 == i) {
      runs.back().last = i;
    } else {
      runs.push_back({i, i});
    }
  }
  return runs;
}

std::string run_text(const Run& run, const std::vector<Version>& versions) {
  const std::string first = versions[run.first].text();
  if (run.first == run.last) return first;
  const std::string last = versions[run.last].text();
  if (run.last + 1 == versions.size()) return first + " and newer";
  return run.first == 0 ? last + " and older" : first + " to " + last;
}

std::string shortened(const std::string& text) { return text.size() <= k_longest_reason ? text : text.substr(0, k_longest_reason) + "..."; }

constexpr std::string_view k_uploaded = "uploaded ", k_too_late = ", after --exclude-newer";

/// Versions that only differ in the day on which they came too late are one run, told by the first of their days; nothing for others.
std::optional<std::string> too_late_together(const std::string& one, const std::string& other) {
  const auto day = [](std::string_view why) -> std::optional<std::string_view> {
    const std::size_t around = k_uploaded.size() + k_too_late.size();
    if (why.size() <= around || !why.starts_with(k_uploaded) || !why.ends_with(k_too_late)) return std::nullopt;
    return why.substr(k_uploaded.size(), why.size() - around);
  };
  const auto first = day(one), second = day(other);
  if (!first || !second) return std::nullopt;
  constexpr std::size_t k_date = 10;  // the day, which may be followed by that there are later ones
  const auto earlier = std::min(first->substr(0, k_date), second->substr(0, k_date));
  return fmt::format("{}{} or later{}", k_uploaded, earlier, k_too_late);
}

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

// Nothing where no version that may be chosen is in the set.
std::optional<Wording::Subject> Wording::by_versions(PackageId package, const VersionSet& set) const {
  const std::string name = m_search.packages().text(package);
  std::vector<Version> versions;
  if (const KnownPackage* package_known = known(package)) {
    for (const KnownCandidate& candidate : package_known->candidates()) {
      if (!package_known->objection(candidate)) versions.push_back(candidate.version);
    }
  }
  const std::vector<Run> runs = runs_in(versions, set);
  if (runs.empty()) return std::nullopt;
  if (runs.size() == 1 && runs.front().first == 0 && runs.front().last + 1 == versions.size() && versions.size() > 1) {
    return Subject{"every version of " + name, Number::one};
  }
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    if (parts.size() == k_most_runs) {
      parts.emplace_back("...");
      break;
    }
    parts.push_back(run_text(run, versions));
  }
  const bool single = runs.size() == 1 && runs.front().first == runs.front().last;
  return Subject{fmt::format("{} {}", name, fmt::join(parts, ", ")), single ? Number::one : Number::many};
}

Wording::Subject Wording::subject(PackageId package, const VersionSet& set) const {
  if (auto told = by_versions(package, set)) return *std::move(told);
  return {wanted(package, set), Number::one};
}

std::string Wording::wanted(const Depends& fact) const {
  const std::string* written = m_search.unmatchable(fact);
  return written != nullptr ? m_search.packages().text(fact.dependency) + *written : wanted(fact.dependency, fact.wanted);
}

std::string Wording::wanted(PackageId package, const VersionSet& set) const {
  const std::string name = m_search.packages().text(package);
  if (set.is_all()) return name;
  if (set.empty()) return name + " in no version";
  const std::string text = set.text();
  if (text.size() <= k_longest_set && text.find('|') == std::string::npos) return name + text;
  const auto told = by_versions(package, set);
  return told ? told->text : "some versions of " + name;
}

std::vector<Refusal> Wording::refusals(PackageId package, const VersionSet& set, std::size_t most) const {
  std::vector<Refusal> result;
  if (known(package) == nullptr) return result;
  const auto& candidates = known(package)->candidates();
  for (auto candidate = candidates.rbegin(); candidate != candidates.rend(); ++candidate) {
    const auto why = known(package)->objection(*candidate);
    if (!set.contains(candidate->version) || !why) continue;
    const std::string version = candidate->version.text();
    const std::string reason = shortened(*why);
    const auto late = result.empty() ? std::nullopt : too_late_together(result.back().why, reason);
    if (!result.empty() && (result.back().why == reason || late)) {
      result.back().versions = version + " to " + result.back().newest;
      if (late && result.back().why != reason) result.back().why = *late;
    } else if (result.size() < most) {
      result.push_back({version, reason, version, known(package)->elsewhere(*candidate), candidate->has_sdist});
    } else {
      break;
    }
  }
  return result;
}

std::string Wording::no_versions(const NoVersions& fact) const {
  const std::string name = m_search.packages().text(fact.package);
  const std::string text = fact.versions.text();
  const bool sayable = text.size() <= k_longest_set && !fact.versions.is_all();
  const std::vector<Refusal> refused = refusals(fact.package, fact.versions, k_most_runs + 1);
  if (refused.empty()) return sayable ? fmt::format("no version of {} matches {}", name, text) : "no version of " + name + " is left";
  if (refused.size() == 1) return fmt::format("{} {} cannot be used ({})", name, refused.front().versions, refused.front().why);
  std::vector<std::string> parts;
  for (const Refusal& refusal : refused) {
    parts.push_back(parts.size() == k_most_runs ? "..." : refusal.versions + ": " + refusal.why);
  }
  return fmt::format("no version of {}{} can be used ({})", name, sayable ? " matching " + text : "", fmt::join(parts, "; "));
}

std::string Wording::fact(const Incompatibility& fact) const {
  return std::visit(
      Overloaded{
          [&](const Depends& depends) {
            std::string dependency = wanted(depends);
            if (depends.wanted.empty()) dependency += ", which no version can match";
            if (depends.package == k_root) return "you require " + dependency;
            const Subject who = subject(depends.package, depends.versions);
            return fmt::format("{} {} on {}", who.text, who.number == Number::one ? "depends" : "depend", dependency);
          },
          [&](const NoVersions& none) { return no_versions(none); },
          [&](const Unknown& unknown) { return fmt::format("`{}` is not on the index", m_search.packages().text(unknown.package)); },
          [&](const Constrained& constrained) { return "a constraint allows only " + wanted(constrained.package, constrained.allowed); },
          [&](const Unsupported& unsupported) {
            const std::string what = fmt::format("the URL `{}` (not supported)", shortened(*unsupported.requirement));
            if (unsupported.package == k_root) return "you require " + what;
            const Subject who = subject(unsupported.package, unsupported.versions);
            return fmt::format("{} {} on {}", who.text, who.number == Number::one ? "depends" : "depend", what);
          },
          [&](const SameVersion& same) { return m_search.packages().text(same.extra) + " has the version of its package"; },
          [&](const Derived&) { return conclusion(fact); }},
      fact.reason);
}

std::string Wording::dependencies(const std::vector<const Depends*>& same_pair) const {
  constexpr std::size_t k_most_told = 3;
  VersionSet versions;
  std::vector<std::string> told;
  for (const Depends* depends : same_pair) {
    versions = versions.united(depends->versions);
    if (told.size() < k_most_told) told.push_back(wanted(*depends));
  }
  const Subject who = subject(same_pair.front()->package, versions);
  const std::size_t untold = same_pair.size() - told.size();
  const std::string more = untold != 0 ? fmt::format(" and {} other{}", untold, untold == 1 ? "" : "s") : "";
  return fmt::format("{} {} on one of {}{}", who.text, who.number == Number::one ? "depends" : "depend", fmt::join(told, ", "), more);
}

std::string Wording::conclusion(const Incompatibility& incompatibility) const {
  std::vector<std::string> chosen, needed;
  Number number = Number::one;
  for (const auto& [package, term] : incompatibility.terms) {
    if (package == k_root) continue;
    if (!term.positive()) {
      needed.push_back(wanted(package, term.set));
      continue;
    }
    const Subject who = subject(package, term.set);
    chosen.push_back(who.text);
    number = who.number;
  }
  const std::string together = fmt::format("{}", fmt::join(chosen, " and "));
  const std::string wants = fmt::format("{}", fmt::join(needed, " or "));
  if (chosen.empty()) return needed.empty() ? "there is no solution" : wants + " is needed";
  if (!needed.empty()) return fmt::format("{} {} {}", together, chosen.size() == 1 && number == Number::one ? "needs" : "need", wants);
  if (chosen.size() == 1) return together + " cannot be used";
  return together + (chosen.size() == 2 ? " exclude each other" : " cannot be used together");
}

}  // namespace torchup::pubgrub
