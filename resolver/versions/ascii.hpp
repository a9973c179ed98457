#pragma once
// ASCII character classes, and the cursor that the readers of versions, specifiers, markers and requirements share.
// The C library's own depend on the locale and on the sign of char.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace torchup {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_space(char c) { return is_blank(c) || (c >= '\n' && c <= '\r'); }
constexpr bool is_separator(char c) { return c == '-' || c == '_' || c == '.'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text);

/// Without leading and trailing white space: blank, tab, newline, carriage return, form feed, vertical tab.
std::string_view stripped(std::string_view text);

/// The text as a message shows it: cut, with `…`, where it is long.
std::string excerpt(std::string_view text);

/// A position in a text that is read from the left. It never goes past the end.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : m_rest(text), m_length(text.size()) {}

  bool at_end() const { return m_rest.empty(); }
  char peek() const { return m_rest.empty() ? '\0' : m_rest.front(); }
  std::string_view rest() const { return m_rest; }
  std::size_t offset() const { return m_length - m_rest.size(); }  ///< Bytes read so far.

  void skip_blanks() { take_while(is_blank); }
  bool take(char c);
  bool take(std::string_view word);                ///< Exactly this text.
  bool take_ignoring_case(std::string_view word);  ///< `word` in lower case.
  std::string_view take_bytes(std::size_t count);

  template <class Predicate>
  std::string_view take_while(Predicate wanted) {
    std::size_t count = 0;
    while (count < m_rest.size() && wanted(m_rest[count])) ++count;
    return take_bytes(count);
  }

  /// One or more digits below 2^64; nothing, and nothing read, otherwise.
  std::optional<std::uint64_t> take_number();

 private:
  std::string_view m_rest;
  std::size_t m_length;
};

}  // namespace torchup
