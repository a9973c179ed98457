#pragma once
// Reads the keys of one TOML table and names the key in every complaint: `packages[2].wheels[0].hashes`. Used by the lock
// reader, which never touches a value's type itself.

#include "torchup/core/result.hpp"

#include "resolver/lock/toml_value.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// ErrorKind::lock about the value of a key.
tl::unexpected<Error> lock_failure(std::string message);

class KeyReader {
 public:
  /// `path` is the table's place in the file, empty for the top. The table must outlive the reader.
  KeyReader(const TomlTable& table, std::string path) : m_table(table), m_path(std::move(path)) {}

  /// The key's place in the file: "packages[2].name".
  std::string place(std::string_view key) const { return m_path.empty() ? std::string(key) : fmt::format("{}.{}", m_path, key); }

  bool has(std::string_view key) const { return m_table.find(key) != nullptr; }

  Result<std::string> text(std::string_view key) const;
  Result<std::optional<std::string>> optional_text(std::string_view key) const;
  Result<std::optional<std::int64_t>> optional_integer(std::string_view key) const;
  Result<std::optional<bool>> optional_boolean(std::string_view key) const;
  Result<std::optional<std::string>> optional_utc_time(std::string_view key) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;  ///< Empty where the key is missing.
  Result<KeyReader> table(std::string_view key) const;
  Result<std::vector<KeyReader>> tables(std::string_view key) const;  ///< Empty where the key is missing.

  /// Reads the key's text with `parse`; what it refuses keeps its reason under the key's name.
  template <class Parsed>
  Result<Parsed> parsed(std::string_view key, Result<Parsed> (*parse)(std::string_view)) const {
    TORCHUP_TRY_ASSIGN(const std::string written, text(key));
    return parsed_as(key, written, parse);
  }

  template <class Parsed>
  Result<std::optional<Parsed>> optional_parsed(std::string_view key, Result<Parsed> (*parse)(std::string_view)) const {
    if (!has(key)) return std::optional<Parsed>();
    TORCHUP_TRY_ASSIGN(Parsed value, parsed(key, parse));
    return std::optional<Parsed>(std::move(value));
  }

  /// The key's value as it stands there, nullptr where it is missing.
  const TomlValue* value(std::string_view key) const { return m_table.find(key); }

  /// The table's keys, sorted.
  std::vector<std::string> keys() const;

 private:
  template <class Parsed>
  Result<Parsed> parsed_as(std::string_view key, const std::string& written, Result<Parsed> (*parse)(std::string_view)) const {
    Result<Parsed> value = parse(written);
    if (!value) return lock_failure(fmt::format("`{}` of the lock file cannot be read: {}", place(key), value.error().message));
    return value;
  }

  template <class Wanted>
  Result<const Wanted*> find(std::string_view key, const char* kind) const;

  tl::unexpected<Error> wrong_kind(const std::string& where, const char* wanted, const TomlValue& value) const;

  const TomlTable& m_table;
  std::string m_path;
};

}  // namespace torchup
