// A CUDA driver with two devices, the second of which has no memory to tell of. FAKE_CUDA sets its mood: "hang", "crash",
// "no-device", or the number that cuInit answers.
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
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
  // The stub for linking refuses every call with its own number.
  return mood() == "34" ? 34 : 0;
}

int cuInit(unsigned) {
  std::puts("a driver may print what it likes");
  if (std::getenv("CUDA_VISIBLE_DEVICES") != nullptr) return 999;
  if (mood() == "hang") ::pause();
  if (mood() == "crash") std::raise(SIGSEGV);
  if (mood() == "no-device") return 100;
  return std::atoi(std::string(mood()).c_str());
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
  // cuda.h, CUresult.
  static const std::map<int, const char*> k_names = {{34, "CUDA_ERROR_STUB_LIBRARY"},
                                                     {36, "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER"},
                                                     {46, "CUDA_ERROR_DEVICE_UNAVAILABLE"},
                                                     {100, "CUDA_ERROR_NO_DEVICE"},
                                                     {101, "CUDA_ERROR_INVALID_DEVICE"},
                                                     {102, "CUDA_ERROR_DEVICE_NOT_LICENSED"},
                                                     {209, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
                                                     {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"},
                                                     {304, "CUDA_ERROR_OPERATING_SYSTEM"},
                                                     {800, "CUDA_ERROR_NOT_PERMITTED"},
                                                     {802, "CUDA_ERROR_SYSTEM_NOT_READY"},
                                                     {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
                                                     {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"},
                                                     {805, "CUDA_ERROR_MPS_CONNECTION_FAILED"},
                                                     {806, "CUDA_ERROR_MPS_RPC_FAILURE"},
                                                     {807, "CUDA_ERROR_MPS_SERVER_NOT_READY"},
                                                     {808, "CUDA_ERROR_MPS_MAX_CLIENTS_REACHED"},
                                                     {809, "CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED"},
                                                     {999, "CUDA_ERROR_UNKNOWN"}};
  const auto at = k_names.find(error);
  *name = at == k_names.end() ? nullptr : at->second;
  return at == k_names.end() ? 1 : 0;
}
}
