#pragma once
// What went wrong, as a value: made where it is noticed, framed by the callers it passes, printed once by the command.

#include <string>
#include <vector>

namespace torchup {

/// Why a command ended; each kind has one exit code (see `exit_code`). `interrupted` is the user's own Ctrl-C.
enum class ErrorKind { usage, host, unsolvable, network, integrity, lock, install, validation, interrupted, internal };

struct Error {
  ErrorKind kind;
  std::string message;               ///< One sentence, the offending value in backticks, no full stop.
  std::vector<std::string> context;  ///< Innermost first: "while verifying 3 of 14 wheels".
  std::vector<std::string> hints;    ///< What the user can do; empty where nothing can be done.

  bool operator==(const Error&) const = default;
};

/// The process exit code of a kind, as scripts rely on it.
int exit_code(ErrorKind kind);

/// The kind's name as `--json` prints it: "unsolvable".
const char* kind_name(ErrorKind kind);

}  // namespace torchup
