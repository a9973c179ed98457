#include "resolver/lock/toml_limits.hpp"

#include <fmt/format.h>

#include <vector>

namespace torchup {
namespace {

class LimitScan {
 public:
  LimitScan(std::string_view text, const TomlDocument& document) : m_text(text), m_document(document) {}

  Status run() {
    while (m_at < m_text.size()) {
      step();
      if (depth() > k_toml_depth) return too_much(fmt::format("is nested more than {} levels deep", k_toml_depth));
      if (m_values > k_toml_values) return too_much(fmt::format("has more than {} values", k_toml_values));
    }
    return {};
  }

 private:
  struct Bracket {
    std::size_t levels;  // the bracket itself and the dots of the key that it is the value of
    bool array;
  };

  void step() {
    const char c = m_text[m_at];
    switch (c) {
      case '#':
        skip_line();
        return;
      case '"':
      case '\'':
        skip_string(c);
        return;
      case '.':
        m_dots += m_in_value ? 0 : 1;
        break;
      case '=':
        start_value();
        break;
      case ',':
        end_value();
        break;
      case '\n':
        end_line();
        break;
      case '[':
      case '{':
        open(c);
        break;
      case ']':
      case '}':
        close();
        break;
      default:
        break;
    }
    ++m_at;
  }

  void start_value() {
    m_in_value = true;
    ++m_values;
  }

  void end_value() {
    if (m_brackets.empty()) return;
    m_dots = 0;
    m_in_value = m_brackets.back().array;
    ++m_values;
  }

  void end_line() {
    if (!m_brackets.empty()) return;
    if (m_in_header) m_header_levels = m_dots + 1;
    m_dots = 0;
    m_in_value = m_in_header = false;
  }

  void open(char c) {
    if (m_brackets.empty() && !m_in_value) {
      m_in_header = true;
      ++m_values;
      return;
    }
    m_brackets.push_back({m_dots + 1, c == '['});
    m_bracket_levels += m_dots + 1;
    m_dots = 0;
    m_in_value = c == '[';
  }

  void close() {
    if (m_brackets.empty()) return;
    m_bracket_levels -= m_brackets.back().levels;
    m_brackets.pop_back();
    m_in_value = true;
  }

  void skip_line() { m_at = std::min(m_text.find('\n', m_at), m_text.size()); }

  bool triple_at(std::size_t at, char quote) const {
    return at + 2 < m_text.size() && m_text[at] == quote && m_text[at + 1] == quote && m_text[at + 2] == quote;
  }

  void skip_string(char quote) {
    const bool lines = triple_at(m_at, quote);
    m_at += lines ? 3 : 1;
    for (; m_at < m_text.size(); ++m_at) {
      const char c = m_text[m_at];
      if (c == '\\' && quote == '"') {
        ++m_at;
      } else if (!lines && (c == quote || c == '\n')) {
        m_at += c == quote ? 1 : 0;
        return;
      } else if (lines && triple_at(m_at, quote)) {
        m_at += 3;
        // Two more quotes may stand before the closing three (TOML 1.0, "String").
        for (int more = 0; more < 2 && m_at < m_text.size() && m_text[m_at] == quote; ++more) ++m_at;
        return;
      }
    }
  }

  std::size_t depth() const { return m_header_levels + m_bracket_levels + m_dots; }

  Status too_much(std::string what) const {
    return failure({m_document.kind, fmt::format("{} {}", m_document.name, std::move(what)), {}, {}});
  }

  std::string_view m_text;
  const TomlDocument& m_document;
  std::size_t m_at = 0;
  std::size_t m_values = 0;
  std::size_t m_dots = 0;            // in the key being read
  std::size_t m_header_levels = 0;   // of the `[a.b.c]` above
  std::size_t m_bracket_levels = 0;  // sum over m_brackets
  std::vector<Bracket> m_brackets;
  bool m_in_value = false;
  bool m_in_header = false;
};

}  // namespace

Status check_toml_limits(std::string_view text, const TomlDocument& document) {
  if (text.size() > k_toml_bytes) {
    return failure({document.kind, fmt::format("{} has {} bytes, more than {}", document.name, text.size(), k_toml_bytes), {}, {}});
  }
  return LimitScan(text, document).run();
}

}  // namespace torchup
