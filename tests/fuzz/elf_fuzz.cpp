// A shared object, and the loader's cache: what the loader reads of them, or a reason.

#include "src/elf/elf_file.hpp"
#include "src/elf/loader_cache.hpp"
#include "tests/fuzz/file_in_memory.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const torchup::fuzz::FileInMemory file(data, size);
  const auto elf = torchup::read_elf_file(file.path());
  if (!elf && elf.error().message.empty()) std::abort();
  const auto ranges = torchup::read_constant_ranges(file.path());
  if (!ranges && ranges.error().message.empty()) std::abort();
  for (const auto& range : ranges.value_or(std::vector<torchup::ElfRange>{})) {
    if (range.offset > size || range.size > size - range.offset) std::abort();
  }
  const auto cache = torchup::parse_loader_cache({reinterpret_cast<const char*>(data), size});
  if (!cache && cache.error().message.empty()) std::abort();
  return 0;
}
