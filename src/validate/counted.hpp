#pragma once
// A number with its noun: "1 file", "12 files". For the sentences of validation.

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace torchup {

inline std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace torchup
