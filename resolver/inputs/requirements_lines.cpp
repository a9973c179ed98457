// A requirements file's text to the lines that say something: pip's join_lines, ignore_comments and expand_env_variables.

#include "torchup/resolver/requirements_text.hpp"

#include "resolver/inputs/unicode_text.hpp"
#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_most_lines = 100'000;
constexpr std::size_t k_longest_line = 64U << 10;

Error line_error(std::size_t number, std::string what) {
  return {ErrorKind::usage, fmt::format("line {} {}", number, std::move(what)), {}, {}};
}

bool is_comment(std::string_view line) { return line.substr(leading_space(line)).starts_with('#'); }

std::string_view without_backslashes(std::string_view text) {
  const auto first = text.find_first_not_of('\\');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of('\\') - first + 1);
}

/// A comment starts at `#` at the start of the line or after white space: `url#fragment` is kept.
std::string_view without_comment(std::string_view line) {
  for (auto at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || last_space(line.substr(0, at)) > 0) return line.substr(0, at);
  }
  return line;
}

struct Variable {
  std::string written;  // "${NAME}"
  std::string name;
};

std::vector<Variable> variables_of(std::string_view line) {
  std::vector<Variable> found;
  for (auto at = line.find("${"); at != std::string_view::npos; at = line.find("${", at + 1)) {
    Cursor cursor(line.substr(at + 2));
    const auto name = cursor.take_while([](char c) { return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; });
    if (name.empty() || cursor.peek() != '}') continue;
    if (std::any_of(found.begin(), found.end(), [&](const Variable& one) { return one.name == name; })) continue;
    found.push_back({fmt::format("${{{}}}", name), std::string(name)});
  }
  return found;
}

/// Every occurrence replaced, from the left, none of what was put in looked at again; false where the text grows too long.
bool replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    if (text.size() > k_longest_line) return false;
  }
  return true;
}

class Lines {
 public:
  explicit Lines(const ReadVariable& variable) : m_variable(variable) {}

  Status read(std::string_view text) {
    std::size_t number = 0;
    while (!text.empty()) {
      const std::string_view physical = take_line(text);
      if (++number > k_most_lines) return failure({ErrorKind::usage, fmt::format("the file has more than {} lines", k_most_lines), {}, {}});
      if (!m_continued) m_first = number;
      TORCHUP_TRY(physical_line(physical));
    }
    return m_continued ? finish() : Status{};
  }

  std::vector<RequirementsLine> take() { return std::move(m_lines); }

 private:
  /// A comment ends a continued line, whatever it ends with itself.
  Status physical_line(std::string_view line) {
    const bool comment = is_comment(line);
    m_continued = line.ends_with('\\') && !comment;
    if (comment) m_joined += ' ';
    m_joined += m_continued ? without_backslashes(line) : line;
    if (m_joined.size() > k_longest_line) return failure(line_error(m_first, fmt::format("is longer than {} bytes", k_longest_line)));
    return m_continued ? Status{} : finish();
  }

  Status finish() {
    RequirementsLine line{.number = m_first, .text = std::string(without_outer_space(without_comment(m_joined)))};
    m_joined.clear();
    m_continued = false;
    if (line.text.empty()) return {};
    line.written = line.text;
    for (const auto& variable : variables_of(line.written)) {
      if (const auto value = m_variable(variable.name); !value || value->empty()) {
        line.unset.push_back(variable.name);
      } else if (!replace_all(line.text, variable.written, *value)) {
        return failure(line_error(m_first, fmt::format("is longer than {} bytes with `{}` replaced", k_longest_line, variable.written)));
      }
    }
    m_lines.push_back(std::move(line));
    return {};
  }

  const ReadVariable& m_variable;
  std::vector<RequirementsLine> m_lines;
  std::string m_joined;
  std::size_t m_first = 0;
  bool m_continued = false;
};

}  // namespace

Result<std::vector<RequirementsLine>> requirements_lines(std::string_view text, const ReadVariable& variable) {
  Lines lines(variable);
  TORCHUP_TRY(lines.read(text));
  return lines.take();
}

}  // namespace torchup
