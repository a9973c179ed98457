#pragma once
// A parsed TOML document in types of our own, so that only toml_parse.cpp sees the TOML library. Used by the
// readers of locks and of pyproject.toml.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace torchup {

struct TomlValue;
struct TomlEntry;

/// A date and time with its offset, as RFC 3339 text; `utc` where the offset is zero.
struct TomlDateTime {
  std::string text;
  bool utc = false;
};

/// A value that no key of a lock file may have: a float, a local date, a time.
struct TomlOther {
  const char* kind;
};

using TomlArray = std::vector<TomlValue>;

struct TomlTable {
  std::vector<TomlEntry> entries;  ///< Sorted by key, no doubles.

  /// The key's value, or nullptr.
  const TomlValue* find(std::string_view key) const;
};

struct TomlValue {
  std::variant<std::string, std::int64_t, bool, TomlDateTime, TomlOther, TomlArray, TomlTable> data;

  /// With its article, for messages: "a string", "an array".
  const char* kind() const;
};

struct TomlEntry {
  std::string key;
  TomlValue value;
};

}  // namespace torchup
