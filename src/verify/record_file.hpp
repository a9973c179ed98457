#pragma once
// A wheel's RECORD: which files it holds, with their digests and sizes (packaging.python.org "recording installed
// projects"; PEP 376, PEP 427). Every file of a wheel is held against it while it is unpacked.

#include "torchup/core/digest.hpp"

#include "src/archive/broken_rule.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace torchup {

struct WheelRecordRow {
  std::optional<Sha256> sha256;  ///< Nothing where the row has no digest.
  std::optional<std::uint64_t> size;
  bool operator==(const WheelRecordRow&) const = default;
};

using WheelRecord = std::map<std::string, WheelRecordRow, std::less<>>;  ///< By path, as RECORD spells it.

/// Reads RECORD's text. Broken: `record-syntax`, `record-duplicate`, `record-algorithm` where a digest is not sha256.
Ruling<WheelRecord> parse_record(std::string_view text);

}  // namespace torchup
