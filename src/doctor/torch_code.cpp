#include "src/doctor/torch_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace torchup {
namespace {

constexpr std::size_t k_block = 1U << 20;
constexpr std::size_t k_most_bytes = 256U << 20;
constexpr std::size_t k_longest_list = 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_'; }

bool is_architecture(std::string_view word) {
  for (const std::string_view beginning : {std::string_view("sm_"), std::string_view("compute_"), std::string_view("gfx")}) {
    if (!word.starts_with(beginning)) continue;
    word.remove_prefix(beginning.size());
    return word.size() >= 2 && word.size() <= 5 && is_digit(word.front());
  }
  return false;
}

/// The list that begins at a place; empty where a word of it is no architecture or it does not end with a zero byte.
std::vector<std::string> list_at(std::string_view bytes) {
  std::vector<std::string> list;
  for (std::size_t start = 0;;) {
    std::size_t end = start;
    while (end < bytes.size() && is_name(bytes[end])) ++end;
    if (end == bytes.size() || !is_architecture(bytes.substr(start, end - start))) return {};
    list.emplace_back(bytes.substr(start, end - start));
    if (bytes[end] == '\0') return list;
    if (bytes[end] != ' ') return {};
    start = end + 1;
  }
}

/// "PTX 12.0" of "compute_120"; everything else as it is.
std::string as_catalog(const std::string& name) {
  constexpr std::string_view k_virtual = "compute_";
  if (!name.starts_with(k_virtual)) return name;
  std::string digits = name.substr(k_virtual.size());
  while (!digits.empty() && !is_digit(digits.back())) digits.pop_back();
  if (digits.size() < 2) return name;
  return fmt::format("PTX {}.{}", digits.substr(0, digits.size() - 1), digits.back());
}

}  // namespace

std::vector<std::string> architectures_in(std::string_view bytes) {
  std::vector<std::string> longest;
  for (const std::string_view beginning : {std::string_view("sm_"), std::string_view("gfx")}) {
    for (auto at = bytes.find(beginning); at != std::string_view::npos; at = bytes.find(beginning, at + 1)) {
      if (at > 0 && bytes[at - 1] != '\0') continue;
      auto list = list_at(bytes.substr(at, k_longest_list));
      if (list.size() > longest.size()) longest = std::move(list);
    }
  }
  return longest;
}

std::vector<std::string> torch_architectures(const InstalledTorch& torch) {
  std::ifstream file(torch.folder / "lib" / "libtorch_python.so", std::ios::binary);
  std::vector<std::string> longest;
  std::string window;
  for (std::size_t read = 0; file && read < k_most_bytes;) {
    // What may be the beginning of a list at the end of one block is looked at again with the next.
    const std::size_t kept = std::min(window.size(), k_longest_list);
    window.erase(0, window.size() - kept);
    window.resize(kept + k_block);
    file.read(window.data() + kept, static_cast<std::streamsize>(k_block));
    window.resize(kept + static_cast<std::size_t>(file.gcount()));
    read += static_cast<std::size_t>(file.gcount());
    auto list = architectures_in(window);
    if (list.size() > longest.size()) longest = std::move(list);
  }
  std::ranges::transform(longest, longest.begin(), as_catalog);
  return longest;
}

}  // namespace torchup
