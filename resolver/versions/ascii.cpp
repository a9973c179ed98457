#include "resolver/versions/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace torchup {
namespace {

constexpr std::size_t k_longest_excerpt = 80;

}  // namespace

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string excerpt(std::string_view text) {
  if (text.size() <= k_longest_excerpt) return std::string(text);
  std::size_t end = k_longest_excerpt;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not inside a UTF-8 sequence
  return std::string(text.substr(0, end)) + "…";
}

bool Cursor::take(char c) {
  if (m_rest.empty() || m_rest.front() != c) return false;
  m_rest.remove_prefix(1);
  return true;
}

bool Cursor::take(std::string_view word) {
  if (!m_rest.starts_with(word)) return false;
  m_rest.remove_prefix(word.size());
  return true;
}

bool Cursor::take_ignoring_case(std::string_view word) {
  if (m_rest.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(m_rest[i]) != word[i]) return false;
  }
  m_rest.remove_prefix(word.size());
  return true;
}

std::string_view Cursor::take_bytes(std::size_t count) {
  const std::string_view taken = m_rest.substr(0, count);
  m_rest.remove_prefix(taken.size());
  return taken;
}

std::optional<std::uint64_t> Cursor::take_number() {
  std::uint64_t number = 0;
  const auto [after, problem] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), number);
  if (problem != std::errc{}) return std::nullopt;
  m_rest.remove_prefix(static_cast<std::size_t>(after - m_rest.data()));
  return number;
}

}  // namespace torchup
