#include "torchup/resolver/repair.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace torchup {

std::string_view embedded_repairs();

namespace {

using Json = nlohmann::json;

constexpr std::size_t k_most_bytes = 1 << 20;
constexpr int k_most_levels = 4;

tl::unexpected<Error> wrong(const std::string& place, std::string_view what) {
  return failure({ErrorKind::usage, fmt::format("`{}` of the repairs {}", place, what), {}, {}});
}

/// Whether `text` is the pattern with some text for each `*`. Linear but for going back to the last `*`.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, in = 0, star = std::string_view::npos, resumed = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resumed = in;
    } else if (at < pattern.size() && pattern[at] == text[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++resumed;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

/// One object of the table with the name that messages give it: "repairs[3]".
class Row {
 public:
  Row(const Json& object, std::string place) : m_object(object), m_place(std::move(place)) {}

  Result<std::string> text(const char* key) const {
    const auto found = m_object.find(key);
    if (found == m_object.end() || !found->is_string() || found->get_ref<const std::string&>().empty())
      return wrong(m_place + "." + key, "is not a text");
    return found->get<std::string>();
  }

  template <class Value>
  Result<Value> parsed(const char* key, Result<Value> (*parse)(std::string_view)) const {
    TORCHUP_TRY_ASSIGN(const std::string written, text(key));
    auto value = parse(written);
    if (!value) return wrong(m_place + "." + key, fmt::format("cannot be read: {}", value.error().message));
    return value;
  }

  Result<std::vector<std::string>> texts(const char* key) const {
    const auto found = m_object.find(key);
    const auto is_text = [](const Json& one) { return one.is_string(); };
    if (found == m_object.end() || !found->is_array() || !std::all_of(found->begin(), found->end(), is_text))
      return wrong(m_place + "." + key, "is not a list of texts");
    return found->get<std::vector<std::string>>();
  }

  Result<Repair> repair() const {
    TORCHUP_TRY_ASSIGN(std::string id, text("id"));
    TORCHUP_TRY_ASSIGN(PackageName package, parsed("package", &PackageName::parse));
    Repair repair{
        .id = std::move(id), .package = std::move(package), .versions = {}, .wheels = {}, .removed = {}, .reason = {}, .source = {}};
    TORCHUP_TRY_ASSIGN(repair.versions, parsed("versions", &SpecifierSet::parse));
    TORCHUP_TRY_ASSIGN(repair.wheels, text("wheels"));
    TORCHUP_TRY_ASSIGN(repair.removed, texts("remove"));
    TORCHUP_TRY_ASSIGN(const std::vector<std::string> added, texts("add"));
    for (const auto& written : added) {
      auto requirement = Requirement::parse(written);
      if (!requirement) return wrong(m_place + ".add", fmt::format("has `{}`, which is no requirement", written));
      repair.added.push_back(*std::move(requirement));
    }
    TORCHUP_TRY_ASSIGN(repair.reason, text("reason"));
    TORCHUP_TRY_ASSIGN(repair.source, text("source"));
    if (repair.versions.empty()) return wrong(m_place + ".versions", "is about every version");
    if (repair.removed.empty() && repair.added.empty()) return wrong(m_place, "changes nothing");
    return repair;
  }

 private:
  const Json& m_object;
  std::string m_place;
};

/// The document, or nothing where it is no JSON or too deep.
std::optional<Json> parse_json(std::string_view text) {
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > k_most_levels;
    return !too_deep;
  };
  Json document = Json::parse(text, watch, /*allow_exceptions=*/false);
  if (document.is_discarded() || too_deep) return std::nullopt;
  return document;
}

/// Takes out what the repair names, and gives whether some of it was asked for under this environment.
bool remove_from(std::vector<Requirement>& requirements, const Repair& repair, const MarkerEnvironment& environment) {
  bool told = false;
  std::erase_if(requirements, [&](const Requirement& requirement) {
    const auto names_it = [&](const std::string& pattern) { return matches(pattern, requirement.name.text()); };
    if (std::none_of(repair.removed.begin(), repair.removed.end(), names_it)) return false;
    told = told || !requirement.marker || requirement.marker->evaluate(environment);
    return true;
  });
  return told;
}

bool add_to(std::vector<Requirement>& requirements, const Repair& repair, const MarkerEnvironment& environment) {
  bool told = false;
  for (const Requirement& wanted : repair.added) {
    const auto is_there = [&](const Requirement& one) { return one.name == wanted.name; };
    if (std::any_of(requirements.begin(), requirements.end(), is_there)) continue;
    told = told || !wanted.marker || wanted.marker->evaluate(environment);
    requirements.push_back(wanted);
  }
  return told;
}

}  // namespace

Result<RepairTable> RepairTable::parse(std::string_view json) {
  if (json.size() > k_most_bytes)
    return failure({ErrorKind::usage, fmt::format("the repairs are longer than {} bytes", k_most_bytes), {}, {}});
  const auto document = parse_json(json);
  const bool known = document && document->is_object() && document->value("schema", Json()) == Json(1);
  if (!known || !document->contains("repairs") || !(*document)["repairs"].is_array())
    return failure({ErrorKind::usage, "the repairs are not a JSON document of schema 1 with a list `repairs`", {}, {}});
  RepairTable table;
  std::set<std::string> ids;
  for (const Json& row : (*document)["repairs"]) {
    const std::string place = fmt::format("repairs[{}]", table.m_rows.size());
    if (!row.is_object()) return wrong(place, "is not an object");
    TORCHUP_TRY_ASSIGN(Repair repair, Row(row, place).repair());
    if (!ids.insert(repair.id).second) return wrong(place + ".id", fmt::format("is `{}` a second time", repair.id));
    table.m_rows.push_back(std::move(repair));
  }
  return table;
}

const RepairTable& RepairTable::built_in() {
  static const RepairTable k_table = [] {
    auto parsed = parse(embedded_repairs());
    return parsed ? *std::move(parsed) : RepairTable();  // a test reads the file, so that this is never empty
  }();
  return k_table;
}

std::vector<const Repair*> RepairTable::apply(const PackageName& name, const Version& version, std::string_view wheel,
                                              const MarkerEnvironment& environment, std::vector<Requirement>& requirements) const {
  std::vector<const Repair*> told;
  for (const Repair& repair : m_rows) {
    if (repair.package != name || !repair.versions.contains(version) || !matches(repair.wheels, wheel)) continue;
    const bool removed = remove_from(requirements, repair, environment);
    const bool added = add_to(requirements, repair, environment);
    if (removed || added) told.push_back(&repair);
  }
  return told;
}

std::string change_text(const Repair& repair) {
  std::vector<std::string> added;
  for (const Requirement& requirement : repair.added) added.push_back(requirement.text());
  std::string text = "it ";
  if (!repair.removed.empty()) text += fmt::format("no longer needs {}", fmt::join(repair.removed, ", "));
  if (!repair.removed.empty() && !added.empty()) text += ", and ";
  if (!added.empty()) text += fmt::format("needs {}", fmt::join(added, ", "));
  return text;
}

}  // namespace torchup
