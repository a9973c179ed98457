#include "src/ui/print_error.hpp"

#include "src/ui/printable.hpp"

namespace torchup {
namespace {

std::string labelled(Style style, std::string_view label, std::string_view text, const Terminal& terminal) {
  const std::string plain = std::string(label) + " " + printable(text);
  const std::string lines = wrapped(plain, terminal.width(), 2);
  return terminal.styled(style, label) + lines.substr(label.size()) + "\n";
}

}  // namespace

std::string error_text(const Error& error, const Terminal& terminal) {
  std::string text = labelled(Style::bad, "error:", error.message, terminal);
  for (const auto& frame : error.context) text += "  " + wrapped(printable(frame), terminal.width() - 2, 4) + "\n";
  for (const auto& hint : error.hints) text += labelled(Style::accent, "hint:", hint, terminal);
  return text;
}

std::string warning_text(std::string_view sentence, const Terminal& terminal) {
  return labelled(Style::warning, "warning:", sentence, terminal);
}

}  // namespace torchup
