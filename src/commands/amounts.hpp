#pragma once
// Ages, sizes and shares as people write them in options.

#include "torchup/core/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace torchup {

/// "90m", "12h", "30d", "4w"; anything else is ErrorKind::usage that names `option`.
Result<std::chrono::seconds> parse_age(std::string_view text, std::string_view option);

/// "500MB", "2.5 GB", "20GiB", or bytes alone; units of either case, k, M, G and T. Anything else is ErrorKind::usage that
/// names `option`.
Result<std::uint64_t> parse_bytes(std::string_view text, std::string_view option);

/// "5", "7.5", "10%": as a share, 0.05. From 0.1 to 1000 percent; anything else is ErrorKind::usage that names `option`.
Result<double> parse_percent(std::string_view text, std::string_view option);

}  // namespace torchup
