#pragma once
// Text from outside (names, summaries, server answers) made safe for a terminal. Everything printed passes through it.

#include <cstddef>
#include <string>
#include <string_view>

namespace torchup {

/// The text with control characters (C0, DEL, C1), bidirectional controls and invalid UTF-8 written as `\u{…}`; newline
/// and tab stay. Cut after `limit` bytes with an ellipsis. Applying it twice changes nothing.
std::string printable(std::string_view text, std::size_t limit = 65536);

/// Columns that printable UTF-8 text takes, counting one for each code point; colour sequences count nothing.
std::size_t columns(std::string_view text);

}  // namespace torchup
