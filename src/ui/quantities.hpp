#pragma once
// Bytes and durations as people read them.

#include <cstdint>
#include <string>

namespace torchup {

/// Powers of 1000, three digits: "0 B", "999 B", "1.5 kB", "542 MB", "3.03 GB".
std::string bytes_text(std::uint64_t bytes);

/// "0.4 ms", "35 ms", "2.4 s", "1m 05s", "2h 03m".
std::string seconds_text(double seconds);

/// "1 wheel", "32 wheels".
std::string count_text(std::uint64_t count, const char* noun);

}  // namespace torchup
