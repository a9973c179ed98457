#pragma once
// The rows of a RECORD file (PEP 376, PEP 427): what an installed distribution says it consists of.

#include "torchup/core/digest.hpp"
#include "torchup/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct RecordRow {
  std::string path;              ///< As written: relative to site-packages, '/' between parts; may climb with "..".
  std::optional<Sha256> sha256;  ///< Nothing for the RECORD itself and for bytecode.
  std::optional<std::uint64_t> size;
  bool operator==(const RecordRow&) const = default;
};

/// Reads RECORD's CSV with its quotes. A row without three fields, a hash that is no sha256 of the right length, or more
/// than a million rows is ErrorKind::integrity, with the row's number.
Result<std::vector<RecordRow>> parse_record_rows(std::string_view text);

}  // namespace torchup
