#include "cuda_driver_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <unistd.h>

namespace torchup {
namespace {

// The driver API's own numbers (cuda.h); its header is not needed for so few.
constexpr int k_capability_major = 75;
constexpr int k_capability_minor = 76;
constexpr int k_most_devices = 64;

class CudaDriver {
 public:
  CudaDriver(void* library, int descriptor) : m_library(library), m_descriptor(descriptor) {}

  void answer() const {
    line("library", library_path());
    int version = 0;
    if (call("cuDriverGetVersion", &version)) line("driver_version", std::to_string(version));
    if (!call("cuInit", 0U)) return;
    line("init", "0");
    int count = 0;
    if (!call("cuDeviceGetCount", &count)) return;
    line("device_count", std::to_string(count));
    for (int i = 0; i < std::min(count, k_most_devices); ++i) answer_device(i);
  }

 private:
  void answer_device(int index) const {
    int device = 0;
    if (!call("cuDeviceGet", &device, index)) return;
    std::array<char, 256> text{};
    const auto size = static_cast<int>(text.size() - 1);
    if (call("cuDeviceGetName", text.data(), size, device)) line(fmt::format("device.{}.name", index), text.data());
    int major = 0, minor = 0;
    if (call("cuDeviceGetAttribute", &major, k_capability_major, device) &&
        call("cuDeviceGetAttribute", &minor, k_capability_minor, device)) {
      line(fmt::format("device.{}.compute_capability", index), fmt::format("{}.{}", major, minor));
    }
    std::size_t bytes = 0;
    if (call("cuDeviceTotalMem_v2", &bytes, device)) line(fmt::format("device.{}.memory_bytes", index), std::to_string(bytes));
    text.fill(0);
    if (call("cuDeviceGetPCIBusId", text.data(), size, device)) line(fmt::format("device.{}.pci", index), text.data());
  }

  /// Calls a function of the library; a failure is written as a line.
  template <class... Arguments>
  bool call(const char* name, Arguments... arguments) const {
    const auto function = reinterpret_cast<int (*)(Arguments...)>(::dlsym(m_library, name));
    if (function == nullptr) {
      line(fmt::format("error.{}", name), "-1 not in the library");
      return false;
    }
    const int result = function(arguments...);
    if (result != 0) line(fmt::format("error.{}", name), fmt::format("{} {}", result, error_name(result)));
    return result == 0;
  }

  std::string error_name(int result) const {
    const auto function = reinterpret_cast<int (*)(int, const char**)>(::dlsym(m_library, "cuGetErrorName"));
    const char* name = nullptr;
    return function != nullptr && function(result, &name) == 0 && name != nullptr ? name : "";
  }

  std::string library_path() const {
    Dl_info where{};
    void* const symbol = ::dlsym(m_library, "cuInit");
    return symbol != nullptr && ::dladdr(symbol, &where) != 0 && where.dli_fname != nullptr ? where.dli_fname : "";
  }

  void line(const std::string& key, const std::string& value) const {
    std::string text = key + " " + value;
    std::replace(text.begin(), text.end(), '\n', ' ');
    text += '\n';
    // A short write would mean that the parent is gone; there is nobody left to tell.
    [[maybe_unused]] const auto written = ::write(m_descriptor, text.data(), text.size());
  }

  void* m_library;
  int m_descriptor;
};

}  // namespace

void write_cuda_driver_answer(int descriptor) {
  // Every physical device is asked for, in an order that lspci shares.
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  ::setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 1);
  void* library = ::access(k_wsl_cuda_library, R_OK) == 0 ? ::dlopen(k_wsl_cuda_library, RTLD_LAZY | RTLD_LOCAL) : nullptr;
  if (library == nullptr) library = ::dlopen(k_cuda_library, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    const std::string text = fmt::format("no_library {}\n", why != nullptr ? why : "libcuda.so.1 cannot be opened");
    [[maybe_unused]] const auto written = ::write(descriptor, text.data(), text.size());
    return;
  }
  CudaDriver(library, descriptor).answer();
}

}  // namespace torchup
