// A Level Zero of one driver with two GPUs, a card and one in the processor. FAKE_ZE is the number that zeInit answers.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

void* handle(std::uintptr_t number) { return reinterpret_cast<void*>(number); }  // NOLINT(performance-no-int-to-ptr)

}  // namespace

extern "C" {

struct Ip {
  std::uint32_t structure;
  void* next;
  std::uint32_t version;
};

struct Properties {
  std::uint32_t structure;
  void* next;
  std::uint32_t type, vendor, device, flags, subdevice, clock;
  std::uint64_t largest_allocation;
  std::array<std::uint32_t, 7> shape;
  std::uint64_t timer_resolution;
  std::array<std::uint32_t, 2> timer_bits;
  std::array<unsigned char, 16> uuid;
  std::array<char, 256> name;
};

int zeInit(std::uint32_t) {
  const char* const value = std::getenv("FAKE_ZE");
  return value != nullptr ? std::atoi(value) : 0;
}

int zeDriverGet(std::uint32_t* count, void** drivers) {
  *count = 1;
  if (drivers != nullptr) drivers[0] = handle(1);
  return 0;
}

int zeDeviceGet(void*, std::uint32_t* count, void** devices) {
  *count = 2;
  for (std::uint32_t i = 0; devices != nullptr && i < 2; ++i) devices[i] = handle(i + 1);
  return 0;
}

int zeDeviceGetProperties(void* device, Properties* properties) {
  constexpr std::uint32_t k_properties = 0x3, k_device_ip = 0x1000f;
  const bool is_card = device == handle(1);
  auto* const ip = static_cast<Ip*>(properties->next);
  if (properties->structure != k_properties || ip == nullptr || ip->structure != k_device_ip) return 0x78000004;
  properties->type = 1;
  properties->vendor = 0x8086;
  properties->device = is_card ? 0x56a0 : 0x4680;
  properties->flags = is_card ? 0 : 1;
  ip->version = is_card ? (12U << 22 | 55U << 14 | 8U) : (12U << 22 | 2U << 14);
  std::snprintf(properties->name.data(), properties->name.size(), "%s", is_card ? "Fake Arc A770" : "Fake UHD Graphics 770");
  return 0;
}
}
