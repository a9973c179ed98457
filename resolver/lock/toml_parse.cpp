#include "resolver/lock/toml_parse.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <exception>

namespace torchup {
namespace {

TomlTable convert_table(const toml::table& table);

TomlDateTime convert_date_time(const toml::date_time& value) {
  std::string fraction;
  if (value.time.nanosecond != 0) {
    fraction = fmt::format(".{:09}", value.time.nanosecond);
    fraction.erase(fraction.find_last_not_of('0') + 1);
  }
  return {fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", value.date.year, value.date.month, value.date.day, value.time.hour,
                      value.time.minute, value.time.second, fraction),
          value.offset && value.offset->minutes == 0};
}

// The recursion is bounded: `check_toml_limits` has counted the levels.
TomlValue convert(const toml::node& node) {
  if (const auto* value = node.as_string()) return {value->get()};
  if (const auto* value = node.as_integer()) return {value->get()};
  if (const auto* value = node.as_boolean()) return {value->get()};
  if (const auto* value = node.as_date_time()) return {convert_date_time(value->get())};
  if (const auto* table = node.as_table()) return {convert_table(*table)};
  if (const auto* array = node.as_array()) {
    TomlArray values;
    values.reserve(array->size());
    for (const toml::node& element : *array) values.push_back(convert(element));
    return {std::move(values)};
  }
  return {TomlOther{node.is_floating_point() ? "a float" : node.is_date() ? "a date" : "a time"}};
}

TomlTable convert_table(const toml::table& table) {
  TomlTable result;
  result.entries.reserve(table.size());
  for (const auto& [key, node] : table) result.entries.push_back({std::string(key.str()), convert(node)});
  return result;
}

}  // namespace

const TomlValue* TomlTable::find(std::string_view key) const {
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), key, [](const TomlEntry& entry, std::string_view k) { return entry.key < k; });
  return at != entries.end() && at->key == key ? &at->value : nullptr;
}

const char* TomlValue::kind() const {
  constexpr const char* names[] = {"a string", "an integer", "a boolean", "a date and time", nullptr, "an array", "a table"};
  const auto* other = std::get_if<TomlOther>(&data);
  return other ? other->kind : names[data.index()];
}

Result<TomlTable> parse_toml(std::string_view text, const TomlDocument& document) {
  TORCHUP_TRY(check_toml_limits(text, document));
  try {
    return convert_table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto& begin = error.source().begin;
    return failure(
        {document.kind,
         fmt::format("{} is not valid TOML at line {}, column {}: {}", document.name, begin.line, begin.column, error.description()),
         {},
         {}});
  } catch (const std::exception& error) {
    return failure({document.kind, fmt::format("{} could not be read as TOML: {}", document.name, error.what()), {}, {}});
  }
}

}  // namespace torchup
