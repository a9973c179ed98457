#pragma once
// TOML text to values of our own, within limits. Used by the readers of locks and of pyproject.toml.

#include "torchup/core/result.hpp"

#include "resolver/lock/toml_limits.hpp"
#include "resolver/lock/toml_value.hpp"

#include <string_view>

namespace torchup {

/// Reads a TOML 1.0 document within the limits of toml_limits.hpp. Duplicate keys, invalid UTF-8 and bad syntax are
/// the document's kind of error, with line and column.
Result<TomlTable> parse_toml(std::string_view text, const TomlDocument& document = {});

}  // namespace torchup
