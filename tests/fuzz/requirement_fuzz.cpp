// One requirement: what is read can be written and read again.

#include "torchup/resolver/requirement.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto requirement = torchup::Requirement::parse({reinterpret_cast<const char*>(data), size});
  if (!requirement) return requirement.error().message.empty() ? (std::abort(), 0) : 0;
  const auto again = torchup::Requirement::parse(requirement->text());
  if (!again || again->text() != requirement->text()) std::abort();
  return 0;
}
