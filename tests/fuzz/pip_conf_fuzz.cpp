// A pip.conf: the index that it names, without line ends and blanks around it, or none.

#include "src/index/pip_settings.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = torchup::pip_conf_value({reinterpret_cast<const char*>(data), size}, "index-url");
  if (url && url->find('\n') != std::string::npos) std::abort();
  return 0;
}
