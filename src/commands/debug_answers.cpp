#include "src/commands/debug_answers.hpp"

#include "torchup/core/url.hpp"
#include "torchup/resolver/marker.hpp"
#include "torchup/resolver/requirement.hpp"
#include "torchup/resolver/solver.hpp"
#include "torchup/resolver/specifier.hpp"
#include "torchup/resolver/version.hpp"
#include "torchup/resolver/wheel_name.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <set>
#include <vector>

namespace torchup {
namespace {

constexpr const char* k_invalid = "invalid";

std::string answer(bool value) { return value ? "true" : "false"; }

std::vector<std::string_view> split(std::string_view line, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = line.find_first_of(separators);
    parts.push_back(line.substr(0, at));
    if (at == std::string_view::npos) return parts;
    line.remove_prefix(at + 1);
  }
}

// Adds the name or the names of a JSON value; false where it is neither.
bool add_names(const nlohmann::json& value, std::set<std::string, std::less<>>& names) {
  if (value.is_array()) {
    for (const auto& one : value) {
      if (!one.is_string() || !add_names(one, names)) return false;
    }
    return true;
  }
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty()) return true;  // `"extra": ""` is how other tools say that none was asked for
  const auto name = PackageName::parse(text);
  if (name) names.insert(name->text());
  return name.has_value();
}

std::optional<MarkerEnvironment> read_environment(std::string_view text) {
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  MarkerEnvironment environment;
  for (const auto& [variable, value] : object.items()) {
    bool sound = true;
    if (variable == "extra" || variable == "extras") {
      sound = add_names(value, environment.extras);
    } else if (variable == "dependency_groups") {
      sound = add_names(value, environment.dependency_groups);
    } else if (value.is_string()) {
      environment.values[variable] = value.get_ref<const std::string&>();
    } else {
      sound = false;
    }
    if (!sound) return std::nullopt;
  }
  return environment;
}

bool first_is_prerelease(const std::vector<std::string>& versions) {
  const auto first = Version::parse(versions.front());
  return first && first->is_prerelease();
}

}  // namespace

std::string answer_version_key(std::string_view line) {
  const auto version = Version::parse(line);
  return version ? version->text() : k_invalid;
}

std::string answer_compare(std::string_view line) {
  std::vector<Version> versions;
  for (const std::string_view part : split(line, " \t")) {
    if (part.empty()) continue;
    auto version = Version::parse(part);
    if (!version) return k_invalid;
    versions.push_back(*std::move(version));
  }
  if (versions.size() != 2) return k_invalid;
  const auto order = versions[0] <=> versions[1];
  return order < 0 ? "<" : order > 0 ? ">" : "=";
}

std::string answer_specifier(std::string_view line) {
  const auto parts = split(line, "\t");
  if (parts.size() < 2 || parts.size() > 3 || (parts.size() == 3 && parts[2] != "pre")) return k_invalid;
  const auto specifiers = SpecifierSet::parse(parts[0]);
  const auto version = Version::parse(parts[1]);
  if (!specifiers || !version) return k_invalid;
  const bool admitted = !version->is_prerelease() || parts.size() == 3 || specifiers->admits_prereleases();
  return answer(admitted && specifiers->contains(*version));
}

std::string answer_filter(std::string_view line) {
  const auto parts = split(line, "\t");
  const std::string_view policy = parts.size() == 3 ? parts[2] : "";
  if (parts.size() < 2 || parts.size() > 3 || (parts.size() == 3 && policy != "pre" && policy != "final")) return k_invalid;
  auto specifiers = SpecifierSet::parse(parts[0]);
  if (!specifiers) return k_invalid;
  std::vector<Candidate> candidates;
  for (const std::string_view part : split(parts[1], " ")) {
    auto version = Version::parse(part);
    if (!version) return k_invalid;
    candidates.push_back({*std::move(version)});
  }
  // Every version is refused when the solver comes to it, so that it tries them all.
  const PackageName name = PackageName::parse("demo").value();
  Solver solver({.requirements = {Requirement{.name = name, .specifiers = *std::move(specifiers)}},
                 .prereleases = policy == "pre"     ? PrereleasePolicy::allow
                                : policy == "final" ? PrereleasePolicy::never
                                                    : PrereleasePolicy::if_necessary});
  solver.answer_versions(name, std::move(candidates));
  std::vector<std::string> tried;
  for (Question question = solver.advance(); std::holds_alternative<NeedMetadata>(question); question = solver.advance()) {
    const Version& version = std::get<NeedMetadata>(question).version;
    const bool comes_after_finals = policy.empty() && version.is_prerelease() && !tried.empty() && !first_is_prerelease(tried);
    if (comes_after_finals) break;
    tried.push_back(version.text());
    solver.answer_unusable(name, version, "refused");
  }
  return fmt::format("{}", fmt::join(tried, " "));
}

std::string answer_marker(std::string_view line) {
  const std::size_t tab = line.find("\t{");
  if (tab == std::string_view::npos) return k_invalid;
  const auto marker = Marker::parse(line.substr(0, tab));
  const auto environment = read_environment(line.substr(tab + 1));
  if (!marker || !environment || marker->meaningless_comparison(*environment)) return k_invalid;
  return answer(marker->evaluate(*environment));
}

std::string answer_requirement(std::string_view line) {
  const auto requirement = Requirement::parse(line);
  return requirement ? requirement->text() : fmt::format("{}: {}", k_invalid, requirement.error().message);
}

std::string answer_wheel_name(std::string_view line) {
  const auto wheel = WheelName::parse(line);
  if (!wheel) return fmt::format("{}: {}", k_invalid, wheel.error().message);
  std::vector<std::string> tags;
  for (const Tag& tag : wheel->tags) tags.push_back(tag.text());
  const std::string build = wheel->build ? fmt::format("{}{}", wheel->build->first, wheel->build->second) : "-";
  return fmt::format("{}\t{}\t{}\t{}", wheel->name.text(), wheel->version.text(), build, fmt::join(tags, ","));
}

std::string answer_wanted(const RequirementList& list) {
  std::string answer;
  const auto add = [&](const char* what, const std::string& text) { answer += fmt::format("{}\t{}\n", what, text); };
  for (const auto& one : list.requirements) add("requirement", one.text());
  for (const auto& one : list.constraints) add("constraint", one.text());
  for (const auto& [name, marker, digests] : list.hashes) {
    std::vector<std::string> texts;
    for (const auto& digest : digests) texts.push_back(digest.hex());
    add("hashes", fmt::format("{}\t{}", name.text(), fmt::join(texts, ",")));
  }
  for (const auto& one : list.pythons) add("python", one.versions.text());
  if (list.index) add("index", Url::parse(list.index->url).map([](const Url& url) { return url.text(); }).value_or(""));
  if (list.prereleases) answer += "pre\n";
  if (list.hash_need == HashNeed::everywhere) answer += "require-hashes\n";
  return answer;
}

std::string answer_tags(const TagTarget& target) {
  std::string answer;
  for (const Tag& tag : SupportedTags(target).ranked()) answer += tag.text() + "\n";
  return answer;
}

}  // namespace torchup
