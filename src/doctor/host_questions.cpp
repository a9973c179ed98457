#include "src/doctor/host_questions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

template <class T, class Fits>
const Fact<T>* first_of(const std::vector<Fact<T>>& facts, Fits fits) {
  const auto at = std::ranges::find_if(facts, [&](const Fact<T>& fact) { return fits(fact.value); });
  return at == facts.end() ? nullptr : &*at;
}

}  // namespace

std::vector<const Fact<Accelerator>*> gpus_of(const HostFacts& facts, std::string_view kind) {
  std::vector<const Fact<Accelerator>*> gpus;
  for (const auto& gpu : facts.accelerators) {
    if (gpu.value.kind == kind) gpus.push_back(&gpu);
  }
  return gpus;
}

const Fact<DriverStack>* driver_of(const HostFacts& facts, std::string_view kind) {
  return first_of(facts.drivers, [&](const DriverStack& driver) { return driver.kind == kind; });
}

const Fact<RuntimeLibrary>* library_of(const HostFacts& facts, std::string_view name) {
  return first_of(facts.libraries, [&](const RuntimeLibrary& library) { return library.name == name; });
}

const Fact<DeviceNode>* node_of(const HostFacts& facts, std::string_view path) {
  return first_of(facts.device_nodes, [&](const DeviceNode& node) { return node.path == path; });
}

std::optional<std::string> variable_of(const DoctorInput& input, const std::string& name) {
  const auto* fact = first_of(input.facts.environment, [&](const EnvironmentVariable& variable) { return variable.name == name; });
  return fact != nullptr ? std::optional(fact->value.value) : input.host.environment(name);
}

std::string container_of(const HostFacts& facts) {
  const auto* os = value_of(facts.os);
  return os != nullptr ? os->container : "";
}

Severity severity_for(const DoctorInput& input, std::string_view kind) {
  if (input.environment == nullptr || !input.environment->torch) return Severity::warning;
  const InstalledTorch& torch = *input.environment->torch;
  const bool built_for = kind == "cuda" ? !torch.cuda.empty() : kind == "rocm" ? !torch.hip.empty() : !torch.xpu.empty();
  return built_for ? Severity::error : Severity::warning;
}

std::string told_by(const Evidence& evidence) {
  return evidence.raw.empty() ? evidence.source : fmt::format("{}: {}", evidence.source, evidence.raw);
}

std::string gpu_text(const Accelerator& gpu) {
  std::string more = gpu.architecture;
  if (!gpu.pci.empty()) more += (more.empty() ? "" : ", ") + gpu.pci;
  return more.empty() ? gpu.name : fmt::format("{} ({})", gpu.name, more);
}

}  // namespace torchup
