// A source's pyproject.toml as far as building goes: a backend and folders inside the source, or a reason.

#include "src/build_system.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto system = torchup::parse_build_system({reinterpret_cast<const char*>(data), size});
  if (!system) return system.error().message.empty() ? (std::abort(), 0) : 0;
  if (system->backend.empty()) std::abort();
  for (const std::string& folder : system->folders) {
    const auto inside = (std::filesystem::path("/source") / folder).lexically_normal().string();
    if (inside != "/source" && !inside.starts_with("/source/")) std::abort();
  }
  return 0;
}
