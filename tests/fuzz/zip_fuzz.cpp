// A ZIP archive: its directory from the last bytes alone, and the strict pass over all of it, which passes nothing that the
// directory's reader refuses.

#include "src/archive/zip_content.hpp"
#include "tests/fuzz/file_in_memory.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto directory = torchup::parse_zip_directory(bytes, size);
  // A longer archive, of which these are the last bytes.
  (void)torchup::parse_zip_directory(bytes, size + 70'000);
  // What the contents unpack to is limited by their sizes; gigabytes of zeros tell nothing new.
  if (directory && std::holds_alternative<torchup::ZipDirectory>(*directory)) {
    for (const auto& entry : std::get<torchup::ZipDirectory>(*directory).entries) {
      if (entry.size > (1U << 24)) return 0;
    }
  }
  const torchup::fuzz::FileInMemory file(data, size);
  const auto checked = torchup::check_archive(file.path());
  if (!checked) std::abort();  // the file can be read
  if (!*checked && !directory) std::abort();
  return 0;
}
