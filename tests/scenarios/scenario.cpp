#include "tests/scenarios/scenario.hpp"

#include "torchup/resolver/target.hpp"

#include "src/index/offered_versions.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <stdexcept>

namespace torchup::test {
namespace {

constexpr const char* k_default_python = "3.12";
constexpr const char* k_default_platform = "linux-x86_64";

void allow_keys(const toml::table& table, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : table) {
    if (std::find(known.begin(), known.end(), key.str()) == known.end()) throw std::runtime_error(fmt::format("the key `{}`", key.str()));
  }
}

const toml::table& table_at(const toml::table& table, std::string_view key) {
  static const toml::table nothing;
  const toml::table* found = table[key].as_table();
  if (found == nullptr && table.contains(key)) throw std::runtime_error(fmt::format("`{}` is no table", key));
  return found != nullptr ? *found : nothing;
}

std::vector<std::string> strings(const toml::table& table, std::string_view key) {
  std::vector<std::string> result;
  if (const toml::array* array = table[key].as_array()) {
    for (const toml::node& item : *array) result.push_back(item.value_exact<std::string>().value());
  }
  return result;
}

std::optional<std::string> text_at(const toml::table& table, std::string_view key) { return table[key].value_exact<std::string>(); }

Target target_of(const toml::table& environment) {
  allow_keys(environment, {"python", "platform"});
  const HostFacts host = named_host(text_at(environment, "platform").value_or(k_default_platform)).value();
  return make_target(host, named_python(text_at(environment, "python").value_or(k_default_python)).value()).value();
}

std::optional<std::string> yanked_reason(const toml::table& release) {
  if (const auto reason = text_at(release, "yanked")) return reason;
  return release["yanked"].value_or(false) ? std::optional<std::string>("") : std::nullopt;
}

void add_files(ProjectPage& page, std::string_view version, const toml::table& release) {
  std::string stem = page.name.text();
  std::replace(stem.begin(), stem.end(), '-', '_');
  stem += fmt::format("-{}", version);
  std::vector<std::string> names;
  std::vector<std::string> tags = strings(release, "wheel_tags");
  if (tags.empty() && release["wheel"].value_or(true)) tags.emplace_back("py3-none-any");
  for (const std::string& tag : tags) names.push_back(fmt::format("{}-{}.whl", stem, tag));
  if (release["sdist"].value_or(tags.empty())) names.push_back(stem + ".tar.gz");
  for (const std::string& name : names) {
    page.files.push_back({.filename = name,
                          .url = Url::parse("https://index.example/" + name).value(),
                          .requires_python = text_at(release, "requires_python"),
                          .yanked = yanked_reason(release),
                          .upload_time = text_at(release, "uploaded")});
  }
}

PackageMetadata metadata_of(const toml::table& release) {
  PackageMetadata metadata{requirements_of(strings(release, "requires")), {}};
  for (const auto& [extra, added] : table_at(release, "extras")) {
    metadata.provides_extra.push_back(name_of(extra.str()));
    for (const std::string& requirement : strings(table_at(release, "extras"), extra.str())) {
      const auto semicolon = requirement.find(';');
      const std::string marker = semicolon == std::string::npos ? "" : fmt::format("({}) and ", requirement.substr(semicolon + 1));
      const std::string text = fmt::format("{} ; {}extra == '{}'", requirement.substr(0, semicolon), marker, extra.str());
      metadata.requires_dist.push_back(Requirement::parse(text).value());
    }
  }
  return metadata;
}

// What the index code makes of the project's page: the same objections that a user is told.
void add_project(Scenario& scenario, std::string_view name, const toml::table& package, const FileRules& rules) {
  allow_keys(package, {"versions"});
  ProjectPage page{name_of(name), {}};
  std::map<Version, PackageMetadata> metadata;
  for (const auto& [version, node] : table_at(package, "versions")) {
    const toml::table& release = *node.as_table();
    allow_keys(release, {"requires", "extras", "requires_python", "wheel_tags", "wheel", "sdist", "yanked", "uploaded"});
    add_files(page, version.str(), release);
    metadata.emplace(version_of(version.str()), metadata_of(release));
  }
  for (const OfferedVersion& offered : offered_versions(page, rules)) {
    scenario.index.add(page.name, offered.candidate, metadata.at(offered.candidate.version));
    if (offered.wheel) scenario.chosen_files[page.name].emplace(offered.candidate.version, offered.wheel->filename);
  }
}

void read_options(SolverRequest& request, FileRules& rules, const toml::table& options) {
  allow_keys(options, {"prereleases", "exclude_newer", "step_budget", "preferences"});
  if (const auto allowed = options["prereleases"].value<bool>()) {
    request.prereleases = *allowed ? PrereleasePolicy::allow : PrereleasePolicy::never;
  }
  rules.exclude_newer = text_at(options, "exclude_newer");
  if (const auto budget = options["step_budget"].value<std::int64_t>()) request.step_budget = static_cast<std::size_t>(*budget);
  for (const auto& [name, version] : table_at(options, "preferences")) {
    request.preferences.emplace(name_of(name.str()), version_of(version.value_exact<std::string>().value()));
  }
}

void read_expected(Scenario& scenario, const toml::table& expected) {
  allow_keys(expected, {"satisfiable", "packages", "text", "files"});
  scenario.satisfiable = expected["satisfiable"].value<bool>().value();
  scenario.text = text_at(expected, "text");
  for (const auto& [name, file] : table_at(expected, "files")) {
    scenario.files.emplace(name_of(name.str()), file.value_exact<std::string>().value());
  }
  if (!expected.contains("packages")) return;
  std::map<PackageName, std::string> sorted;
  for (const auto& [name, version] : table_at(expected, "packages")) {
    sorted[name_of(name.str())] = version.value_exact<std::string>().value();
  }
  std::string text;
  for (const auto& [name, version] : sorted) text += (text.empty() ? "" : " ") + name.text() + "==" + version_of(version).text();
  scenario.pins = text;
}

}  // namespace

Scenario read_scenario(const std::filesystem::path& path) {
  const toml::table file = toml::parse_file(path.string());
  allow_keys(file, {"description", "root", "environment", "resolver_options", "expected", "packages"});
  Scenario scenario;
  const Target target = target_of(table_at(file, "environment"));
  FileRules rules{SupportedTags(target.tags), target.python_version, target.platform};
  const toml::table& root = table_at(file, "root");
  allow_keys(root, {"requires", "constraints"});
  scenario.request.requirements = requirements_of(strings(root, "requires"));
  scenario.request.constraints = requirements_of(strings(root, "constraints"));
  scenario.request.environment = target.markers;
  read_options(scenario.request, rules, table_at(file, "resolver_options"));
  for (const auto& [name, package] : table_at(file, "packages")) add_project(scenario, name.str(), *package.as_table(), rules);
  read_expected(scenario, table_at(file, "expected"));
  return scenario;
}

}  // namespace torchup::test
