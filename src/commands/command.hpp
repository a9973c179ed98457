#pragma once
// A command of the program. Each src/commands/NAME_command.cpp defines one `const Command NAME_command`; CMake collects
// them into the table, so a new command is one new file (and its man page).

#include "torchup/core/result.hpp"

#include <functional>
#include <span>

namespace torchup {

class Application;
class Parser;

/// Runs the command with the options that were parsed and gives the exit code: 0, or 1 where a check found something.
using Action = std::function<Result<int>(Application&)>;

struct Command {
  const char* name;     ///< "lock"
  const char* summary;  ///< One line for `torchup --help`, no full stop.
  /// Adds the command's options to its parser; the action sees what they were set to.
  Action (*define)(Parser& parser);
};

/// Every command, in the order of their names.
std::span<const Command* const> command_table();

}  // namespace torchup
