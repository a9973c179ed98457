#include "src/commands/print_tree.hpp"
#include "src/ui/json_output.hpp"

#include <nlohmann/json.hpp>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

const char* reason_name(RootReason reason) {
  switch (reason) {
    case RootReason::requested:
      return "requested";
    case RootReason::needed_by_none:
      return "needed-by-none";
    case RootReason::in_a_cycle:
      break;
  }
  return "in-a-cycle";
}

Json named(const PackageName& name, const Version& version) { return {{"name", name.text()}, {"version", version.text()}}; }

Json neighbours(const Lockfile& lock, const std::vector<std::size_t>& places) {
  Json list = Json::array();
  for (const std::size_t place : places) list.push_back(named(lock.packages[place].name, lock.packages[place].version));
  return list;
}

Json package_json(const TreeView& view, std::size_t place, std::size_t depth) {
  const LockedPackage& package = view.lock.packages[place];
  const DependencyNode& node = view.graph.nodes[place];
  const WheelTotals totals = wheel_totals(package);
  Json json = named(package.name, package.version);
  json["marker"] = package.marker ? Json(package.marker->text()) : Json(nullptr);
  json["depth"] = depth;
  json["wheels"] = totals.wheels;
  json["bytes"] = totals.bytes;
  json["without_size"] = totals.without_size;
  json["requests"] = node.requests;
  json["needs"] = neighbours(view.lock, node.needs);
  json["needed_by"] = neighbours(view.lock, node.needed_by);
  json["missing"] = Json::array();
  for (const auto& [name, version] : node.missing) json["missing"].push_back(named(name, version));
  return json;
}

}  // namespace

Json tree_json(const TreeView& view) {
  Json document = new_document();
  document["inverted"] = view.inverted ? Json(view.inverted->text()) : Json(nullptr);
  document["roots"] = Json::array();
  if (!view.inverted) {
    for (const DependencyRoot& root : view.graph.roots) {
      Json json = named(view.lock.packages[root.package].name, view.lock.packages[root.package].version);
      json["reason"] = reason_name(root.reason);
      document["roots"].push_back(std::move(json));
    }
  } else {
    document["roots"] = neighbours(view.lock, roots_of(view));
  }
  document["packages"] = Json::array();
  for (const auto& [place, depth] : depths_of(rows_of(view, view.deepest)))
    document["packages"].push_back(package_json(view, place, depth));
  document["several_entries"] = Json::array();
  for (const auto& entries : entries_of_one_name(view.lock)) {
    Json versions = Json::array();
    for (const std::size_t entry : entries) versions.push_back(view.lock.packages[entry].version.text());
    document["several_entries"].push_back({{"name", view.lock.packages[entries.front()].name.text()}, {"versions", std::move(versions)}});
  }
  document["needs"] = Json::array();
  for (const auto& needs : view.lock.tool.needs) {
    document["needs"].push_back({{"variant", needs.variant},
                                 {"platform", needs.platform},
                                 {"toolkit", needs.toolkit},
                                 {"driver", needs.driver},
                                 {"minor_driver", needs.minor_driver},
                                 {"architectures", needs.architectures}});
  }
  const WheelTotals totals = wheel_totals(view.lock);
  document["total_packages"] = view.lock.packages.size();
  document["total_wheels"] = totals.wheels;
  document["total_bytes"] = totals.bytes;
  document["without_size"] = totals.without_size;
  return document;
}

}  // namespace torchup
