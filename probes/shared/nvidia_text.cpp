#include "probes/shared/nvidia_text.hpp"

#include "probes/shared/pci_scan.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_most_devices = 64;
constexpr std::uint64_t k_mebibyte = 1024 * 1024;

std::optional<NumericVersion> version_in(std::string_view text) {
  auto version = NumericVersion::parse(trimmed(text));
  if (!version) return std::nullopt;
  return *std::move(version);
}

}  // namespace

std::optional<NumericVersion> parse_nvrm_version(std::string_view text) {
  const auto lines = lines_of(text);
  if (lines.empty() || !lines[0].starts_with("NVRM version:")) return std::nullopt;
  // The first word that is a dotted number; the words before it changed with the open module.
  for (const auto word : split(lines[0], ' ')) {
    if (word.find('.') == std::string_view::npos) continue;
    if (auto version = version_in(word)) return version;
  }
  return std::nullopt;
}

std::string sm_of_capability(std::string_view capability) {
  const auto pieces = split(trimmed(capability), '.');
  if (pieces.size() != 2 || pieces[1].size() != 1 || pieces[0].size() > 2 || !number_in(pieces[0]) || !number_in(pieces[1])) return {};
  return fmt::format("sm_{}{}", pieces[0], pieces[1]);
}

CudaAnswer parse_cuda_answer(std::string_view text) {
  const auto fields = fields_of(text, ' ');
  CudaAnswer answer;
  answer.library = field(fields, "library");
  // 13020 is CUDA 13.2 (cuda.h, CUDA_VERSION).
  if (const auto number = number_in(field(fields, "driver_version")); number && *number < 1'000'000) {
    answer.cuda = version_in(fmt::format("{}.{}", *number / 1000, *number % 1000 / 10));
  }
  const auto count = number_in(field(fields, "device_count")).value_or(0);
  for (std::size_t i = 0; i < std::min<std::size_t>(count, k_most_devices); ++i) {
    const auto of = [&](const char* key) { return field(fields, fmt::format("device.{}.{}", i, key)); };
    answer.devices.push_back({.kind = "cuda",
                              .name = of("name"),
                              .architecture = sm_of_capability(of("compute_capability")),
                              .memory_bytes = number_in(of("memory_bytes")),
                              .pci = normal_pci_address(of("pci"))});
  }
  constexpr std::string_view k_error = "error.";
  for (const auto& [key, value] : fields) {
    if (key.starts_with(k_error)) answer.errors.emplace(key.substr(k_error.size()), value);
  }
  return answer;
}

std::string explained_cuda_error(std::string_view error) {
  static const std::map<std::uint64_t, const char*> k_meanings = {
      {34, "the library is a stub for linking, not the driver's"},
      {46, "the device is busy or unavailable"},
      {100, "no device that CUDA can use"},
      {800, "not permitted, as by the control groups of a container"},
      {802, "the system is not ready: on machines with NVSwitch the fabric manager must run"},
      {803, "the kernel module and the library are of different driver versions; a restart after an upgrade mends it"},
      {804, "a forward-compatibility library is loaded, which this device does not support"}};
  const auto number = number_in(error.substr(0, error.find(' ')));
  const auto meaning = number ? k_meanings.find(*number) : k_meanings.end();
  return meaning == k_meanings.end() ? std::string(error) : fmt::format("{}: {}", error, meaning->second);
}

std::vector<SmiRow> parse_smi_rows(std::string_view csv) {
  std::vector<SmiRow> rows;
  for (const auto line : lines_of(csv)) {
    const auto cells = split(line, ',');
    if (cells.size() != 5 || rows.size() >= k_most_devices) continue;
    const auto mebibytes = number_in(trimmed(cells[2]));
    SmiRow row;
    row.gpu = {.kind = "cuda",
               .name = std::string(trimmed(cells[0])),
               .architecture = sm_of_capability(cells[1]),
               .memory_bytes = mebibytes ? std::optional(*mebibytes * k_mebibyte) : std::nullopt,
               .pci = normal_pci_address(cells[3])};
    row.driver = version_in(cells[4]);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace torchup
