#include "torchup/kernels/element_type.hpp"

#include "kernels/native/matmul/bfloat16.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace torchup {

namespace {

constexpr std::uint16_t k_float16_infinity = 0x7c00;
constexpr int k_float16_lowest_exponent = -14;  // of normal numbers, as 1.f x 2^e

/// The float32 nearest to the value; halfway cases that a first rounding would hide are kept apart by its last bit.
float rounded_to_odd(double value) {
  const auto nearest = static_cast<float>(value);
  const auto back = static_cast<double>(nearest);
  if (std::isnan(value) || std::isinf(nearest) || back == value) return nearest;
  const float cut = std::abs(back) > std::abs(value) ? std::nextafter(nearest, 0.0F) : nearest;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(cut) | 1U);
}

std::uint16_t float16_bits(float value) {
  const auto sign = static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(value) >> 16U) & 0x8000U);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | k_float16_infinity | 0x200U);
  const float magnitude = std::abs(value);
  if (magnitude >= 65520.0F) return static_cast<std::uint16_t>(sign | k_float16_infinity);
  if (magnitude == 0.0F) return sign;
  // In units of the last of the ten mantissa bits; nearbyint rounds ties to even, and a carry runs on into the exponent.
  const int exponent = std::max(std::ilogb(magnitude), k_float16_lowest_exponent);
  const auto units = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(magnitude, 10 - exponent)));
  const auto biased = static_cast<std::uint32_t>(exponent - k_float16_lowest_exponent);
  return static_cast<std::uint16_t>(sign | ((biased << 10U) + units));
}

float float16_value(std::uint16_t bits) {
  const int exponent = (bits >> 10U) & 0x1fU, mantissa = bits & 0x3ffU;
  float magnitude = 0;
  if (exponent == 0x1f) {
    magnitude = mantissa == 0 ? INFINITY : NAN;
  } else {
    magnitude =
        exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24) : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  }
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

}  // namespace

std::string_view element_name(ElementType type) {
  switch (type) {
    case ElementType::float64:
      return "float64";
    case ElementType::bfloat16:
      return "bfloat16";
    case ElementType::float16:
      return "float16";
    case ElementType::float32:
      break;
  }
  return "float32";
}

std::size_t element_size(ElementType type) {
  if (type == ElementType::float64) return 8;
  return type == ElementType::float32 ? 4 : 2;
}

double unit_roundoff(ElementType type) {
  switch (type) {
    case ElementType::float64:
      return 0x1p-53;
    case ElementType::bfloat16:
      return 0x1p-8;
    case ElementType::float16:
      return 0x1p-11;
    case ElementType::float32:
      break;
  }
  return 0x1p-24;
}

double rounded_to(ElementType type, double value) {
  if (type == ElementType::float64) return value;
  if (type == ElementType::float32) return static_cast<double>(static_cast<float>(value));
  return static_cast<double>(from_half_bits(type, half_bits(type, rounded_to_odd(value))));
}

std::uint16_t half_bits(ElementType type, float value) {
  return type == ElementType::bfloat16 ? native::to_bfloat16(value).bits : float16_bits(value);
}

float from_half_bits(ElementType type, std::uint16_t bits) {
  return type == ElementType::bfloat16 ? native::to_float(native::Bfloat16{bits}) : float16_value(bits);
}

}  // namespace torchup
