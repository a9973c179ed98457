#pragma once
// One scenario file: a universe of packages, what is asked of it, and what must come of it.

#include "tests/support/made_up_index.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace torchup::test {

struct Scenario {
  std::string not_run = {};    ///< Why torchup cannot be asked this: "one answer for many targets".
  bool offers_source = false;  ///< A version could be built from source, which torchup does not do.
  MadeUpIndex index = {};
  SolverRequest request = {};
  bool satisfiable = false;
  std::optional<std::string> pins = {};  ///< As `pins_of` writes them, without extras.
  std::optional<std::string> text = {};  ///< The explanation and its hints.
};

/// Reads a file; throws where it is malformed, which fails the test.
Scenario read_scenario(const std::filesystem::path& path);

}  // namespace torchup::test
