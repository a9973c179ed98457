#include "tests/scenarios/scenario.hpp"

#include <toml++/toml.h>

namespace torchup::test {
namespace {

constexpr const char* k_default_python = "3.12";

std::vector<std::string> strings(const toml::node_view<const toml::node>& node) {
  std::vector<std::string> result;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& item : *array) result.push_back(item.value_exact<std::string>().value());
  }
  return result;
}

bool runs_here(std::string_view tag) {
  return tag.find("-any") != std::string_view::npos ? tag.ends_with("-any") && tag.starts_with("py3-none")
                                                    : tag.find("linux") != std::string_view::npos && tag.ends_with("x86_64");
}

bool has_wheel(const toml::table& release) {
  const std::vector<std::string> tags = strings(toml::node_view<const toml::node>(release.get("wheel_tags")));
  return release["wheel"].value_or(true) && (tags.empty() || std::any_of(tags.begin(), tags.end(), runs_here));
}

std::string objection(const toml::table& release, const std::string& python) {
  if (const auto required = release["requires_python"].value<std::string>()) {
    if (!SpecifierSet::parse(*required).value().contains(version_of(python))) return "requires Python " + *required;
  }
  return has_wheel(release) ? "" : "no wheel for linux-x86_64";
}

void add_release(MadeUpIndex& index, std::string_view name, std::string_view version, const toml::table& release,
                 const std::string& python) {
  std::vector<std::string> requirements = strings(toml::node_view<const toml::node>(release.get("requires")));
  std::vector<std::string> extras;
  if (const toml::table* of_extras = release["extras"].as_table()) {
    for (const auto& [extra, added] : *of_extras) {
      extras.emplace_back(extra.str());
      for (const std::string& requirement : strings(toml::node_view<const toml::node>(&added))) {
        const bool marked = requirement.find(';') != std::string::npos;
        requirements.push_back(requirement + (marked ? " and " : " ; ") + "extra == '" + extras.back() + "'");
      }
    }
  }
  index.add(name, version, requirements, extras, {version_of("0"), objection(release, python), release["yanked"].value_or(false)});
}

MarkerEnvironment environment_of(const std::string& python) {
  return {{{"python_version", python},
           {"python_full_version", python + ".0"},
           {"implementation_name", "cpython"},
           {"platform_python_implementation", "CPython"},
           {"sys_platform", "linux"},
           {"platform_system", "Linux"},
           {"platform_machine", "x86_64"},
           {"os_name", "posix"}}};
}

std::string expected_pins(const toml::table& packages) {
  std::map<PackageName, std::string> sorted;
  for (const auto& [name, version] : packages) sorted[name_of(name.str())] = version.value<std::string>().value();
  std::string text;
  for (const auto& [name, version] : sorted) text += (text.empty() ? "" : " ") + name.text() + "==" + version_of(version).text();
  return text;
}

}  // namespace

Scenario read_scenario(const std::filesystem::path& path) {
  const toml::table file = toml::parse_file(path.string());
  const toml::table& table = file;
  Scenario scenario;
  if (table["resolver_options"]["universal"].value_or(false)) scenario.not_run = "one answer for many targets";
  const std::string python = table["resolver_options"]["python"].value<std::string>().value_or(
      table["environment"]["python"].value<std::string>().value_or(k_default_python));
  scenario.request.requirements = requirements_of(strings(table["root"]["requires"]));
  scenario.request.constraints = requirements_of(strings(table["root"]["constraints"]));
  scenario.request.environment = environment_of(python);
  if (const auto allowed = table["resolver_options"]["prereleases"].value<bool>()) {
    scenario.request.prereleases = *allowed ? PrereleasePolicy::allow : PrereleasePolicy::never;
  }
  if (const toml::table* packages = table["packages"].as_table()) {
    for (const auto& [name, package] : *packages) {
      for (const auto& [version, release] : *package.as_table()->get_as<toml::table>("versions")) {
        const toml::table& its = *release.as_table();
        add_release(scenario.index, name.str(), version.str(), its, python);
        scenario.offers_source = scenario.offers_source || (!has_wheel(its) && its["sdist"].value_or(true));
        if (its["requires_python"].value_or(std::string()).starts_with("<")) scenario.not_run = "upper bounds on Python are not kept";
      }
    }
  }
  scenario.satisfiable = table["expected"]["satisfiable"].value<bool>().value();
  if (const toml::table* packages = table["expected"]["packages"].as_table()) scenario.pins = expected_pins(*packages);
  scenario.text = table["expected"]["text"].value<std::string>();
  return scenario;
}

}  // namespace torchup::test
