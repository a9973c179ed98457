// A wheel's METADATA: whatever it holds, requirements that can be written and read again or a reason come back.

#include "src/index/core_metadata.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto name = *torchup::PackageName::parse("demo");
  static const auto version = *torchup::Version::parse("1.0");
  const auto metadata = torchup::parse_core_metadata({reinterpret_cast<const char*>(data), size}, name, version);
  if (!metadata) return metadata.error().message.empty() ? (std::abort(), 0) : 0;
  for (const auto& requirement : metadata->requires_dist) {
    const auto again = torchup::Requirement::parse(requirement.text());
    if (!again || again->text() != requirement.text()) std::abort();
  }
  return 0;
}
