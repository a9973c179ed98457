#include "probes/shared/nvidia_text.hpp"

#include "probes/shared/pci_scan.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

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

std::string nvrm_flavour(std::string_view text) {
  if (!text.starts_with("NVRM version:")) return {};
  return text.substr(0, text.find('\n')).find("Open Kernel Module") != std::string_view::npos ? "open" : "proprietary";
}

std::string sm_of_capability(std::string_view capability) {
  const auto pieces = split(trimmed(capability), '.');
  if (pieces.size() != 2 || pieces[1].size() != 1 || pieces[0].size() > 2 || !number_in(pieces[0]) || !number_in(pieces[1])) return {};
  return fmt::format("sm_{}{}", pieces[0], pieces[1]);
}

std::string DriverAnswer::field(std::string_view key) const { return torchup::field(fields, key); }

std::string DriverAnswer::device_field(std::size_t index, std::string_view key) const {
  return field(fmt::format("device.{}.{}", index, key));
}

std::size_t DriverAnswer::device_count() const {
  return std::min<std::size_t>(number_in(field("device_count")).value_or(0), k_most_devices);
}

std::optional<int> DriverAnswer::result_of(std::string_view call) const {
  const auto at = errors.find(call);
  if (at == errors.end()) return std::nullopt;
  const auto number = number_in(std::string_view(at->second).substr(0, at->second.find(' ')));
  return number && *number < 0x80000000U ? static_cast<int>(*number) : -1;
}

DriverAnswer parse_driver_answer(std::string_view text) {
  DriverAnswer answer;
  answer.fields = fields_of(text, ' ');
  constexpr std::string_view k_error = "error.";
  for (const auto& [key, value] : answer.fields) {
    if (key.starts_with(k_error)) answer.errors.emplace(key.substr(k_error.size()), value);
  }
  return answer;
}

std::optional<NumericVersion> cuda_of_number(std::string_view text) {
  const auto number = number_in(text);
  if (!number || *number < 1000 || *number >= 1'000'000) return std::nullopt;
  return version_in(fmt::format("{}.{}", *number / 1000, *number % 1000 / 10));
}

CudaAnswer parse_cuda_answer(std::string_view text) {
  const auto said = parse_driver_answer(text);
  CudaAnswer answer;
  answer.library = said.field("library");
  answer.cuda = cuda_of_number(said.field("driver_version"));
  for (std::size_t i = 0; i < said.device_count(); ++i) {
    const auto integrated = number_in(said.device_field(i, "integrated"));
    answer.devices.push_back({.kind = "cuda",
                              .name = said.device_field(i, "name"),
                              .architecture = sm_of_capability(said.device_field(i, "compute_capability")),
                              .memory_bytes = number_in(said.device_field(i, "memory_bytes")),
                              .pci = normal_pci_address(said.device_field(i, "pci")),
                              .integrated = integrated ? std::optional(*integrated != 0) : std::nullopt});
  }
  answer.errors = said.errors;
  return answer;
}

namespace {

constexpr std::size_t k_most_instances = 16;

NvidiaDevice nvml_device(const DriverAnswer& said, std::size_t index) {
  // nvml.h, nvmlComputeMode_t.
  constexpr const char* k_modes[] = {"default", "exclusive-thread", "prohibited", "exclusive-process"};
  NvidiaDevice device;
  device.uuid = said.device_field(index, "uuid");
  const auto mode = number_in(said.device_field(index, "compute_mode"));
  if (mode && *mode < std::size(k_modes)) device.compute_mode = k_modes[*mode];
  if (const auto on = number_in(said.device_field(index, "mig_mode"))) device.mig = *on != 0;
  if (const auto on = number_in(said.device_field(index, "ecc"))) device.ecc = *on != 0;
  for (std::size_t i = 0; i < k_most_instances; ++i) {
    const auto of = [&](const char* key) { return said.device_field(index, fmt::format("mig.{}.{}", i, key)); };
    if (of("uuid").empty()) break;
    device.instances.push_back({.uuid = of("uuid"), .name = of("name"), .memory_bytes = number_in(of("memory_bytes"))});
  }
  // A GPU that has fallen off the bus answers every question with its state.
  const auto place = fmt::format("device.{}.", index);
  for (const auto& [call, error] : said.errors) {
    if (!call.starts_with(place)) continue;
    if (error.starts_with("15 ")) device.state = "lost";
    if (error.starts_with("16 ")) device.state = "reset-required";
  }
  return device;
}

/// "18 NAME: what it means"; the error as it is where nothing is known of it.
template <std::size_t Count>
std::string explained(std::string_view error, const std::pair<std::uint64_t, const char*> (&meanings)[Count]) {
  const auto number = number_in(error.substr(0, error.find(' ')));
  const auto* const at = std::find_if(std::begin(meanings), std::end(meanings), [&](const auto& row) { return row.first == number; });
  return at == std::end(meanings) ? std::string(trimmed(error)) : fmt::format("{}: {}", trimmed(error), at->second);
}

}  // namespace

