#pragma once
// What a TOML text may cost before a parser sees it: size, depth and number of values. Used by toml_parse.cpp only.

#include "torchup/core/result.hpp"

#include <cstddef>
#include <string_view>

namespace torchup {

/// What the text is, for messages.
struct TomlDocument {
  const char* name = "the lock file";
  ErrorKind kind = ErrorKind::lock;
};

inline constexpr std::size_t k_toml_bytes = std::size_t{64} << 20;
inline constexpr std::size_t k_toml_depth = 64;
inline constexpr std::size_t k_toml_values = 4'000'000;

/// Walks the text once, without recursion. Depth counts brackets and dotted key parts alike, since each becomes a table
/// that a parser nests. Beyond a limit is the document's kind of error. Text that is no TOML may pass: the parser refuses it.
Status check_toml_limits(std::string_view text, const TomlDocument& document = {});

}  // namespace torchup
