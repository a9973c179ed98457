// A pip.conf: the index that it names, on one line and without blanks around it, or none.

#include "src/index/default_index.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = torchup::pip_conf_index_url({reinterpret_cast<const char*>(data), size});
  if (url && url->find('\n') != std::string::npos) std::abort();
  return 0;
}
