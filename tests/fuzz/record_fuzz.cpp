// A wheel's RECORD: rows, or the rule that it breaks.

#include "src/verify/record_file.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rows = torchup::parse_record({reinterpret_cast<const char*>(data), size});
  if (!rows && rows.error().rule.empty()) std::abort();
  return 0;
}
