#pragma once
// The text of a requirements file as pip reads it: bytes to lines, one line to a requirement and its options. Pure; which
// files there are, and what an option means for a lock, is requirement_files.hpp's.

#include "torchup/core/result.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The value of an environment variable; an empty one counts as unset.
using ReadVariable = std::function<std::optional<std::string>(const std::string& name)>;

/// One line after continued ones were joined, comments taken off and variables replaced; never empty.
struct RequirementsLine {
  std::size_t number = 0;               ///< Of the first physical line, from 1.
  std::string text = {};                ///< What it says.
  std::string written = {};             ///< The same before variables were replaced: what a message may show.
  std::vector<std::string> unset = {};  ///< Variables that it names and that have no value: they stay as written.

  bool replaced() const { return text != written; }
};

struct RequirementsOption {
  std::string name;   ///< The long name without abbreviation: "--hash", "--requirement".
  std::string value;  ///< Empty for a flag.
  bool operator==(const RequirementsOption&) const = default;
};

/// What one line says: a requirement with options, or options alone.
struct RequirementsEntry {
  std::string requirement = {};  ///< Unread text in front of the first option.
  std::vector<RequirementsOption> options = {};
  std::vector<std::string> stray = {};  ///< Words behind options that belong to none.
};

/// The bytes as UTF-8. A byte order mark decides (UTF-8, UTF-16, UTF-32), else a `coding:` comment on one of the first two
/// lines, else it is UTF-8. Known are UTF-8, ASCII and ISO 8859-1 under their usual names; another encoding, and bytes that
/// are not of theirs, are ErrorKind::usage.
Result<std::string> decode_requirements(std::string_view bytes);

/// The lines of a decoded file. Only `${NAME}` with capitals, digits and `_` is replaced. A line that grows beyond 64 KiB,
/// and more than 100,000 lines, are ErrorKind::usage.
Result<std::vector<RequirementsLine>> requirements_lines(std::string_view text, const ReadVariable& variable);

/// Takes a line apart: options begin at the first word that starts with `-`, are split as a shell does, and may be
/// abbreviated as far as they stay unique. What pip would refuse is ErrorKind::usage: an unknown or ambiguous option, a
/// missing value, an open quote.
Result<RequirementsEntry> parse_requirements_line(std::string_view line);

/// The text with what stands between `://` and `@` left out: user names and passwords of URLs.
std::string without_credentials(std::string_view text);

}  // namespace torchup
