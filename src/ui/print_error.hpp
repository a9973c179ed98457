#pragma once
// A failure as a person reads it on stderr: what failed, the frames it happened in, what to do.

#include "torchup/core/error.hpp"

#include "src/ui/terminal.hpp"

#include <string>

namespace torchup {

/// "error: …", then a line "  while …" for each frame, innermost first, then "hint: …" lines. Ends with a newline.
std::string error_text(const Error& error, const Terminal& terminal);

/// "warning: …" in the same form.
std::string warning_text(std::string_view sentence, const Terminal& terminal);

}  // namespace torchup
