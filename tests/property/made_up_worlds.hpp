#pragma once
// Small universes as plain data, simple enough to try every choice of versions, and the same ones in each run.

#include "tests/support/made_up_index.hpp"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace torchup::test {

struct Release {
  int number;
  bool usable = true, yanked = false;
  std::vector<std::string> requirements;
  std::vector<std::string> of_extra;  // of extra `x`
};

struct World {
  std::map<std::string, std::vector<Release>> packages;
  std::vector<std::string> root, constraints;
};

/// Worlds of up to five packages, a to e, with up to four versions each; some names are not there.
class Worlds {
 public:
  explicit Worlds(std::uint32_t seed) : m_random(seed) {}

  World next();

 private:
  int below(int limit) { return static_cast<int>(m_random() % static_cast<std::uint32_t>(limit)); }
  std::string specifier();
  std::string requirement(int packages);

  std::mt19937 m_random;
};

MadeUpIndex index_of(const World& world);
SolverRequest request_of(const World& world);
std::string told(const World& world);

}  // namespace torchup::test
