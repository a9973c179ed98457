#pragma once
// When a file was uploaded, as locks and indexes spell it: an RFC 3339 date and time in UTC. Used by lock reading and writing.

#include <optional>
#include <string>
#include <string_view>

namespace torchup {

/// "2026-10-28T15:04:05.120Z" and "...+00:00" become "2026-10-28T15:04:05.12Z". Nothing for any other text or offset.
std::optional<std::string> canonical_upload_time(std::string_view text);

}  // namespace torchup
