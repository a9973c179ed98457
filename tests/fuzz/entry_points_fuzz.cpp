// A wheel's entry_points.txt and the rows of an installed RECORD: commands that stay in bin/, or a reason.

#include "src/install/entry_points.hpp"
#include "src/install/record_rows.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto entries = torchup::parse_entry_points(text);
  if (!entries && entries.error().message.empty()) std::abort();
  if (entries) {
    for (const auto& entry : *entries) {
      if (!torchup::is_command_name(entry.name) || entry.name.find('/') != std::string::npos) std::abort();
      const std::string script = torchup::entry_point_script(entry);
      if (script.find(entry.module) == std::string::npos || script.find('\0') != std::string::npos) std::abort();
    }
  }
  const auto rows = torchup::parse_record_rows(text);
  if (!rows && rows.error().message.empty()) std::abort();
  return 0;
}
