#include "src/commands/print_lock.hpp"

#include "torchup/resolver/dependency_tree.hpp"

#include "src/commands/print_host.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace torchup {
namespace {

/// A wheel of the framework carries its variant as a local version label; the main index's build carries none.
std::string variant_of(const LockedPackage& package) { return package.version.local_text(); }

/// One row for each target, and the sum.
std::string universal_text(const Locked& locked, const Terminal& terminal) {
  Table table{.header = {"platform", "Python", "variant", "packages", "download"}, .rows = {}, .right = {3, 4}};
  for (const auto& target : locked.targets) {
    table.rows.push_back({{target.platform},
                          {target.python},
                          {target.variant, Style::bold},
                          {fmt::format("{}", target.packages)},
                          {bytes_text(target.download_bytes)}});
  }
  std::set<PackageName> names;
  for (const auto& package : locked.lock.packages) names.insert(package.name);
  const auto sum = fmt::format("{} for {} in {}, {} to the index; {} in all wheels together", count_text(names.size(), "package"),
                               count_text(locked.targets.size(), "target"), seconds_text(locked.seconds),
                               count_text(locked.index_requests, "request"), bytes_text(locked.download_bytes));
  return table_text(table, terminal) + wrapped(sum, terminal.width(), 0) + "\n";
}

}  // namespace

nlohmann::ordered_json lock_json(const Locked& locked) {
  auto document = new_document();
  document["variant"] = locked.lock.tool.variant;
  document["variant_reason"] = variant_sentence(locked);
  document["fallback"] = !locked.fallback_reason.empty();
  document["python"] = locked.target.python_version.text();
  document["platform"] = locked.target.platform;
  document["targets"] = nlohmann::ordered_json::array();
  for (const auto& target : locked.targets) {
    document["targets"].push_back({{"platform", target.platform},
                                   {"python", target.python},
                                   {"variant", target.variant},
                                   {"packages", target.packages},
                                   {"download_bytes", target.download_bytes}});
  }
  document["packages"] = nlohmann::ordered_json::array();
  for (const auto& package : locked.lock.packages) {
    auto wheels = nlohmann::ordered_json::array();
    for (const auto& wheel : package.wheels) wheels.push_back(wheel.name);
    const std::uint64_t to_build = package.wheels.empty() && package.sdist ? package.sdist->size.value_or(0) : 0;
    document["packages"].push_back(
        {{"name", package.name.text()},
         {"version", package.version.text()},
         {"variant", variant_of(package)},
         {"index", package.index ? nlohmann::ordered_json(package.index->text()) : nlohmann::ordered_json(nullptr)},
         {"wheels", wheels},
         {"size", wheel_totals(package).bytes + to_build},
         {"sdist", package.sdist ? nlohmann::ordered_json(package.sdist->name) : nlohmann::ordered_json(nullptr)}});
  }
  document["total_bytes"] = locked.download_bytes;
  document["unpacked_bytes"] = locked.unpacked_bytes;
  document["requests"] = locked.lock.tool.requests;
  document["repairs"] = locked.lock.tool.repairs;
  document["index_requests"] = locked.index_requests;
  document["seconds"] = locked.seconds;
  return document;
}

std::string variant_sentence(const Locked& locked) {
  if (!locked.fallback_reason.empty()) return locked.fallback_reason;
  return locked.choice ? locked.choice->summary : "";
}

std::string lock_text(const Locked& locked, const Terminal& terminal) {
  if (locked.targets.size() > 1) return universal_text(locked, terminal);
  Table table;
  table.rows.push_back({{"host", Style::dim}, {host_line(locked.facts)}});
  table.rows.push_back({{"python", Style::dim}, {fmt::format("{}  {}", locked.target.python_version.text(), locked.target.python.path)}});
  if (!locked.lock.tool.variant.empty()) {
    table.rows.push_back({{"variant", Style::dim}, {locked.lock.tool.variant, Style::bold}});
    table.rows.push_back({{""}, {variant_sentence(locked), locked.fallback_reason.empty() ? Style::plain : Style::warning}});
  }
  std::string totals =
      fmt::format("{} in {}, {} to the index; {} to download", count_text(locked.lock.packages.size(), "package"),
                  seconds_text(locked.seconds), count_text(locked.index_requests, "request"), bytes_text(locked.download_bytes));
  if (locked.unpacked_bytes > 0) totals += fmt::format(", {} on disk", bytes_text(locked.unpacked_bytes));
  table.rows.push_back({{"resolved", Style::dim}, {totals}});
  return table_text(table, terminal);
}

}  // namespace torchup
