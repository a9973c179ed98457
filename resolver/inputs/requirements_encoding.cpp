// Bytes of a requirements file to UTF-8, as pip's auto_decode decides.

#include "torchup/core/utf8.hpp"
#include "torchup/resolver/requirements_text.hpp"

#include "resolver/inputs/unicode_text.hpp"
#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace torchup {
namespace {

using namespace std::string_view_literals;

enum class Encoding { utf8, ascii, latin1, utf16_little, utf16_big, utf32_little, utf32_big };

struct Mark {
  std::string_view bytes;
  Encoding encoding;
};

/// The marks of UTF-32 begin as those of UTF-16 do, and stand first.
constexpr std::array k_marks{Mark{"\xEF\xBB\xBF"sv, Encoding::utf8}, Mark{"\xFF\xFE\x00\x00"sv, Encoding::utf32_little},
                             Mark{"\x00\x00\xFE\xFF"sv, Encoding::utf32_big}, Mark{"\xFF\xFE"sv, Encoding::utf16_little},
                             Mark{"\xFE\xFF"sv, Encoding::utf16_big}};

struct NamedEncoding {
  std::string_view name;
  Encoding encoding;
};

constexpr std::array k_names{NamedEncoding{"utf-8"sv, Encoding::utf8},        NamedEncoding{"utf8"sv, Encoding::utf8},
                             NamedEncoding{"us-ascii"sv, Encoding::ascii},    NamedEncoding{"ascii"sv, Encoding::ascii},
                             NamedEncoding{"iso-8859-1"sv, Encoding::latin1}, NamedEncoding{"iso8859-1"sv, Encoding::latin1},
                             NamedEncoding{"latin-1"sv, Encoding::latin1},    NamedEncoding{"latin1"sv, Encoding::latin1}};

tl::unexpected<Error> not_encoded(const char* encoding, std::size_t at) {
  return failure({ErrorKind::usage, fmt::format("the file is not {}: byte {} does not fit", encoding, at), {}, {"save the file as UTF-8"}});
}

/// The value of `coding: NAME` in a comment line (PEP 263's form, the first match counts).
std::optional<std::string_view> declared_encoding(std::string_view line) {
  if (!line.starts_with('#')) return std::nullopt;
  for (auto at = line.find("coding"); at != std::string_view::npos; at = line.find("coding", at + 1)) {
    Cursor cursor(line.substr(at + "coding"sv.size()));
    if (!cursor.take(':') && !cursor.take('=')) continue;
    cursor.take_while(is_space);
    const auto name = cursor.take_while([](char c) { return is_letter_or_digit(c) || is_separator(c); });
    if (!name.empty()) return name;
  }
  return std::nullopt;
}

Result<Encoding> encoding_of(std::string_view bytes) {
  for (int line = 0; line < 2 && !bytes.empty(); ++line) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    if (const auto name = declared_encoding(bytes.substr(0, end))) {
      std::string key = lowered(*name);
      std::replace(key.begin(), key.end(), '_', '-');
      const auto known = std::find_if(k_names.begin(), k_names.end(), [&](const NamedEncoding& one) { return one.name == key; });
      if (known != k_names.end()) return known->encoding;
      return failure(
          {ErrorKind::usage, fmt::format("the file's encoding `{}` is not supported", excerpt(*name)), {}, {"save the file as UTF-8"}});
    }
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return Encoding::utf8;
}

Result<std::string> from_utf8(std::string_view bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    if (!take_code_point(rest)) return not_encoded("UTF-8", bytes.size() - rest.size());
  }
  return std::string(bytes);
}

Result<std::string> from_ascii(std::string_view bytes) {
  const auto beyond = std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<std::uint8_t>(c) >= 0x80; });
  if (beyond != bytes.end()) return not_encoded("ASCII", static_cast<std::size_t>(beyond - bytes.begin()));
  return std::string(bytes);
}

std::string from_latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) append_utf8(text, static_cast<std::uint8_t>(c));
  return text;
}

/// Reads units of `width` bytes; the place is that of the unit that does not fit.
class UnitReader {
 public:
  UnitReader(std::string_view bytes, std::size_t width, bool big) : m_bytes(bytes), m_width(width), m_big(big) {}

  std::size_t at() const { return m_at; }
  bool at_end() const { return m_at == m_bytes.size(); }

  std::optional<char32_t> take() {
    if (m_bytes.size() - m_at < m_width) return std::nullopt;
    char32_t unit = 0;
    for (std::size_t i = 0; i < m_width; ++i) {
      const std::size_t place = m_big ? i : m_width - 1 - i;
      unit = (unit << 8) | static_cast<std::uint8_t>(m_bytes[m_at + place]);
    }
    m_at += m_width;
    return unit;
  }

 private:
  std::string_view m_bytes;
  std::size_t m_at = 0;
  std::size_t m_width;
  bool m_big;
};

constexpr bool is_surrogate(char32_t point) { return point >= 0xD800 && point < 0xE000; }

/// A surrogate pair's second half joined to its first (RFC 2781).
std::optional<char32_t> joined_pair(char32_t first, UnitReader& units) {
  const auto second = units.take();
  if (first >= 0xDC00 || !second || *second < 0xDC00 || *second > 0xDFFF) return std::nullopt;
  return 0x10000 + ((first - 0xD800) << 10) + (*second - 0xDC00);
}

Result<std::string> from_units(UnitReader units, const char* encoding, bool pairs) {
  std::string text;
  while (!units.at_end()) {
    const std::size_t start = units.at();
    auto point = units.take();
    if (point && pairs && is_surrogate(*point)) point = joined_pair(*point, units);
    if (!point || is_surrogate(*point) || *point > 0x10FFFF) return not_encoded(encoding, start);
    append_utf8(text, *point);
  }
  return text;
}

Result<std::string> decoded(std::string_view bytes, Encoding encoding) {
  switch (encoding) {
    case Encoding::utf8:
      return from_utf8(bytes);
    case Encoding::ascii:
      return from_ascii(bytes);
    case Encoding::latin1:
      return from_latin1(bytes);
    case Encoding::utf16_little:
    case Encoding::utf16_big:
      return from_units({bytes, 2, encoding == Encoding::utf16_big}, "UTF-16", true);
    case Encoding::utf32_little:
    case Encoding::utf32_big:
      break;
  }
  return from_units({bytes, 4, encoding == Encoding::utf32_big}, "UTF-32", false);
}

}  // namespace

Result<std::string> decode_requirements(std::string_view bytes) {
  for (const auto& mark : k_marks) {
    if (bytes.starts_with(mark.bytes)) return decoded(bytes.substr(mark.bytes.size()), mark.encoding);
  }
  TORCHUP_TRY_ASSIGN(const Encoding encoding, encoding_of(bytes));
  return decoded(bytes, encoding);
}

}  // namespace torchup
