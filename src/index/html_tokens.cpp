#include "src/index/html_tokens.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace torchup {
namespace {

constexpr std::size_t k_most_attributes = 64;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return result;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

/// Appends what `&NAME;` stands for; false where it is no reference.
bool append_reference(std::string& out, std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> k_named{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, character] : k_named) {
    if (name == known) {
      out += character;
      return true;
    }
  }
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (name.empty() || problem != std::errc{} || end != name.data() + name.size() || code == 0 || code > 0x10FFFF || surrogate) return false;
  append_utf8(out, code);
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Where the end tag of a script or style begins, whatever its case; the page's end where there is none.
std::size_t end_of_raw_text(std::string_view text, std::size_t from, std::string_view end_tag) {
  for (auto at = text.find('<', from); at != std::string_view::npos; at = text.find('<', at + 1)) {
    if (lower(text.substr(at + 1, end_tag.size())) == end_tag) return at;
  }
  return text.size();
}

}  // namespace

std::string decode_entities(std::string_view text) {
  constexpr std::size_t k_longest_reference = 10;
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '&') {
      const auto end = text.substr(at, k_longest_reference + 2).find(';');
      if (end != std::string_view::npos && append_reference(result, text.substr(at + 1, end - 1))) {
        at += end;
        continue;
      }
    }
    result += text[at];
  }
  return result;
}

const std::string* HtmlTag::attribute(std::string_view wanted) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& attribute) { return attribute.first == wanted; });
  return found == attributes.end() ? nullptr : &found->second;
}

std::optional<HtmlTag> HtmlTokens::next_tag() {
  for (;;) {
    m_at = m_text.find('<', m_at);
    if (m_at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = m_text.substr(m_at);
    if (rest.starts_with("<!--")) {
      const auto end = m_text.find("-->", m_at + 4);
      m_at = end == std::string_view::npos ? m_text.size() : end + 3;
    } else if (rest.starts_with("<!") || rest.starts_with("<?")) {
      const auto end = m_text.find('>', m_at);
      m_at = end == std::string_view::npos ? m_text.size() : end + 1;
    } else if (rest.size() > 1 && (is_letter(rest[1]) || (rest[1] == '/' && rest.size() > 2 && is_letter(rest[2])))) {
      return read_tag();
    } else {
      ++m_at;  // a lone '<' is text
    }
  }
}

std::optional<HtmlTag> HtmlTokens::read_tag() {
  HtmlTag tag;
  const std::size_t start = ++m_at;
  while (m_at < m_text.size() && !is_blank(m_text[m_at]) && m_text[m_at] != '>' && (m_text[m_at] != '/' || m_at == start)) ++m_at;
  tag.name = lower(m_text.substr(start, m_at - start));
  while (read_attribute(tag)) {
  }
  if (m_at >= m_text.size()) return std::nullopt;
  ++m_at;  // '>'
  if (tag.name == "script" || tag.name == "style") {
    m_at = end_of_raw_text(m_text, m_at, "/" + tag.name);  // what looks like a tag inside is text
  }
  return tag;
}

/// Reads one attribute; false at the tag's or the page's end.
bool HtmlTokens::read_attribute(HtmlTag& tag) {
  while (m_at < m_text.size() && (is_blank(m_text[m_at]) || m_text[m_at] == '/')) ++m_at;
  if (m_at >= m_text.size() || m_text[m_at] == '>') return false;
  const std::size_t start = m_at++;
  while (m_at < m_text.size() && !is_blank(m_text[m_at]) && m_text[m_at] != '=' && m_text[m_at] != '>' && m_text[m_at] != '/') ++m_at;
  std::string name = lower(m_text.substr(start, m_at - start));
  while (m_at < m_text.size() && is_blank(m_text[m_at])) ++m_at;
  std::string_view value;
  if (m_at < m_text.size() && m_text[m_at] == '=') {
    ++m_at;
    while (m_at < m_text.size() && is_blank(m_text[m_at])) ++m_at;
    if (m_at < m_text.size() && (m_text[m_at] == '"' || m_text[m_at] == '\'')) {
      const auto end = std::min(m_text.find(m_text[m_at], m_at + 1), m_text.size());
      value = m_text.substr(m_at + 1, end - m_at - 1);
      m_at = std::min(end + 1, m_text.size());
    } else {
      const std::size_t from = m_at;
      while (m_at < m_text.size() && !is_blank(m_text[m_at]) && m_text[m_at] != '>') ++m_at;
      value = m_text.substr(from, m_at - from);
    }
  }
  if (tag.attributes.size() < k_most_attributes) tag.attributes.emplace_back(std::move(name), decode_entities(value));
  return true;
}

std::string HtmlTokens::text_here() const {
  const auto end = std::min(m_text.find('<', m_at), m_text.size());
  return decode_entities(trimmed(m_text.substr(m_at, end - m_at)));
}

}  // namespace torchup
