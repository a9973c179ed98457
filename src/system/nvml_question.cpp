// NVIDIA's management library: what the CUDA driver does not tell of a GPU, and what it tells even where that does not start.
#include "driver_question.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace torchup {
namespace {

// nvml.h's numbers and structures.
constexpr int k_not_supported = 3;
constexpr unsigned k_most_instances = 16;

struct NvmlMemory {
  std::uint64_t total = 0, free = 0, used = 0;
};

struct NvmlPci {
  std::array<char, 16> legacy_id{};
  std::array<std::uint32_t, 5> numbers{};
  std::array<char, 32> id{};
};

/// nvmlGpuFabricInfo_t; newer forms are longer, and get their room.
struct NvmlFabric {
  std::array<unsigned char, 16> cluster{};
  std::int32_t status = 0;
  std::uint32_t clique = 0;
  unsigned char state = 0;
  std::array<unsigned char, 99> room{};
};

template <std::size_t Size>
void text_line(const DriverQuestion& question, const char* function, void* device, const std::string& key) {
  std::array<char, Size> text{};
  if (question.call({function}, device, text.data(), static_cast<unsigned>(text.size() - 1))) question.line(key, text.data());
}

void memory_line(const DriverQuestion& question, void* device, const std::string& key) {
  NvmlMemory memory;
  if (question.call({"nvmlDeviceGetMemoryInfo"}, device, &memory)) question.line(key, std::to_string(memory.total));
}

void ask_instances(const DriverQuestion& question, void* device, const std::string& place) {
  unsigned most = 0;
  if (!question.call({"nvmlDeviceGetMaxMigDeviceCount"}, device, &most)) return;
  unsigned found = 0;
  for (unsigned i = 0; i < std::min(most, k_most_instances); ++i) {
    void* instance = nullptr;
    // Holes in the numbering are usual, and answered with "not found".
    constexpr int k_not_found = 6;
    if (!question.about(place, k_not_found).call({"nvmlDeviceGetMigDeviceHandleByIndex"}, device, i, &instance)) continue;
    const auto key = fmt::format("{}mig.{}.", place, found++);
    text_line<96>(question, "nvmlDeviceGetUUID", instance, key + "uuid");
    text_line<96>(question, "nvmlDeviceGetName", instance, key + "name");
    memory_line(question, instance, key + "memory_bytes");
  }
}

void ask_device(const DriverQuestion& whole, unsigned index) {
  const auto place = fmt::format("device.{}.", index);
  const auto question = whole.about(place, k_not_supported);
  void* device = nullptr;
  if (!question.call({"nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"}, index, &device)) return;
  NvmlPci pci;
  if (question.call({"nvmlDeviceGetPciInfo_v3"}, device, &pci)) question.line(place + "pci", pci.id.data());
  text_line<96>(question, "nvmlDeviceGetName", device, place + "name");
  text_line<96>(question, "nvmlDeviceGetUUID", device, place + "uuid");
  int major = 0, minor = 0;
  if (question.call({"nvmlDeviceGetCudaComputeCapability"}, device, &major, &minor))
    question.line(place + "compute_capability", fmt::format("{}.{}", major, minor));
  memory_line(question, device, place + "memory_bytes");
  unsigned mode = 0, current = 0, pending = 0;
  if (question.call({"nvmlDeviceGetComputeMode"}, device, &mode)) question.line(place + "compute_mode", std::to_string(mode));
  if (question.call({"nvmlDeviceGetEccMode"}, device, &current, &pending)) question.line(place + "ecc", std::to_string(current));
  if (question.call({"nvmlDeviceGetMigMode"}, device, &current, &pending)) {
    question.line(place + "mig_mode", std::to_string(current));
    if (current != 0) ask_instances(question, device, place);
  }
  NvmlFabric fabric;
  if (question.call({"nvmlDeviceGetGpuFabricInfo"}, device, &fabric)) question.line(place + "fabric_state", std::to_string(fabric.state));
}

}  // namespace

void question_nvml(void* library, int descriptor) {
  const auto text_of_error = reinterpret_cast<const char* (*)(int)>(::dlsym(library, "nvmlErrorString"));
  const DriverQuestion question(library, descriptor, [text_of_error](int result) -> std::string {
    const char* const text = text_of_error != nullptr ? text_of_error(result) : nullptr;
    return text != nullptr ? text : "";
  });
  question.line("library", question.path_of("nvmlInit_v2"));
  if (!question.call({"nvmlInit_v2", "nvmlInit"})) return;
  question.line("init", "0");
  std::array<char, 96> text{};
  if (question.call({"nvmlSystemGetDriverVersion"}, text.data(), static_cast<unsigned>(text.size() - 1)))
    question.line("driver_version", text.data());
  int cuda = 0;
  if (question.call({"nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion"}, &cuda))
    question.line("cuda_version", std::to_string(cuda));
  unsigned count = 0;
  if (question.call({"nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"}, &count)) {
    question.line("device_count", std::to_string(count));
    for (unsigned i = 0; i < std::min<unsigned>(count, k_most_asked_devices); ++i) ask_device(question, i);
  }
  question.call({"nvmlShutdown"});
}

}  // namespace torchup
