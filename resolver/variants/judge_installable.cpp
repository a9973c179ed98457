#include "resolver/variants/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace torchup {
namespace {

/// Whether a wheel's platform tag is for the platform: manylinux…_x86_64 for linux-x86_64.
bool is_for(std::string_view tag, std::string_view platform) {
  const auto dash = platform.find('-');
  const auto system = platform.substr(0, dash), machine = platform.substr(dash + 1);
  if (system == "windows") return machine == "x86_64" && tag == "win_amd64";
  const auto stem = system == "linux" ? std::string_view("manylinux") : std::string_view("macosx");
  return (system == "linux" || system == "macos") && tag.starts_with(stem) && tag.ends_with(fmt::format("_{}", machine));
}

/// The glibc or macOS that a tag asks for (PEP 600: manylinux1 is 2.5, manylinux2014 is 2.17).
std::optional<NumericVersion> floor_of(std::string_view tag) {
  std::string digits;
  if (tag.starts_with("manylinux1_")) digits = "2.5";
  if (tag.starts_with("manylinux2010_")) digits = "2.12";
  if (tag.starts_with("manylinux2014_")) digits = "2.17";
  const auto stem = tag.starts_with("manylinux_") ? std::string_view("manylinux_") : std::string_view("macosx_");
  if (digits.empty() && tag.starts_with(stem)) {
    const auto numbers = tag.substr(stem.size());
    const auto middle = numbers.find('_'), end = numbers.find('_', middle + 1);
    digits = fmt::format("{}.{}", numbers.substr(0, middle), numbers.substr(middle + 1, end - middle - 1));
  }
  auto version = NumericVersion::parse(digits);
  if (!version) return std::nullopt;
  return *std::move(version);
}

std::string catalog_evidence(const Build& build) { return "catalog: " + build.release.source; }

/// The last release that has a wheel for the platform.
std::string last_release_for(const Situation& situation) {
  for (const auto& release : situation.catalog.releases) {
    const auto fits = [&](const WheelsRow& wheels) { return is_for(wheels.tag, situation.platform); };
    if (std::any_of(release.wheels.begin(), release.wheels.end(), fits)) return release.version.text();
  }
  return {};
}

void judge_libc(const Situation& situation, const std::string& tag, const Build& build, Judgement& judgement) {
  const auto* const libc = value_of(situation.facts.libc);
  const auto floor = floor_of(tag);
  if (libc == nullptr || !floor) return;
  const auto& evidence = std::get<Fact<Libc>>(situation.facts.libc).evidence;
  if (libc->family == "musl") {
    judgement.installable = false;
    judgement.refuse("os-unsupported", "every Linux wheel of torch needs glibc, and this host has musl " + libc->version.text(),
                     evidence_text(evidence));
  } else if (libc->family == "glibc" && libc->version < *floor) {
    judgement.installable = false;
    judgement.refuse(
        "libc-too-old",
        fmt::format("torch {} needs glibc {}, and this host has {}", build.release.version.text(), floor->text(), libc->version.text()),
        evidence_text(evidence));
  }
}

void judge_macos(const Situation& situation, const std::string& tag, const Build& build, Judgement& judgement) {
  const auto floor = floor_of(tag);
  const auto* const os = situation.os();
  if (!floor || !os->version || !(*os->version < *floor)) return;
  judgement.installable = false;
  judgement.refuse(
      "os-unsupported",
      fmt::format("torch {} needs macOS {}, and this host has {}", build.release.version.text(), floor->text(), os->version->text()),
      evidence_text(std::get<Fact<OperatingSystem>>(situation.facts.os).evidence));
}

/// The wheels of this platform that the Python can load; where the Python is not known, the platform's first.
const WheelsRow* find_wheels(const Situation& situation, const Build& build) {
  for (const auto& wheels : build.release.wheels) {
    if (!is_for(wheels.tag, situation.platform)) continue;
    if (!situation.python || std::find(wheels.pythons.begin(), wheels.pythons.end(), *situation.python) != wheels.pythons.end())
      return &wheels;
  }
  return nullptr;
}

void refuse_python(const Situation& situation, const Build& build, Judgement& judgement) {
  std::vector<std::string> pythons;
  for (const auto& wheels : build.release.wheels) {
    if (is_for(wheels.tag, situation.platform)) pythons.insert(pythons.end(), wheels.pythons.begin(), wheels.pythons.end());
  }
  judgement.installable = false;
  judgement.refuse("python-unsupported",
                   fmt::format("torch {} has no wheel for {} on {}, only for {}", build.release.version.text(), *situation.python,
                               situation.platform, fmt::join(pythons, ", ")),
                   situation.python_evidence);
}

void judge_companions(const Situation& situation, const Build& build, Judgement& judgement) {
  for (const auto& name : situation.companions) {
    const auto is_it = [&](const CompanionRow& row) { return row.name == name; };
    const auto& known = situation.catalog.releases;
    // A package that the catalog pairs with no release at all is none of its business; resolving will tell.
    const bool is_paired = std::any_of(known.begin(), known.end(), [&](const ReleaseRow& release) {
      return std::any_of(release.companions.begin(), release.companions.end(), is_it);
    });
    const auto& companions = build.release.companions;
    // Rows go from old to new: the last is the one to take.
    const auto at = std::find_if(companions.rbegin(), companions.rend(), is_it);
    if (at != companions.rend()) {
      const char* const how = at->pinned ? "is made for" : "admits";
      judgement.allow("fits", fmt::format("{} {} {} torch {}", name, at->version, how, build.release.version.text()),
                      catalog_evidence(build));
    } else if (is_paired) {
      judgement.installable = false;
      judgement.refuse("not-published", fmt::format("{} has no release for torch {}", name, build.release.version.text()),
                       catalog_evidence(build));
    }
  }
}

}  // namespace

void judge_installable(const Situation& situation, const Build& build, Judgement& judgement) {
  const auto& wheels = build.release.wheels;
  const auto is_ours = [&](const WheelsRow& row) { return is_for(row.tag, situation.platform); };
  const auto& on = build.row.platforms;
  if (std::none_of(wheels.begin(), wheels.end(), is_ours)) {
    const auto last = last_release_for(situation);
    judgement.installable = false;
    judgement.refuse("os-unsupported",
                     fmt::format("torch {} has no wheel for {}{}", build.release.version.text(), situation.platform,
                                 last.empty() ? std::string() : fmt::format("; the last that has one is {}", last)),
                     catalog_evidence(build));
    return;
  }
  if (std::find(on.begin(), on.end(), situation.platform) == on.end()) {
    judgement.installable = false;
    judgement.refuse("not-published",
                     fmt::format("torch {} {} is not published for {}", build.release.version.text(), build.row.name, situation.platform),
                     catalog_evidence(build));
    return;
  }
  if (const auto* const found = find_wheels(situation, build)) {
    judge_libc(situation, found->tag, build, judgement);
    judge_macos(situation, found->tag, build, judgement);
  } else {
    refuse_python(situation, build, judgement);
  }
  judge_companions(situation, build, judgement);
}

}  // namespace torchup
