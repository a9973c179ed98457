#pragma once
// What a check of the doctor found: a named trouble with what shows it and what ends it. Printed by `torchup doctor`, which
// also carries out the fixes that are safe.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// A note is nothing to act on; from a warning up the command ends with exit code 1.
enum class Severity { note, warning, error };

/// The severity as `--json` spells it: "warning".
const char* severity_name(Severity severity);

/// A change that loses nothing, which `--fix` may carry out after asking.
struct Fix {
  enum class Kind {
    own_permissions,  ///< Gives the owner of `path` the right to read, write and enter it.
    remove_tree,      ///< Removes `path`, which nothing refers to.
    set_aside,        ///< Renames the file `path` to `path`.disabled, where no such file is.
    new_generation,   ///< Makes another generation of torchup's environment `path` from its own lock.
    set_tree_aside,   ///< Takes the damaged wheel `sha256` out of the store at `path`.
  };
  Kind kind = Kind::own_permissions;
  std::filesystem::path path = {};
  std::string sha256 = {};
};

struct DoctorFinding {
  std::string id;  ///< Stable: "module-shadowed".
  Severity severity = Severity::warning;
  std::string title;                  ///< One sentence, values in backticks, no full stop.
  std::vector<std::string> evidence;  ///< What was read, and where.
  std::vector<std::string> remedy;    ///< What to do, the likeliest first; commands in backticks can be pasted.
  std::optional<Fix> fix = {};
};

/// The worst of them; nothing where there are none.
std::optional<Severity> worst_of(const std::vector<DoctorFinding>& findings);

}  // namespace torchup
