// oneAPI's Level Zero: Intel's GPUs as torch's XPU builds would see them, each with whether it is part of the processor.
#include "driver_question.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace torchup {
namespace {

// ze_api.h's numbers and structures.
constexpr std::uint32_t k_structure_device_properties = 0x3;
constexpr std::uint32_t k_structure_device_ip = 0x1000f;
constexpr std::uint32_t k_type_gpu = 1;
constexpr std::uint32_t k_flag_integrated = 1;
constexpr std::uint32_t k_flag_gpu_only = 1;

/// ze_device_ip_version_ext_t
struct ZeDeviceIp {
  std::uint32_t structure = k_structure_device_ip;
  void* next = nullptr;
  std::uint32_t version = 0;
};

struct ZeDeviceProperties {
  std::uint32_t structure = k_structure_device_properties;
  void* next = nullptr;
  std::uint32_t type = 0, vendor = 0, device = 0, flags = 0, subdevice = 0, clock = 0;
  std::uint64_t largest_allocation = 0;
  std::array<std::uint32_t, 7> shape{};
  std::uint64_t timer_resolution = 0;
  std::array<std::uint32_t, 2> timer_bits{};
  std::array<unsigned char, 16> uuid{};
  std::array<char, 256> name{};
};

/// What both of its listing calls do: first the count, then so many handles.
template <class... Owner>
std::vector<void*> handles(const DriverQuestion& question, const char* function, Owner... owner) {
  std::uint32_t count = 0;
  void** const none = nullptr;
  if (!question.call({function}, owner..., &count, none)) return {};
  count = std::min<std::uint32_t>(count, k_most_asked_devices);
  std::vector<void*> list(count);
  if (count == 0 || !question.call({function}, owner..., &count, list.data())) return {};
  list.resize(std::min<std::size_t>(count, list.size()));
  return list;
}

}  // namespace

void question_level_zero(void* library, int descriptor) {
  for (const char* const filter : {"ZE_AFFINITY_MASK", "ONEAPI_DEVICE_SELECTOR"}) ::unsetenv(filter);
  const DriverQuestion question(library, descriptor, {});
  question.line("library", question.path_of("zeInit"));
  if (!question.call({"zeInit"}, k_flag_gpu_only)) return;
  question.line("init", "0");
  int count = 0;
  for (void* const driver : handles(question, "zeDriverGet")) {
    for (void* const device : handles(question, "zeDeviceGet", driver)) {
      ZeDeviceIp ip;
      ZeDeviceProperties properties;
      properties.next = &ip;
      if (!question.call({"zeDeviceGetProperties"}, device, &properties) || properties.type != k_type_gpu) continue;
      if (count >= k_most_asked_devices) break;
      const auto place = fmt::format("device.{}.", count++);
      properties.name.back() = 0;
      question.line(place + "name", properties.name.data());
      question.line(place + "id", fmt::format("{:04x}:{:04x}", properties.vendor, properties.device));
      // Architecture in the top 10 bits, release in the 8 below, revision in the last 6; drivers before 2024 do not fill it in.
      if (ip.version != 0)
        question.line(place + "ip", fmt::format("{}.{}.{}", ip.version >> 22, ip.version >> 14 & 0xff, ip.version & 0x3f));
      question.line(place + "integrated", (properties.flags & k_flag_integrated) != 0 ? "1" : "0");
    }
  }
  question.line("device_count", std::to_string(count));
}

}  // namespace torchup
