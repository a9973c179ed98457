// A wheel's file name: its parts are sound, and few targets take it or none.

#include "torchup/resolver/wheel_name.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const torchup::SupportedTags supported(*torchup::parse_tag_target("3.12", "linux-x86_64"));
  const auto wheel = torchup::WheelName::parse({reinterpret_cast<const char*>(data), size});
  if (!wheel) return wheel.error().message.empty() ? (std::abort(), 0) : 0;
  if (wheel->tags.empty() || !torchup::PackageName::parse(wheel->name.text())) std::abort();
  const auto rank = wheel->rank(supported);
  if (rank && *rank >= supported.ranked().size()) std::abort();
  return 0;
}
