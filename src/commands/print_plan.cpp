#include "src/commands/print_plan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

std::string named(const InstalledPackage& package) { return package.name.text() + " " + package.version.text(); }

Json package_json(const InstalledPackage& package) { return {{"name", package.name.text()}, {"version", package.version.text()}}; }

}  // namespace

Json plan_json(const InstallPlan& plan) {
  Json add = Json::array(), remove = Json::array(), replace = Json::array();
  for (const auto& package : plan.add) add.push_back(package_json(package));
  for (const auto& package : plan.remove) remove.push_back(package_json(package));
  for (const auto& change : plan.replace) {
    replace.push_back(
        {{"name", change.after.name.text()}, {"before", change.before.version.text()}, {"after", change.after.version.text()}});
  }
  return {{"add", add}, {"remove", remove}, {"replace", replace}, {"keep", plan.keep.size()}};
}

void add_changes(Table& table, const InstallPlan& plan) {
  for (const auto& package : plan.add) table.rows.push_back({{"  +", Style::good}, {named(package)}});
  for (const auto& package : plan.remove) table.rows.push_back({{"  -", Style::bad}, {named(package)}});
  for (const auto& change : plan.replace) {
    table.rows.push_back({{"  ~", Style::warning}, {fmt::format("{} -> {}", named(change.before), change.after.version.text())}});
  }
}

}  // namespace torchup
