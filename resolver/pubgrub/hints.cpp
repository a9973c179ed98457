#include "resolver/pubgrub/hints.hpp"

#include "resolver/pubgrub/wording.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace torchup::pubgrub {
namespace {

constexpr std::size_t k_most_hints = 5;
constexpr std::size_t k_most_refusals = 3;

Version final_release_of(const Version& prerelease) {
  return Version::parse(fmt::format("{}!{}", prerelease.epoch(), fmt::join(prerelease.release(), "."))).value();
}

// Versions that may be chosen, just below and just above the set; the newest alone where there is nothing above.
std::string nearest(const std::string& name, const KnownPackage& known, const VersionSet& set) {
  const VersionBound low = set.empty() ? VersionBound{VersionBound::Place::before_all} : set.ranges().front().low;
  const Version* below = nullptr;
  const Version* above = nullptr;
  std::size_t usable = 0;
  for (const KnownCandidate& candidate : known.candidates()) {
    if (known.objection(candidate)) continue;
    ++usable;
    if (VersionBound{VersionBound::Place::at, candidate.version} < low) {
      below = &candidate.version;
    } else if (above == nullptr) {
      above = &candidate.version;
    }
  }
  // `>=2.0` leaves out 2.0rc1 (PEP 440), which may be what there is of 2.0 as yet.
  if (below != nullptr && above == nullptr && below->is_prerelease() && set.contains(final_release_of(*below))) {
    return fmt::format("{0} {1} is a pre-release, and the newest that there is: {0}>={1} takes it", name, below->text());
  }
  if (usable == 1) return fmt::format("the only version of {} is {}", name, (below != nullptr ? below : above)->text());
  if (below != nullptr && above != nullptr) {
    return fmt::format("the versions of {} nearest to that are {} and {}", name, below->text(), above->text());
  }
  if (below != nullptr) return fmt::format("the newest version of {} is {}", name, below->text());
  return above != nullptr ? fmt::format("the oldest version of {} is {}", name, above->text()) : "";
}

std::string newest_usable(const KnownPackage& known) {
  const std::vector<Version> best = known.best_first(VersionSet::all(), 1);
  return best.empty() ? "" : best.front().text();
}

std::string no_wheel_hint(const std::string& who, bool many, const std::string& elsewhere) {
  const char* have = many ? "have" : "has";
  if (elsewhere.starts_with("Python "))
    return fmt::format("{} {} wheels for {}: choose another Python with --python", who, have, elsewhere);
  return fmt::format("{} {} wheels for {} only", who, have, elsewhere);
}

std::string refusal_hint(const std::string& name, const Refusal& refusal, const KnownPackage& known) {
  const bool many = refusal.versions != refusal.newest;
  const std::string who = name + " " + refusal.versions;
  const std::string newest = newest_usable(known);
  if (refusal.why == "a pre-release") {
    return fmt::format("{} {}; --prerelease if-necessary lets {} be chosen", who, many ? "are pre-releases" : "is a pre-release",
                       many ? "them" : "it");
  }
  if (refusal.why.starts_with("yanked")) {
    return fmt::format("{} {} {}; an exact pin such as {}=={} takes it all the same", who, many ? "were" : "was", refusal.why, name,
                       refusal.newest);
  }
  if (refusal.why.starts_with("uploaded "))
    return fmt::format("{} {} {}: a later date lets {} in", who, many ? "were" : "was", refusal.why, many ? "them" : "it");
  const std::string instead = newest.empty() ? "" : fmt::format("; the newest that can be used here is {}", newest);
  if (refusal.why.starts_with("requires Python ")) {
    const std::string what = refusal.why.substr(std::string_view("requires ").size());
    return fmt::format("{} {} {}: choose another Python with --python{}", who, many ? "require" : "requires", what, instead);
  }
  if (refusal.why.find("--exclude-newer") != std::string::npos)
    return "leave --exclude-newer out, or name an index that tells upload times";
  if (refusal.why.find("hash") != std::string::npos) {
    return fmt::format("the lines with --hash for {} must name a file of this index that fits: give its hash, or leave them out", name);
  }
  const std::string build = refusal.has_sdist ? fmt::format("`--allow-build {}` runs its code to build it", name) : "";
  if (refusal.why == "only an sdist") {
    return fmt::format("{} {} there as source only{}{}", who, many ? "are" : "is", build.empty() ? "" : ": " + build, instead);
  }
  if (refusal.why == "only an sdist that is no .tar.gz") {
    return fmt::format("{} {} there only as source in a form that PEP 625 has ended, such as .zip, which is not built{}", who,
                       many ? "are" : "is", instead);
  }
  if (!refusal.elsewhere.empty()) return no_wheel_hint(who, many, refusal.elsewhere) + (build.empty() ? "" : ", or " + build) + instead;
  if (!newest.empty()) return fmt::format("the newest version of {} that can be used here is {}", name, newest);
  return fmt::format("nothing of {} fits this target; another --python or --platform may", name);
}

class Hints {
 public:
  explicit Hints(const Search& search) : m_search(search), m_wording(search) {}

