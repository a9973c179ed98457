#pragma once
// bfloat16, the upper half of a float32: what matmul takes beside float32 and float64.

#include <cstdint>

namespace torchup::native {

struct Bfloat16 {
  std::uint16_t bits = 0;
};

inline float to_float(Bfloat16 value) { return __builtin_bit_cast(float, static_cast<std::uint32_t>(value.bits) << 16U); }

/// Rounded to nearest, ties to even; what is no number stays none.
inline Bfloat16 to_bfloat16(float value) {
  const auto bits = __builtin_bit_cast(std::uint32_t, value);
  if (value != value) return {static_cast<std::uint16_t>((bits >> 16U) | 0x40U)};
  return {static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U)};
}

}  // namespace torchup::native
