#include "resolver/inputs/shell_words.hpp"

#include <fmt/format.h>

#include <optional>

namespace torchup {
namespace {

constexpr bool separates(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class WordReader {
 public:
  explicit WordReader(std::string_view text) : m_text(text) {}

  Result<std::vector<std::string>> read() {
    while (m_at < m_text.size()) {
      const char c = m_text[m_at++];
      if (separates(c)) {
        end_word();
      } else if (c == '\\') {
        if (m_at == m_text.size()) return failure({ErrorKind::usage, "a backslash stands at the end", {}, {}});
        add(m_text[m_at++]);
      } else if (c == '"' || c == '\'') {
        TORCHUP_TRY(read_quoted(c));
      } else {
        add(c);
      }
    }
    end_word();
    return std::move(m_words);
  }

 private:
  Status read_quoted(char quote) {
    if (!m_word) m_word.emplace();
    while (m_at < m_text.size() && m_text[m_at] != quote) {
      char c = m_text[m_at++];
      const bool escapes = c == '\\' && quote == '"' && m_at < m_text.size() && (m_text[m_at] == '"' || m_text[m_at] == '\\');
      if (escapes) c = m_text[m_at++];
      add(c);
    }
    if (m_at == m_text.size()) return failure({ErrorKind::usage, fmt::format("a quote `{}` is not closed", quote), {}, {}});
    ++m_at;
    return {};
  }

  void add(char c) {
    if (!m_word) m_word.emplace();
    *m_word += c;
  }

  void end_word() {
    if (m_word) m_words.push_back(*std::move(m_word));
    m_word.reset();
  }

  std::string_view m_text;
  std::size_t m_at = 0;
  std::optional<std::string> m_word;
  std::vector<std::string> m_words;
};

}  // namespace

Result<std::vector<std::string>> shell_words(std::string_view text) { return WordReader(text).read(); }

}  // namespace torchup
