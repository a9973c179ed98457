#pragma once
// Made-up versions, specifiers and markers for property tests. The numbers come from std::mt19937, whose sequence the C++
// standard fixes, so that a failure comes back with its seed.

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace torchup::test {

class Dice {
 public:
  explicit Dice(unsigned seed) : m_engine(seed) {}
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(m_engine()) % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }

  template <class T>
  const T& pick(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  std::mt19937 m_engine;
};

/// A version in one of its spellings, from a space small enough that equal and neighbouring ones are frequent.
std::string made_up_version(Dice& dice);

/// One clause with a version that it may have.
std::string made_up_clause(Dice& dice);

/// A marker of up to three levels.
std::string made_up_marker(Dice& dice, int depth = 0);

}  // namespace torchup::test
