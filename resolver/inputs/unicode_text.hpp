#pragma once
// White space and line ends of UTF-8 text as Python has them, for what pip reads with str.splitlines, strip and `\s`. Used
// by the reader of requirements files.

#include <cstddef>
#include <string>
#include <string_view>

namespace torchup {

/// The bytes of the white space at the start of the text; 0 where there is none.
std::size_t leading_space(std::string_view text);

/// The bytes of the one white-space character that the text ends with; 0 where it ends with none.
std::size_t last_space(std::string_view text);

/// Without white space at either end.
std::string_view without_outer_space(std::string_view text);

/// Takes the first line off the text, without its end: what str.splitlines calls one.
std::string_view take_line(std::string_view& text);

/// Appends a code point, which must be below 0x110000, as UTF-8.
void append_utf8(std::string& text, char32_t point);

}  // namespace torchup
