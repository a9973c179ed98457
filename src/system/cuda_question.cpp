// The CUDA driver: its version, whether it starts, and every device with its capability.
#include "driver_question.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace torchup {
namespace {

// The driver API's own numbers (cuda.h); its header is not needed for so few.
constexpr int k_capability_major = 75;
constexpr int k_capability_minor = 76;
constexpr int k_integrated = 18;

void ask_device(const DriverQuestion& question, int index) {
  const auto place = fmt::format("device.{}.", index);
  int device = 0;
  if (!question.call({"cuDeviceGet"}, &device, index)) return;
  std::array<char, 256> text{};
  const auto size = static_cast<int>(text.size() - 1);
  if (question.call({"cuDeviceGetName"}, text.data(), size, device)) question.line(place + "name", text.data());
  int major = 0, minor = 0, integrated = 0;
  if (question.call({"cuDeviceGetAttribute"}, &major, k_capability_major, device) &&
      question.call({"cuDeviceGetAttribute"}, &minor, k_capability_minor, device)) {
    question.line(place + "compute_capability", fmt::format("{}.{}", major, minor));
  }
  if (question.call({"cuDeviceGetAttribute"}, &integrated, k_integrated, device))
    question.line(place + "integrated", std::to_string(integrated));
  std::size_t bytes = 0;
  if (question.call({"cuDeviceTotalMem_v2"}, &bytes, device)) question.line(place + "memory_bytes", std::to_string(bytes));
  text.fill(0);
  if (question.call({"cuDeviceGetPCIBusId"}, text.data(), size, device)) question.line(place + "pci", text.data());
}

}  // namespace

void question_cuda(void* library, int descriptor) {
  // Every physical device is asked for, in an order that lspci shares.
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  ::setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 1);
  const auto name_of_error = reinterpret_cast<int (*)(int, const char**)>(::dlsym(library, "cuGetErrorName"));
  const DriverQuestion question(library, descriptor, [name_of_error](int result) -> std::string {
    const char* name = nullptr;
    return name_of_error != nullptr && name_of_error(result, &name) == 0 && name != nullptr ? name : "";
  });
  question.line("library", question.path_of("cuInit"));
  int version = 0;
  if (question.call({"cuDriverGetVersion"}, &version)) question.line("driver_version", std::to_string(version));
  if (!question.call({"cuInit"}, 0U)) return;
  question.line("init", "0");
  int count = 0;
  if (!question.call({"cuDeviceGetCount"}, &count)) return;
  question.line("device_count", std::to_string(count));
  for (int i = 0; i < std::min(count, k_most_asked_devices); ++i) ask_device(question, i);
}

}  // namespace torchup
