#include "torchup/core/utf8.hpp"

namespace torchup {

std::optional<char32_t> take_code_point(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = 1;
  char32_t code = lead;
  char32_t least = 0;
  if (lead >= 0x80) {
    if (lead >= 0xf8 || lead < 0xc0) return std::nullopt;
    length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    code = lead & (0x7fU >> length);
    least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  }
  if (text.size() < length) return std::nullopt;
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return std::nullopt;
    code = (code << 6) | (next & 0x3fU);
  }
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return std::nullopt;
  text.remove_prefix(length);
  return code;
}

}  // namespace torchup
