// A line of a child's report, which the parent does not trust: what was read is written in a form that reads as the same again.

#include "src/validate/child/report_line.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto item = torchup::parse_report_line({reinterpret_cast<const char*>(data), size});
  if (!item) return 0;
  const std::string line = torchup::write_report_line(*item);
  const auto again = torchup::parse_report_line(line);
  if (!again || torchup::write_report_line(*again) != line) std::abort();
  if (line.find('\n') != line.size() - 1) std::abort();
  return 0;
}
