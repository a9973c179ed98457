#include "src/ui/terminal.hpp"

#include "src/ui/printable.hpp"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <sys/ioctl.h>
#include <unistd.h>

namespace torchup {
namespace {

std::optional<std::string_view> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::size_t width_of(int descriptor) {
  constexpr std::size_t k_usual = 80;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const auto told = environment("COLUMNS").value_or("");
  std::size_t width = 0;
  std::from_chars(told.data(), told.data() + told.size(), width);
  return width >= 20 && width <= 1000 ? width : k_usual;
}

const char* sequence(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::good:
      return "\x1b[32m";
    case Style::warning:
      return "\x1b[33m";
    case Style::bad:
      return "\x1b[1;31m";
    case Style::accent:
      return "\x1b[36m";
  }
  return "";
}

}  // namespace

Terminal Terminal::of(int descriptor, Choice colour) {
  const bool interactive = ::isatty(descriptor) == 1;
  const bool wanted = interactive && !environment("NO_COLOR") && environment("TERM").value_or("dumb") != "dumb";
  return {interactive, colour == Choice::always || (colour == Choice::automatic && wanted), width_of(descriptor)};
}

std::string Terminal::styled(Style style, std::string_view text) const {
  if (!m_colour || style == Style::plain || text.empty()) return std::string(text);
  return std::string(sequence(style)) + std::string(text) + "\x1b[0m";
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string result;
  std::size_t column = 0;
  bool line_start = true;
  while (!text.empty()) {
    const auto end = text.find_first_of(" \n");
    const auto word = text.substr(0, end);
    const auto word_columns = columns(word);
    if (!line_start && column + 1 + word_columns > width) {
      result += '\n';
      result.append(indent, ' ');
      column = indent;
      line_start = true;
    }
    if (!line_start) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word_columns;
    line_start = false;
    if (end == std::string_view::npos) break;
    if (text[end] == '\n') {
      result += '\n';
      result.append(indent, ' ');
      column = indent;
      line_start = true;
    }
    text.remove_prefix(end + 1);
  }
  return result;
}

}  // namespace torchup
