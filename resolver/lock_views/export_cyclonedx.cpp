#include "torchup/resolver/dependency_tree.hpp"
#include "torchup/resolver/export_lock.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* k_lock_reference = "lock";

/// The type `pypi` wants the name in lower case with `-` for `_`, which the normalised name is, and the version percent-encoded
/// (package-url specification, "Rules for each purl component").
std::string package_url(const LockedPackage& package) {
  return fmt::format("pkg:pypi/{}@{}", package.name.text(), percent_encode(package.version.text()));
}

/// A UUID of version 8 (RFC 9562, section 5.8) from the content's digest.
std::string serial_number(const Sha256& content) {
  std::string digits = content.hex().substr(0, 32);
  digits[12] = '8';
  digits[16] = "89ab"[content.bytes()[8] & 3U];
  return fmt::format("urn:uuid:{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4), digits.substr(16, 4),
                     digits.substr(20, 12));
}

/// bom-refs are unique: entries that share name and version are numbered.
std::vector<std::string> references_of(const Lockfile& lock) {
  std::map<std::string, std::size_t> seen;
  std::vector<std::string> references;
  for (const LockedPackage& package : lock.packages) {
    const std::string url = package_url(package);
    const std::size_t number = ++seen[url];
    references.push_back(number == 1 ? url : fmt::format("{}#{}", url, number));
  }
  return references;
}

Json digest_json(const Sha256& digest) { return Json::array({{{"alg", "SHA-256"}, {"content", digest.hex()}}}); }

Json property(const char* name, const std::string& value) { return {{"name", name}, {"value", value}}; }

Json component_json(const LockedPackage& package, const std::string& reference) {
  Json component = {{"type", "library"},
                    {"bom-ref", reference},
                    {"name", package.name.text()},
                    {"version", package.version.text()},
                    {"purl", package_url(package)}};
  // The digest of a component is that of its one file; of several, each stands beside its own file only.
  if (package.wheels.size() == 1) component["hashes"] = digest_json(package.wheels.front().sha256);
  Json files = Json::array();
  for (const LockedFile& wheel : package.wheels)
    files.push_back({{"type", "distribution"}, {"url", wheel.url.text()}, {"comment", wheel.name}, {"hashes", digest_json(wheel.sha256)}});
  component["externalReferences"] = std::move(files);
  Json properties = Json::array();
  if (package.marker) properties.push_back(property("torchup:marker", package.marker->text()));
  if (package.index) properties.push_back(property("torchup:index", package.index->text()));
  if (!properties.empty()) component["properties"] = std::move(properties);
  return component;
}

Json dependencies_json(const DependencyGraph& graph, const std::vector<std::string>& references) {
  Json top = Json::array(), all = Json::array();
  for (const DependencyRoot& root : graph.roots) top.push_back(references[root.package]);
  all.push_back({{"ref", k_lock_reference}, {"dependsOn", std::move(top)}});
  for (std::size_t i = 0; i < references.size(); ++i) {
    Json needs = Json::array();
    for (const std::size_t place : graph.nodes[i].needs) needs.push_back(references[place]);
    all.push_back({{"ref", references[i]}, {"dependsOn", std::move(needs)}});
  }
  return all;
}

}  // namespace

std::string cyclonedx_text(const Lockfile& lock, const BomHead& head) {
  const std::vector<std::string> references = references_of(lock);
  Json components = Json::array();
  for (std::size_t i = 0; i < references.size(); ++i) components.push_back(component_json(lock.packages[i], references[i]));
  const Json tool = {{"type", "application"}, {"name", "torchup"}, {"version", head.program_version}};
  Json document = {{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
                   {"bomFormat", "CycloneDX"},
                   {"specVersion", "1.6"},
                   {"serialNumber", serial_number(head.content)},
                   {"version", 1}};
  document["metadata"] = {{"tools", {{"components", Json::array({tool})}}},
                          {"component", {{"type", "application"}, {"bom-ref", k_lock_reference}, {"name", "pylock.toml"}}}};
  document["components"] = std::move(components);
  document["dependencies"] = dependencies_json(make_dependency_graph(lock), references);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace torchup
