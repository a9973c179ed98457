// A .netrc: entries that hold no more than the file does.

#include "src/index/netrc.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const torchup::NetrcEntry& entry : torchup::parse_netrc({reinterpret_cast<const char*>(data), size})) {
    if (entry.machine.size() + entry.login.size() + entry.password.size() > size) std::abort();
  }
  return 0;
}
