#include "torchup/core/digest.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

Result<Sha256> Sha256::parse(std::string_view hex) {
  const auto refuse = [&] { return failure({ErrorKind::integrity, fmt::format("`{}` is not a sha256 in hexadecimal", hex), {}, {}}); };
  if (hex.size() != 2 * k_bytes) return refuse();
  Bytes bytes{};
  for (std::size_t i = 0; i < k_bytes; ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return refuse();
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return Sha256(bytes);
}

Result<Sha256> Sha256::parse_record(std::string_view base64) {
  const auto refuse = [&] { return failure({ErrorKind::integrity, fmt::format("`{}` is not a sha256 in base64", base64), {}, {}}); };
  constexpr std::size_t k_characters = 43;  // 256 bits in groups of six, the last with two bits to spare
  if (base64.size() != k_characters) return refuse();
  Bytes bytes{};
  std::uint32_t pending = 0;
  int bits = 0;
  std::size_t filled = 0;
  for (const char character : base64) {
    const auto value = k_base64.find(character);
    if (value == std::string_view::npos) return refuse();
    pending = (pending << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[filled++] = static_cast<std::uint8_t>(pending >> bits);
    pending &= (1U << bits) - 1;
  }
  if (pending != 0) return refuse();  // the two spare bits must be zero, or one digest would have four spellings
  return Sha256(bytes);
}

std::string Sha256::hex() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * k_bytes);
  for (const std::uint8_t byte : m_bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string Sha256::record_form() const {
  std::string text;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const std::uint8_t byte : m_bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += k_base64[(pending >> bits) & 63];
    }
  }
  text += k_base64[(pending << (6 - bits)) & 63];
  return text;
}

}  // namespace torchup
