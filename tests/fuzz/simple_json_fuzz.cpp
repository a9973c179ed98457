// An index page in its JSON form.

#include "tests/fuzz/page_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  torchup::fuzz::check_page(data, size, torchup::parse_simple_json);
  return 0;
}
