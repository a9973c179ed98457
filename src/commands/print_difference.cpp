#include "src/commands/print_difference.hpp"

#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;
using Kind = ComparedSide::Kind;

std::string side_text(const ComparedSide& side) {
  return side.generation ? fmt::format("{} (generation {})", side.path, *side.generation) : side.path;
}

std::string size_text(const HeldPackage& package) { return package.bytes ? bytes_text(*package.bytes) : ""; }

/// In an environment, what has no wheel was put there by another tool.
bool is_foreign(const ComparedSide& side, const HeldPackage& package) {
  return side.kind == Kind::environment && side.generation && package.wheels.empty();
}

std::string joined(const std::vector<std::string>& words) { return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", ")); }

std::string condition_text(const HeldPackage& package) { return package.condition.empty() ? "always" : package.condition; }

/// What a change is about, behind the package's name.
std::string change_text(const Comparison& comparison, const PackageChange& change) {
  const std::string version = change.after.version.text();
  switch (change.change) {
    case Change::version:
      return fmt::format("{} -> {}{}", change.before.version.text(), version,
                         is_foreign(comparison.after, change.after) ? ", put there by another tool" : "");
    case Change::wheels:
      break;
    case Change::condition:
      return fmt::format("{}, wanted otherwise: {} -> {}", version, condition_text(change.before), condition_text(change.after));
  }
  const auto replaced = replaced_files(change.before, change.after);
  if (!replaced.empty()) return fmt::format("{}, other bytes under the same file name: {}", version, joined(replaced));
  std::vector<std::string> files;
  for (const HeldWheel& wheel : change.after.wheels) files.push_back(wheel.name);
  if (files.empty()) return version + ", put there by another tool";
  return fmt::format("{}, other wheels: {}", version, files.size() > 3 ? count_text(files.size(), "file") : joined(files));
}

std::string sizes_text(const Comparison& comparison, const PackageChange& change) {
  // A wheel and what it unpacks to are no measure of one another.
  if (comparison.before.kind != comparison.after.kind || !change.before.bytes || !change.after.bytes) return size_text(change.after);
  if (*change.before.bytes == *change.after.bytes) return size_text(change.after);
  return size_text(change.before) + " -> " + size_text(change.after);
}

Table difference_table(const Comparison& comparison) {
  struct Line {
    PackageName name;
    std::vector<Cell> cells;
  };
  std::vector<Line> lines;
  const auto add = [&](const HeldPackage& package, const char* sign, Style style, const std::string& size, const std::string& what) {
    lines.push_back({package.name, {{sign, style}, {package.name.text()}, {size, Style::dim}, {what}}});
  };
  const auto origin = [](bool foreign) { return std::string(foreign ? ", put there by another tool" : ""); };
  for (const auto& package : comparison.packages.added)
    add(package, "+", Style::good, size_text(package), package.version.text() + origin(is_foreign(comparison.after, package)));
  for (const auto& package : comparison.packages.removed)
    add(package, "-", Style::bad, size_text(package), package.version.text() + origin(is_foreign(comparison.before, package)));
  for (const auto& change : comparison.packages.changed)
    add(change.after, "~", Style::warning, sizes_text(comparison, change), change_text(comparison, change));
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.name < b.name; });
  Table table{.right = {2}, .indent = 2};
  for (Line& line : lines) table.rows.push_back(std::move(line.cells));
  return table;
}

struct Weight {
  std::uint64_t before = 0, after = 0;
  bool known = true;
};

/// What the packages that differ weigh on each side.
Weight weigh(const Difference& difference) {
  Weight weight;
  const auto add = [&](const HeldPackage& package, std::uint64_t& sum) {
    if (!package.bytes) weight.known = false;
    const std::uint64_t bytes = package.bytes.value_or(0);
    sum = sum > UINT64_MAX - bytes ? UINT64_MAX : sum + bytes;
  };
  for (const auto& package : difference.added) add(package, weight.after);
  for (const auto& package : difference.removed) add(package, weight.before);
  for (const auto& change : difference.changed) {
    add(change.before, weight.before);
    add(change.after, weight.after);
  }
  return weight;
}