  void add_fact(const Incompatibility& fact) {
    if (const auto* unknown = std::get_if<Unknown>(&fact.reason)) {
      add(fmt::format("check the spelling of `{}`, or name the index that carries it with --index-url",
                      m_search.packages().text(unknown->package)));
    } else if (const auto* none = std::get_if<NoVersions>(&fact.reason)) {
      add_no_versions(*none);
    } else if (const auto* constrained = std::get_if<Constrained>(&fact.reason)) {
      add(fmt::format("the constraint {} takes part in this; drop or widen it",
                      m_wording.wanted(constrained->package, constrained->allowed)));
    } else if (std::holds_alternative<Unsupported>(fact.reason)) {
      add("require the package by name and version, from an index that carries it");
    } else if (is_requirement(fact)) {
      m_requirements.insert(m_wording.wanted(std::get<Depends>(fact.reason)));
    }
  }

  std::vector<std::string> take() {
    if (m_hints.empty() && m_requirements.size() > 1) {
      add(fmt::format("change one of these requirements: {}", fmt::join(m_requirements, ", ")));
    }
    if (m_hints.size() > k_most_hints) m_hints.resize(k_most_hints);
    return std::move(m_hints);
  }

 private:
  void add(std::string hint) {
    if (!hint.empty() && std::find(m_hints.begin(), m_hints.end(), hint) == m_hints.end()) m_hints.push_back(std::move(hint));
  }

  void add_no_versions(const NoVersions& none) {
    const KnownPackage* known = m_wording.known(none.package);
    if (known == nullptr) return;
    const std::string name = m_search.packages().text(none.package);
    const std::vector<Refusal> refused = m_wording.refusals(none.package, none.versions, k_most_refusals);
    for (const Refusal& refusal : refused) add(refusal_hint(name, refusal, *known));
    if (refused.empty()) add(nearest(name, *known, none.versions));
  }

  const Search& m_search;
  Wording m_wording;
  std::vector<std::string> m_hints;
  std::set<std::string> m_requirements;
};

}  // namespace

std::vector<std::string> hints(const Search& search, const std::vector<Step>& proof) {
  Hints hints(search);
  for (auto step = proof.rbegin(); step != proof.rend(); ++step) {
    for (const IncompatibilityId fact : step->facts) hints.add_fact(search.store()[fact]);
  }
  return hints.take();
}

std::vector<std::string> hints_after_giving_up(const Search& search) {
  std::vector<std::string> result;
  const std::vector<Opponents> worst = search.priorities().worst_opponents(1);
  if (worst.empty()) {
    result.emplace_back("narrow the request: pin some versions, or ask for fewer packages at once");
  } else {
    const auto text = [&](PackageId package) { return search.packages().text(package); };
    result.push_back(fmt::format("narrow the request: pin a version of {} or {}, or give it a lower bound", text(worst.front().one),
                                 text(worst.front().other)));
  }
  if (search.request().prereleases == PrereleasePolicy::allow) result.push_back("leave out --prerelease allow, which adds versions to try");
  return result;
}

}  // namespace torchup::pubgrub
