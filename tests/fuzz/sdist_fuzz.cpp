// Source distributions: whatever the bytes, reading them gives PKG-INFO or a refusal, within its limits.

#include "src/index/sdist_reader.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace torchup;
  static const ProjectFile k_file{.filename = "demo-1.0.tar.gz", .url = Url::parse("https://index.example/demo-1.0.tar.gz").value()};
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)pkg_info_of(bytes, k_file);
  return 0;
}