std::string weight_text(const Comparison& comparison) {
  const Weight weight = weigh(comparison.packages);
  if (comparison.before.kind != comparison.after.kind || !weight.known || weight.before == weight.after) return "";
  const bool more = weight.after > weight.before;
  return fmt::format("; {} {}{}", bytes_text(more ? weight.after - weight.before : weight.before - weight.after), more ? "more" : "less",
                     comparison.before.kind == Kind::lock ? " to download" : " on disk");
}

std::string counts_text(const Comparison& comparison) {
  const Difference& difference = comparison.packages;
  return fmt::format("{} added, {} removed, {} changed, {} the same{}\n", difference.added.size(), difference.removed.size(),
                     difference.changed.size(), difference.same, weight_text(comparison));
}

Json held_json(const HeldPackage& package) {
  Json wheels = Json::array();
  for (const HeldWheel& wheel : package.wheels) wheels.push_back({{"name", wheel.name}, {"sha256", wheel.sha256.hex()}});
  return {{"version", package.version.text()},
          {"condition", package.condition},
          {"wheels", std::move(wheels)},
          {"bytes", package.bytes ? Json(*package.bytes) : Json(nullptr)}};
}

Json named_json(const HeldPackage& package) {
  Json json = {{"name", package.name.text()}};
  json.update(held_json(package));
  return json;
}

Json side_json(const ComparedSide& side) {
  return {{"kind", side.kind == Kind::lock ? "lock" : "environment"},
          {"path", side.path},
          {"generation", side.generation ? Json(*side.generation) : Json(nullptr)}};
}

const char* change_name(Change change) { return change == Change::version ? "version" : change == Change::wheels ? "wheels" : "condition"; }

}  // namespace

std::string comparison_text(const Comparison& comparison, const Terminal& terminal) {
  const std::string sides = fmt::format("{} -> {}", side_text(comparison.before), side_text(comparison.after));
  std::string text = table_text({.rows = {{{sides, Style::bold}}}}, terminal);
  if (!comparison.differs()) return text + fmt::format("no difference: {} the same\n", count_text(comparison.packages.same, "package"));
  Table keys{.indent = 2};
  for (const KeyChange& change : comparison.keys)
    keys.rows.push_back({{"~", Style::warning}, {change.key}, {fmt::format("{} -> {}", joined(change.before), joined(change.after))}});
  text += table_text(keys, terminal);
  text += table_text(difference_table(comparison), terminal);
  return text + counts_text(comparison);
}

Json comparison_json(const Comparison& comparison) {
  Json document = new_document();
  document["before"] = side_json(comparison.before);
  document["after"] = side_json(comparison.after);
  document["differs"] = comparison.differs();
  for (const char* key : {"added", "removed", "changed", "keys"}) document[key] = Json::array();
  for (const auto& package : comparison.packages.added) document["added"].push_back(named_json(package));
  for (const auto& package : comparison.packages.removed) document["removed"].push_back(named_json(package));
  for (const auto& change : comparison.packages.changed) {
    document["changed"].push_back({{"name", change.after.name.text()},
                                   {"change", change_name(change.change)},
                                   {"replaced_files", replaced_files(change.before, change.after)},
                                   {"before", held_json(change.before)},
                                   {"after", held_json(change.after)}});
  }
  for (const KeyChange& change : comparison.keys)
    document["keys"].push_back({{"key", change.key}, {"before", change.before}, {"after", change.after}});
  document["same"] = comparison.packages.same;
  const Weight weight = weigh(comparison.packages);
  document["bytes"] = {{"before", weight.before}, {"after", weight.after}, {"complete", weight.known}};
  return document;
}

}  // namespace torchup
