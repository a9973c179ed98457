#include "library_text.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/elf/elf_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fcntl.h>

namespace torchup {
namespace {

constexpr std::uint64_t k_most_bytes = 256U << 20;
constexpr std::size_t k_block = 1U << 20;
constexpr std::size_t k_longest_text = 1024;
constexpr std::size_t k_most_texts = 256;

/// Collects the texts of one block; those that begin in its last `k_longest_text` bytes are left to the next one.
class Collector {
 public:
  explicit Collector(const std::string& prefix) : m_prefix(prefix) {}

  void take(std::string_view block, std::size_t begin_before) {
    // The prefix is looked for rather than the zero before it: libraries are full of zeros.
    for (auto at = find(block, 1); at <= begin_before && m_texts.size() < k_most_texts; at = find(block, at + 1)) {
      const auto end = block.find('\0', at);
      if (block[at - 1] != '\0' || end == std::string_view::npos || end - at >= k_longest_text) continue;
      std::string text(block.substr(at, end - at));
      if (std::find(m_texts.begin(), m_texts.end(), text) == m_texts.end()) m_texts.push_back(std::move(text));
    }
  }

  std::vector<std::string> texts() && { return std::move(m_texts); }

 private:
  std::size_t find(std::string_view block, std::size_t from) const {
    const void* const at =
        from < block.size() ? ::memmem(block.data() + from, block.size() - from, m_prefix.data(), m_prefix.size()) : nullptr;
    return at == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(at) - block.data());
  }

  std::string m_prefix;
  std::vector<std::string> m_texts;
};

}  // namespace

Result<std::string> library_description(const std::string& path) {
  TORCHUP_TRY_ASSIGN(const ElfFile file, read_elf_file(path));
  std::string text = fmt::format("machine {}\n", elf_machine_name(file.machine));
  if (!file.soname.empty()) text += fmt::format("soname {}\n", file.soname);
  for (const auto& name : file.needed) text += fmt::format("needed {}\n", name);
  for (const auto& version : file.version_definitions) text += fmt::format("defines {}\n", version);
  for (const auto& need : file.version_needs) text += fmt::format("wants {} {}\n", need.library, need.version);
  return text;
}

Result<std::vector<std::string>> find_texts(const std::string& path, const std::string& prefix) {
  TORCHUP_TRY_ASSIGN(const auto file, FileDescriptor::open(path, O_RDONLY | O_NONBLOCK));
  TORCHUP_TRY_ASSIGN(const std::uint64_t size, file.size());
  if (size > k_most_bytes) return failure({ErrorKind::host, fmt::format("`{}` is larger than 256 MiB", path), {}, {}});
  // A library's constants are a thirtieth of it; of what is no library, everything is looked through.
  auto ranges = read_constant_ranges(path).value_or(std::vector<ElfRange>{});
  if (ranges.empty()) ranges.push_back({0, size});
  Collector collector(prefix);
  std::string block(k_block + k_longest_text + 1, '\0');
  for (const ElfRange& range : ranges) {
    const std::uint64_t end = range.offset + range.size;
    for (std::uint64_t offset = range.offset; offset < end; offset += k_block) {
      const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), end - offset));
      TORCHUP_TRY_ASSIGN(const std::size_t read, file.read_at(offset, std::as_writable_bytes(std::span(block.data(), room))));
      collector.take(std::string_view(block).substr(0, read), k_block);
    }
  }
  return std::move(collector).texts();
}

}  // namespace torchup
