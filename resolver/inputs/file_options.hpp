#pragma once
// What the options of a requirements file mean for a lock: kept, of no effect, or refused with the way to say it here. Used
// by requirement_files.cpp.

#include "torchup/resolver/requirement_files.hpp"

#include <string>

namespace torchup {

/// Takes one option that stands on a line of its own into the list; `where` is its line, for messages. `-r` and `-c` are not for
/// here. Messages hold the option's name and never its value, in which a password may stand: the frame
/// shows the line as it is written.
Status take_file_option(RequirementList& list, const RequirementsOption& option, const std::string& where);

/// The hash that one `--hash` gives; nothing for a SHA-384 or SHA-512, which an index page does not have. Another algorithm and
/// what is no digest are ErrorKind::usage.
Result<std::optional<Sha256>> read_hash(const std::string& value);

/// Why a line that names something else than a package by name is refused; nothing where it is for Requirement::parse.
/// `text` is the line's part in front of its options.
std::optional<Error> refused_form(std::string_view text);

}  // namespace torchup
