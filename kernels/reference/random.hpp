#pragma once
// Numbers for kernel inputs, the same on every machine: SplitMix64. Not for anything that must be unpredictable.

#include "torchup/kernels/kernel.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace torchup::reference {

class Random {
 public:
  explicit Random(std::uint64_t seed) : m_state(seed) {}

  std::uint64_t next() {
    m_state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = m_state;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }

  /// A multiple of 2^-23 in [-1, 1), exact in float32.
  float uniform() { return static_cast<float>(static_cast<std::int32_t>(next() >> 40U) - (1 << 23)) * 0x1p-23F; }

  /// A multiple of 2^-52 in [-1, 1): of all the bits that float64 has.
  double wide_uniform() { return static_cast<double>(static_cast<std::int64_t>(next() >> 11U) - (std::int64_t{1} << 52)) * 0x1p-52; }

 private:
  std::uint64_t m_state;
};

inline std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = random.uniform();
  return values;
}

/// A tensor of numbers in [-1, 1] of that type, multiplied by a factor that is a power of two or a small whole number.
inline Tensor random_tensor(TensorSizes sizes, ElementType element, std::uint64_t seed, double factor = 1) {
  Random random(seed);
  Tensor tensor = std::move(make_tensors({std::move(sizes)}, element).front());
  const std::size_t count = element_count(tensor.sizes);
  for (std::size_t i = 0; i < count; ++i) {
    tensor.put(i, factor * (element == ElementType::float64 ? random.wide_uniform() : static_cast<double>(random.uniform())));
  }
  return tensor;
}

}  // namespace torchup::reference
