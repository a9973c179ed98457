#pragma once
// RECORD of an installed distribution: which files it has in this environment, so that pip and uv can list, check and
// remove it (packaging.python.org "recording installed projects", PEP 376). Install writes it; validate, and whoever looks for
// what others have installed, read it.

#include "torchup/core/digest.hpp"
#include "torchup/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct RecordRow {
  std::string path;                   ///< Relative to site-packages, '/' between parts; `../` where it lies outside.
  std::optional<Sha256> sha256 = {};  ///< Nothing for the RECORD itself and for bytecode.
  std::optional<std::uint64_t> size = {};
  bool operator==(const RecordRow&) const = default;
};

/// CSV sorted by path, one row a line, fields quoted where they must be (RFC 4180).
std::string write_record(std::vector<RecordRow> rows);

/// Reads RECORD's CSV with its quotes. A row without three fields, a hash that is no sha256 of the right length, or more
/// than a million rows is ErrorKind::integrity, with the row's number.
Result<std::vector<RecordRow>> parse_record_rows(std::string_view text);

/// A path relative to the generation as RECORD has it, relative to site-packages: "bin/x" is "../../../bin/x".
std::string record_path(std::string_view path, std::string_view site_packages);

}  // namespace torchup
