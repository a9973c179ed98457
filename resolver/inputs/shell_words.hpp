#pragma once
// A text split into words as a POSIX shell splits it, and Python's shlex. Used by the reader of requirements files.

#include "torchup/core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Words between white space; `'…'` is kept as it is, in `"…"` a backslash stands before `"` and `\` alone, elsewhere before
/// anything. A quote that is not closed, and a backslash at the end, are ErrorKind::usage.
Result<std::vector<std::string>> shell_words(std::string_view text);

}  // namespace torchup
