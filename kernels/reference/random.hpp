#pragma once
// Numbers for kernel inputs, the same on every machine: SplitMix64. Not for anything that must be unpredictable.

#include <cstdint>
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

 private:
  std::uint64_t m_state;
};

inline std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = random.uniform();
  return values;
}

}  // namespace torchup::reference
