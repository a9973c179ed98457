#pragma once
// UTF-8 (RFC 3629) decoded strictly: names out of archives, what is printed, and what is read and written as TOML or text.

#include <optional>
#include <string_view>

namespace torchup {

/// Takes the next code point off the front; nothing where the bytes are not UTF-8: overlong, surrogate, cut short.
std::optional<char32_t> take_code_point(std::string_view& text);

}  // namespace torchup
