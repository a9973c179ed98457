#pragma once
// Which names and kinds of entries an archive may have: what unpacks to the same tree everywhere and never outside it.

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_directory.hpp"

#include <string_view>
#include <vector>

namespace torchup {

/// One name, '/' at the end of a directory's allowed. Broken: `name-encoding` (not UTF-8), `name-character` (control, bidi),
/// `backslash`, `absolute-path`, `path-traversal` (`..`, `.` or empty parts), `path-too-long` (1024 bytes, 255 a part, 64 parts).
Ruling<void> check_entry_name(std::string_view name);

/// Regular files and directories only, by the Unix mode where there is one. Broken: `file-type`, `directory-data`.
Ruling<void> check_entry_kind(const ZipEntry& entry);

/// All names against one another. Broken: `duplicate-name`; `name-collision` where two differ only in case or in how accents
/// are written (NFC or NFD), which is one file on macOS and Windows; `file-as-directory` where a file is also another's parent.
Ruling<void> check_distinct_names(const std::vector<ZipEntry>& entries);

}  // namespace torchup
