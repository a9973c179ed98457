#include "resolver/lock/key_reader.hpp"

#include <fmt/format.h>

namespace torchup {

tl::unexpected<Error> lock_failure(std::string message) { return failure({ErrorKind::lock, std::move(message), {}, {}}); }

tl::unexpected<Error> KeyReader::wrong_kind(const std::string& where, const char* wanted, const TomlValue& value) const {
  return lock_failure(fmt::format("`{}` of the lock file must be {}, not {}", where, wanted, value.kind()));
}

// The key's value, nullptr where it is missing.
template <class Wanted>
Result<const Wanted*> KeyReader::find(std::string_view key, const char* kind) const {
  const TomlValue* value = m_table.find(key);
  if (!value) return nullptr;
  const auto* wanted = std::get_if<Wanted>(&value->data);
  if (!wanted) return wrong_kind(place(key), kind, *value);
  return wanted;
}

Result<std::optional<std::string>> KeyReader::optional_text(std::string_view key) const {
  TORCHUP_TRY_ASSIGN(const std::string* value, find<std::string>(key, "a string"));
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

Result<std::string> KeyReader::text(std::string_view key) const {
  TORCHUP_TRY_ASSIGN(const std::string* value, find<std::string>(key, "a string"));
  if (!value) return lock_failure(fmt::format("`{}` is missing from the lock file", place(key)));
  return *value;
}

Result<std::optional<std::int64_t>> KeyReader::optional_integer(std::string_view key) const {
  TORCHUP_TRY_ASSIGN(const std::int64_t* value, find<std::int64_t>(key, "an integer"));
  return value ? std::optional<std::int64_t>(*value) : std::nullopt;
}

Result<std::optional<bool>> KeyReader::optional_boolean(std::string_view key) const {
  TORCHUP_TRY_ASSIGN(const bool* value, find<bool>(key, "a boolean"));
  return value ? std::optional<bool>(*value) : std::nullopt;
}

Result<std::optional<std::string>> KeyReader::optional_utc_time(std::string_view key) const {
  TORCHUP_TRY_ASSIGN(const TomlDateTime* value, find<TomlDateTime>(key, "a date and time"));
  if (!value) return std::nullopt;
  if (!value->utc) return lock_failure(fmt::format("`{}` of the lock file must be in UTC", place(key)));
  return value->text;
}

Result<std::vector<std::string>> KeyReader::texts(std::string_view key) const {
  TORCHUP_TRY_ASSIGN(const TomlArray* array, find<TomlArray>(key, "an array"));
  std::vector<std::string> result;
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const auto* text = std::get_if<std::string>(&(*array)[i].data);
    if (!text) return wrong_kind(fmt::format("{}[{}]", place(key), i), "a string", (*array)[i]);
    result.push_back(*text);
  }
  return result;
}

Result<KeyReader> KeyReader::table(std::string_view key) const {
  TORCHUP_TRY_ASSIGN(const TomlTable* table, find<TomlTable>(key, "a table"));
  if (!table) return lock_failure(fmt::format("`{}` is missing from the lock file", place(key)));
  return KeyReader(*table, place(key));
}

Result<std::vector<KeyReader>> KeyReader::tables(std::string_view key) const {
  TORCHUP_TRY_ASSIGN(const TomlArray* array, find<TomlArray>(key, "an array of tables"));
  std::vector<KeyReader> result;
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const std::string where = fmt::format("{}[{}]", place(key), i);
    const auto* table = std::get_if<TomlTable>(&(*array)[i].data);
    if (!table) return wrong_kind(where, "a table", (*array)[i]);
    result.emplace_back(*table, where);
  }
  return result;
}

std::vector<std::string> KeyReader::keys() const {
  std::vector<std::string> result;
  for (const TomlEntry& entry : m_table.entries) result.push_back(entry.key);
  return result;
}

}  // namespace torchup
