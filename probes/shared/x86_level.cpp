#include "probes/shared/x86_level.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace torchup {
namespace {

enum class Register { eax, ebx, ecx, edx };

struct FeatureBit {
  std::uint32_t leaf;
  Register place;
  unsigned bit;
};

constexpr std::uint32_t k_extended = 0x80000001;

// x86-64 psABI, "x86-64 microarchitecture levels": SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT, LAHF-SAHF.
constexpr std::array k_level_2 = {FeatureBit{1, Register::ecx, 0},         FeatureBit{1, Register::ecx, 9},
                                  FeatureBit{1, Register::ecx, 13},        FeatureBit{1, Register::ecx, 19},
                                  FeatureBit{1, Register::ecx, 20},        FeatureBit{1, Register::ecx, 23},
                                  FeatureBit{k_extended, Register::ecx, 0}};
// FMA, MOVBE, OSXSAVE, AVX, F16C, BMI1, AVX2, BMI2, LZCNT.
constexpr std::array k_level_3 = {
    FeatureBit{1, Register::ecx, 12}, FeatureBit{1, Register::ecx, 22}, FeatureBit{1, Register::ecx, 27},
    FeatureBit{1, Register::ecx, 28}, FeatureBit{1, Register::ecx, 29}, FeatureBit{7, Register::ebx, 3},
    FeatureBit{7, Register::ebx, 5},  FeatureBit{7, Register::ebx, 8},  FeatureBit{k_extended, Register::ecx, 5}};
// AVX512F, DQ, CD, BW, VL.
constexpr std::array k_level_4 = {FeatureBit{7, Register::ebx, 16}, FeatureBit{7, Register::ebx, 17}, FeatureBit{7, Register::ebx, 28},
                                  FeatureBit{7, Register::ebx, 30}, FeatureBit{7, Register::ebx, 31}};

// XCR0: SSE and AVX state; those and AVX-512's three.
constexpr std::uint64_t k_avx_state = 0x06;
constexpr std::uint64_t k_avx512_state = 0xe6;

bool has(HostSystem& host, const FeatureBit& feature) {
  const auto registers = host.cpuid(feature.leaf, 0);
  if (!registers) return false;
  const std::uint32_t values[] = {registers->eax, registers->ebx, registers->ecx, registers->edx};
  return (values[static_cast<std::size_t>(feature.place)] >> feature.bit & 1U) != 0;
}

template <class Bits>
bool has_all(HostSystem& host, const Bits& bits) {
  return std::all_of(bits.begin(), bits.end(), [&](const FeatureBit& bit) { return has(host, bit); });
}

}  // namespace

unsigned x86_level_of_cpuid(HostSystem& host) {
  if (!host.cpuid(1, 0)) return 0;
  if (!has_all(host, k_level_2)) return 1;
  const auto saved = host.xcr0().value_or(0);
  if (!has_all(host, k_level_3) || (saved & k_avx_state) != k_avx_state) return 2;
  if (!has_all(host, k_level_4) || (saved & k_avx512_state) != k_avx512_state) return 3;
  return 4;
}

unsigned x86_level_of_flags(const std::set<std::string, std::less<>>& flags) {
  // As the kernel spells them: `pni` is SSE3, `abm` is LZCNT.
  static const std::vector<std::vector<std::string_view>> k_levels = {
      {"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"},
      {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"},
      {"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"}};
  unsigned level = 1;
  for (const auto& needed : k_levels) {
    if (!std::all_of(needed.begin(), needed.end(), [&](std::string_view flag) { return flags.contains(flag); })) break;
    ++level;
  }
  return level;
}

}  // namespace torchup
