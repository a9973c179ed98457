#include "src/install/bytecode.hpp"

#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace torchup {
namespace {

constexpr std::string_view k_folder = "__pycache__/";
constexpr std::string_view k_source_ending = ".py";

/// The folder with its '/', and the name.
std::pair<std::string_view, std::string_view> split(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  return {path.substr(0, name), path.substr(name)};
}

}  // namespace

bool is_bytecode(const std::filesystem::path& path) { return path.extension() == ".pyc" || path.parent_path().filename() == "__pycache__"; }

std::string cache_tag(const PythonLayout& python) {
  if (python.implementation != "cpython") return {};
  std::string digits = python.short_version;
  std::erase(digits, '.');
  return fmt::format("cpython-{}{}", digits, python.abi_flags.find('t') == std::string::npos ? "" : "t");
}

std::string bytecode_path(std::string_view source, std::string_view tag) {
  const auto [folder, name] = split(source);
  return fmt::format("{}{}{}.{}.pyc", folder, k_folder, name.substr(0, name.size() - k_source_ending.size()), tag);
}

std::string source_path(std::string_view bytecode, std::string_view tag) {
  const std::string ending = fmt::format(".{}.pyc", tag);
  const auto [folder, name] = split(bytecode);
  if (!name.ends_with(ending) || name.size() == ending.size()) return {};
  if (!folder.ends_with(k_folder) || (folder.size() > k_folder.size() && folder[folder.size() - k_folder.size() - 1] != '/')) return {};
  return fmt::format("{}{}{}", folder.substr(0, folder.size() - k_folder.size()), name.substr(0, name.size() - ending.size()),
                     k_source_ending);
}

std::chrono::sys_seconds bytecode_time(const Sha256& source) {
  constexpr std::chrono::sys_days k_first = std::chrono::year(1980) / 1 / 1;
  constexpr std::uint32_t k_mask = 0x3fffffff;  // 34 years
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | source.bytes()[i];
  return k_first + std::chrono::seconds(number & k_mask);
}

Sha256 bytecode_key(const Sha256& wheel, std::string_view tag) {
  const std::string name = fmt::format("bytecode {} {}", tag, wheel.hex());
  return sha256(std::as_bytes(std::span(name)));
}

}  // namespace torchup
