#include "src/commands/print_catalog.hpp"

#include "src/commands/catalog_rows.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

std::string default_of(const CatalogRelease& release, const char* platform) {
  const auto at = release.defaults.find(platform);
  return at == release.defaults.end() ? "none" : at->second;
}

/// "cu126 cu130 cu132 cpu xpu", CUDA's first.
std::string variant_names(const CatalogRelease& release) {
  std::vector<std::string> names;
  for (const auto& [variant, platforms] : release.variants) names.push_back(variant);
  std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.starts_with("cu") > b.starts_with("cu"); });
  return fmt::format("{}", fmt::join(names, " "));
}

void add_rows(Table& table, const char* label, const std::map<std::string, std::string>& values) {
  for (const auto& [key, value] : values) table.rows.push_back({{label, Style::bold}, {key}, {value}}), label = "";
}

const char* index_name(VariantIndex index) { return index == VariantIndex::main ? "main" : "pytorch"; }

/// The gaps of one kind and release in one row, so that a screen holds many releases.
Table gap_table(const CatalogCheck& check) {
  Table table{.header = {"torch", "difference"}, .rows = {}};
  for (const auto& gap : check.gaps) {
    const Style style = gap.kind.ends_with("-gone") ? Style::dim : Style::warning;
    const bool is_same = !table.rows.empty() && check.gaps.data() != &gap && (&gap - 1)->release == gap.release;
    table.rows.push_back({{is_same ? "" : gap.release, Style::bold}, {gap.text, style}});
  }
  return table;
}

}  // namespace

std::string catalog_text(const VariantCatalog& catalog, const std::vector<CatalogRelease>& releases, const Terminal& terminal) {
  Table table{.header = {"torch", "x86_64", "aarch64", "builds"}, .rows = {}};
  for (const auto& release : releases) {
    table.rows.push_back({{release.release, Style::bold},
                          {default_of(release, "linux-x86_64")},
                          {default_of(release, "linux-aarch64")},
                          {variant_names(release)}});
  }
  const auto& date = catalog_date(catalog);
  return table_text(table, terminal) +
         wrapped(fmt::format("{}{}; x86_64 and aarch64: the main index's build on Linux", count_text(releases.size(), "release"),
                             date.empty() ? "" : ", as of " + date),
                 terminal.width(), 0) +
         "\n";
}

std::string release_text(const CatalogRelease& release, const Terminal& terminal) {
  Table table{.header = {}, .rows = {}};
  add_rows(table, "main index", release.defaults);
  std::map<std::string, std::string> variants, wheels, companions;
  for (const auto& [variant, platforms] : release.variants) variants[variant] = fmt::format("{}", fmt::join(platforms, ", "));
  for (const auto& [tag, pythons] : release.wheels) wheels[tag] = fmt::format("{}", fmt::join(pythons, ", "));
  for (const auto& [name, version] : release.companions) companions[name] += (companions[name].empty() ? "" : ", ") + version;
  add_rows(table, "builds", variants);
  add_rows(table, "wheels", wheels);
  add_rows(table, "code for", release.code);
  add_rows(table, "companions", companions);
  if (!release.cxx_standard.empty()) add_rows(table, "C++", {{"headers", release.cxx_standard}, {"ABI", release.cxx_abi}});
  add_rows(table, "libtorch", release.libtorch);
  return terminal.styled(Style::bold, "torch " + release.release) + "\n" + table_text(table, terminal) +
         wrapped("source: " + release.source, terminal.width(), 2) + "\n";
}

Json catalog_json(const VariantCatalog& catalog, const std::vector<CatalogRelease>& releases) {
  auto document = new_document();
  document["date"] = catalog_date(catalog);
  document["releases"] = Json::array();
  for (const auto& release : releases) {
    auto companions = Json::array();
    for (const auto& [name, version] : release.companions) companions.push_back({{"name", name}, {"version", version}});
    document["releases"].push_back({{"release", release.release},
                                    {"defaults", release.defaults},
                                    {"variants", release.variants},
                                    {"wheels", release.wheels},
                                    {"companions", std::move(companions)},
                                    {"code", release.code},
                                    {"cxx", {{"standard", release.cxx_standard}, {"abi", release.cxx_abi}}},
                                    {"libtorch", release.libtorch},
                                    {"source", release.source}});
  }
  return document;
}

std::string check_text(const CatalogCheck& check, const std::string& source, const Terminal& terminal) {
  std::string text;
  for (const auto& asked : check.asked) {
    const auto said = asked.problem.empty() ? count_text(asked.wheels, "wheel") + " of torch" : "did not answer: " + asked.problem;
    text += wrapped(fmt::format("{} index {}: {}", index_name(asked.index), asked.url, said), terminal.width(), 2) + "\n";
  }
  const bool all_answered = std::all_of(check.asked.begin(), check.asked.end(), [](const auto& asked) { return asked.problem.empty(); });
  const char* const verdict =
      all_answered ? "the catalog has all that they carry" : "the catalog has all that the one that answered carries";
  if (check.gaps.empty()) return text + terminal.styled(Style::good, verdict) + "\n";
  text += "\n" + table_text(gap_table(check), terminal);
  for (const auto& release : check.derived) {
    text += fmt::format("\na row for torch {}, as its wheels tell it (`--write FILE` makes a catalog of it):\n{}\n", release.release,
                        release_row(release, source).dump());
  }
  return text;
}

Json check_json(const CatalogCheck& check, const std::string& source) {
  auto document = new_document();
  document["asked"] = Json::array();
  for (const auto& asked : check.asked) {
    document["asked"].push_back(
        {{"index", index_name(asked.index)}, {"url", asked.url}, {"wheels", asked.wheels}, {"problem", asked.problem}});
  }
  document["gaps"] = Json::array();
  for (const auto& gap : check.gaps) {
    document["gaps"].push_back({{"kind", gap.kind}, {"release", gap.release}, {"subject", gap.subject}, {"text", gap.text}});
  }
  document["rows"] = Json::array();
  for (const auto& release : check.derived) document["rows"].push_back(release_row(release, source));
  return document;
}

}  // namespace torchup
