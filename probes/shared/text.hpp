#pragma once
// How probes take text apart: lines, trimmed pieces, `key: value` lists. Text in, value out.

#include "torchup/core/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Without white space and NUL bytes at both ends (device-tree texts end in one).
std::string_view trimmed(std::string_view text);

/// The text's lines, without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// The pieces between separators; an empty text has one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

/// `key SEPARATOR value` on each line, both trimmed; the first line of a key counts, lines without a separator do not.
std::map<std::string, std::string, std::less<>> fields_of(std::string_view text, char separator);

/// The value of a field, or an empty text.
std::string field(const std::map<std::string, std::string, std::less<>>& fields, std::string_view key);

/// A whole number in decimal, nothing else beside it.
std::optional<std::uint64_t> number_in(std::string_view text);

/// In lower case (ASCII).
std::string lower(std::string_view text);

/// Whether a host's failure is that there is no such file, and not that it may not or cannot be read.
bool is_missing(const Error& error);

/// "0-3,8" is five.
unsigned count_of_list(std::string_view text);

}  // namespace torchup
