#pragma once
// The commands that a wheel asks for in entry_points.txt (packaging.python.org "entry points") and the scripts that run
// them. Pure: text in, values out; the wheel layout uses it.

#include "torchup/core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct EntryPoint {
  std::string name;    ///< The command: "black".
  std::string module;  ///< "black.cli"
  std::string object;  ///< "main", "App.run"
  bool operator==(const EntryPoint&) const = default;
};

/// Reads the console_scripts and gui_scripts groups, sorted by name; other groups are passed over. A name or a target
/// that could leave bin/ or be anything but a dotted Python name, or a name given twice, is ErrorKind::integrity.
Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text);

/// The whole text of the command's script.
std::string entry_point_script(const EntryPoint& entry);

/// Whether it can be a file in bin/: letters, digits, `_`, `.`, `-` and `+`, not a dot or dash first, at most 255 bytes.
bool is_command_name(std::string_view name);

}  // namespace torchup
