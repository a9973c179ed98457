// A management library of two GPUs at the addresses of the made-up CUDA driver's. FAKE_NVML is the number that nvmlInit_v2 answers,
// FAKE_NVML_DEVICE the one that the first GPU answers to everything; FAKE_NVML_MIG turns the second one's MIG mode on and is the
// number of its instances; FAKE_NVML_MODE is its compute mode, FAKE_NVML_FABRIC the state of both in a fabric.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

namespace {

constexpr int k_not_supported = 3;
constexpr int k_not_found = 6;

/// A variable's number; -1 where it is not set.
int set_to(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::atoi(value) : -1;
}

// Handles are numbers: 1 and 2 for the GPUs, 10 and above for instances of the second.
std::uintptr_t number_of(void* device) { return reinterpret_cast<std::uintptr_t>(device); }
void* device_of(std::uintptr_t number) { return reinterpret_cast<void*>(number); }  // NOLINT(performance-no-int-to-ptr)

int told(char* text, unsigned size, const std::string& value) {
  std::snprintf(text, size, "%s", value.c_str());
  return 0;
}

}  // namespace

extern "C" {

struct Memory {
  std::uint64_t total, free, used;
};

struct Pci {
  std::array<char, 16> legacy;
  std::array<std::uint32_t, 5> numbers;
  std::array<char, 32> id;
};

struct Fabric {
  std::array<unsigned char, 16> cluster;
  int status;
  unsigned clique;
  unsigned char state;
};

const char* nvmlErrorString(int error) {
  static const std::map<int, const char*> k_texts = {{4, "Insufficient Permissions"},
                                                     {9, "Driver Not Loaded"},
                                                     {12, "NVML Shared Library Not Found"},
                                                     {13, "Function Not Found"},
                                                     {15, "GPU is lost"},
                                                     {16, "GPU requires reset"},
                                                     {17, "The operating system has blocked the request"},
                                                     {18, "Driver/library version mismatch"}};
  const auto at = k_texts.find(error);
  return at == k_texts.end() ? "Unknown Error" : at->second;
}

int nvmlInit_v2() { return set_to("FAKE_NVML") > 0 ? set_to("FAKE_NVML") : 0; }
int nvmlShutdown() { return 0; }
int nvmlSystemGetDriverVersion(char* text, unsigned size) { return told(text, size, "590.48.01"); }

int nvmlSystemGetCudaDriverVersion_v2(int* version) {
  *version = 13010;
  return 0;
}

int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  *device = device_of(index + 1);
  return index == 0 && set_to("FAKE_NVML_DEVICE") > 0 ? set_to("FAKE_NVML_DEVICE") : 0;
}

int nvmlDeviceGetPciInfo_v3(void* device, Pci* pci) {
  std::snprintf(pci->id.data(), pci->id.size(), "00000000:%02X:00.0", static_cast<unsigned>(9 + number_of(device)));
  return 0;
}

int nvmlDeviceGetName(void* device, char* text, unsigned size) {
  return told(text, size, number_of(device) < 10 ? "Fake GPU" : "Fake GPU MIG 1g.5gb");
}

int nvmlDeviceGetUUID(void* device, char* text, unsigned size) {
  return told(text, size, (number_of(device) < 10 ? "GPU-" : "MIG-") + std::to_string(number_of(device)));
}

int nvmlDeviceGetCudaComputeCapability(void*, int* major, int* minor) {
  *major = 9;
  *minor = 0;
  return 0;
}

int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
  memory->total = number_of(device) < 10 ? 4096 : 512;
  return 0;
}

int nvmlDeviceGetComputeMode(void* device, unsigned* mode) {
  *mode = number_of(device) == 2 && set_to("FAKE_NVML_MODE") > 0 ? static_cast<unsigned>(set_to("FAKE_NVML_MODE")) : 0;
  return 0;
}

int nvmlDeviceGetEccMode(void*, unsigned* current, unsigned* pending) {
  *current = *pending = 1;
  return 0;
}

int nvmlDeviceGetMigMode(void* device, unsigned* current, unsigned* pending) {
  if (number_of(device) == 1) return k_not_supported;
  *current = *pending = set_to("FAKE_NVML_MIG") >= 0 ? 1 : 0;
  return 0;
}

int nvmlDeviceGetMaxMigDeviceCount(void*, unsigned* count) {
  *count = 7;
  return 0;
}

int nvmlDeviceGetMigDeviceHandleByIndex(void*, unsigned index, void** instance) {
  // The first place is empty, as it is after an instance was taken away.
  *instance = device_of(10 + index);
  return index >= 1 && static_cast<int>(index) <= set_to("FAKE_NVML_MIG") ? 0 : k_not_found;
}

int nvmlDeviceGetGpuFabricInfo(void*, Fabric* fabric) {
  if (set_to("FAKE_NVML_FABRIC") < 0) return k_not_supported;
  std::memset(fabric, 0, sizeof(*fabric));
  fabric->state = static_cast<unsigned char>(set_to("FAKE_NVML_FABRIC"));
  return 0;
}
}
