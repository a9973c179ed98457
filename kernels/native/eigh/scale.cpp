#include "kernels/native/eigh/scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace torchup::native {

float power_of_two_scale(const float* matrix, std::size_t n) {
  float largest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const float value = std::abs(matrix[i * n + j]);
      if (!(value <= std::numeric_limits<float>::max())) return std::numeric_limits<float>::quiet_NaN();
      largest = std::max(largest, value);
    }
  }
  return largest == 0 ? 1 : std::ldexp(1.0F, std::clamp(std::ilogb(largest), -126, 126));
}

}  // namespace torchup::native
