#pragma once
// From the words of the command line to an exit code. Used by main alone.

#include "torchup/core/cancellation.hpp"

#include <string>
#include <vector>

namespace torchup {

/// Parses the arguments (the program's name first), runs the command and prints its failure, if any: for people on
/// stderr, with --json as one document on stdout. Gives the exit code.
int run_command_line(const std::vector<std::string>& arguments, const Cancellation& cancellation);

}  // namespace torchup
