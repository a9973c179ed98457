// A CUDA driver with two devices, the second of which has no memory to tell of. FAKE_CUDA sets its mood: "hang", "crash",
// "no-device".
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unistd.h>

namespace {

std::string_view mood() {
  const char* const value = std::getenv("FAKE_CUDA");
  return value != nullptr ? value : "";
}

}  // namespace

extern "C" {

int cuDriverGetVersion(int* version) {
  *version = 13020;
  return 0;
}

int cuInit(unsigned) {
  std::puts("a driver may print what it likes");
  if (std::getenv("CUDA_VISIBLE_DEVICES") != nullptr) return 999;
  if (mood() == "hang") ::pause();
  if (mood() == "crash") std::raise(SIGSEGV);
  return mood() == "no-device" ? 100 : 0;
}

int cuDeviceGetCount(int* count) {
  *count = 2;
  return 0;
}

int cuDeviceGet(int* device, int index) {
  *device = index;
  return 0;
}

int cuDeviceGetName(char* name, int size, int device) {
  std::snprintf(name, static_cast<std::size_t>(size), "Fake GPU %d", device);
  return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 75 ? 12 : 1;
  return 0;
}

int cuDeviceTotalMem_v2(std::size_t* bytes, int device) {
  *bytes = 1024;
  return device == 0 ? 0 : 999;
}

int cuDeviceGetPCIBusId(char* text, int size, int device) {
  std::snprintf(text, static_cast<std::size_t>(size), "0000:%02X:00.0", 10 + device);
  return 0;
}

int cuGetErrorName(int error, const char** name) {
  *name = error == 100 ? "CUDA_ERROR_NO_DEVICE" : "CUDA_ERROR_UNKNOWN";
  return 0;
}
}