NvmlAnswer parse_nvml_answer(std::string_view text) {
  const auto said = parse_driver_answer(text);
  NvmlAnswer answer;
  answer.library = said.field("library");
  answer.driver = version_in(said.field("driver_version"));
  answer.cuda = cuda_of_number(said.field("cuda_version"));
  for (std::size_t i = 0; i < said.device_count(); ++i) {
    answer.devices.push_back({.kind = "cuda",
                              .name = said.device_field(i, "name"),
                              .architecture = sm_of_capability(said.device_field(i, "compute_capability")),
                              .memory_bytes = number_in(said.device_field(i, "memory_bytes")),
                              .pci = normal_pci_address(said.device_field(i, "pci")),
                              .nvidia = nvml_device(said, i)});
    const auto fabric = number_in(said.device_field(i, "fabric_state"));
    // 0 is "not supported": no NVSwitch.
    if (fabric && *fabric > 0 && *fabric <= 3 && (!answer.fabric || *fabric < *answer.fabric))
      answer.fabric = static_cast<unsigned>(*fabric);
  }
  answer.errors = said.errors;
  return answer;
}

std::string explained_cuda_error(std::string_view error) {
  // cuda.h, CUresult: those that a probe can meet.
  static constexpr std::pair<std::uint64_t, const char*> k_meanings[] = {
      {34, "the library is a stub for linking, not the driver's"},
      {35, "the driver is older than the CUDA that asks"},
      {36, "the call needs a newer driver"},
      {46, "the device is busy or unavailable"},
      {100, "no device that CUDA can use"},
      {101, "no device of that number"},
      {102, "the device is not licensed"},
      {124, "it did not answer in time"},
      {209, "no code for this device"},
      {222, "PTX of a newer CUDA than the driver's"},
      {304, "a call of the operating system failed"},
      {800, "not permitted, as by the control groups of a container"},
      {802, "the system is not ready: on machines with NVSwitch the fabric manager must run"},
      {803, "the kernel module and the library are of different driver versions; a restart after an upgrade mends it"},
      {804, "a forward-compatibility library is loaded, which this device does not support"},
      {805, "the Multi-Process Service cannot be reached"},
      {806, "the Multi-Process Service failed"},
      {807, "the Multi-Process Service is not ready"},
      {808, "the Multi-Process Service has no room for another client"},
      {809, "the Multi-Process Service has no room for another connection"},
      {999, "the driver does not say why; often the kernel module nvidia-uvm is missing, or the driver must be loaded anew"}};
  return explained(error, k_meanings);
}

std::string explained_nvml_error(std::string_view error) {
  // nvml.h, nvmlReturn_t.
  static constexpr std::pair<std::uint64_t, const char*> k_meanings[] = {
      {4, "this user may not ask that"},
      {9, "the kernel module is not loaded"},
      {12, "a library of the driver is missing"},
      {13, "the library is too old for the question"},
      {15, "the GPU has fallen off the bus; the machine must be restarted"},
      {16, "the GPU must be reset"},
      {17, "the operating system or a container's control groups block it"},
      {18, "the kernel module and the library are of different driver versions; a restart after an upgrade mends it"},
      {999, "the driver does not say why"}};
  return explained(error, k_meanings);
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
