#pragma once
// Canonical TOML pieces: one spelling for each value, so that equal locks are equal bytes. Used by the lock writer.

#include "resolver/lock/toml_value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// A basic string in double quotes. Control characters are escaped; bytes that are no UTF-8 become U+FFFD.
std::string toml_string(std::string_view text);

/// `["a", "b"]` on one line, in the order given.
std::string toml_strings(const std::vector<std::string>& texts);

/// Any value on one line, tables with their keys sorted. What has no canonical form here (floats, local dates and times) is left
/// out. As deep as what was parsed, whose depth has a limit.
std::string toml_value(const TomlValue& value);

}  // namespace torchup
