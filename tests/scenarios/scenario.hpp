#pragma once
// One scenario file: a universe of packages, what is asked of it, and what must come of it. README.md tells the form.

#include "tests/support/made_up_index.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace torchup::test {

struct Scenario {
  MadeUpIndex index = {};
  std::map<PackageName, std::map<Version, std::string>> chosen_files = {};  ///< What this target would install of each version.
  SolverRequest request = {};

  bool satisfiable = false;
  std::optional<std::string> pins = {};           ///< As `pins_of` writes them, without extras.
  std::optional<std::string> text = {};           ///< The explanation and its hints, or a solution's notes.
  std::map<PackageName, std::string> files = {};  ///< The wheel of a chosen package.
};

/// Reads a file; throws where it is malformed or holds a key that means nothing, which fails the test.
Scenario read_scenario(const std::filesystem::path& path);

}  // namespace torchup::test
