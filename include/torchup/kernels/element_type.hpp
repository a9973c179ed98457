#pragma once
// The number types in which a kernel's case holds its tensors. Used by the kernel descriptions, which make and judge values of
// them, and by devices, which hand them over in a framework's own layout.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace torchup {

enum class ElementType : std::uint8_t { float32, float64, bfloat16, float16 };

/// "float32"
std::string_view element_name(ElementType type);

/// In bytes.
std::size_t element_size(ElementType type);

/// Half the distance from 1 to the next larger number: 2^-24, 2^-53, 2^-8, 2^-11.
double unit_roundoff(ElementType type);

/// The nearest number of the type, ties to even; beyond its range infinity. What is no number stays none.
double rounded_to(ElementType type, double value);

/// The 16 bits of a number of bfloat16 or float16, rounded as above.
std::uint16_t half_bits(ElementType type, float value);

/// The number that 16 bits mean in bfloat16 or float16, which float32 holds exactly.
float from_half_bits(ElementType type, std::uint16_t bits);

}  // namespace torchup
