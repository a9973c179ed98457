#pragma once
// The scripts that put an environment in use in a shell. They say DIR/bin and never a generation, so that a shell that is
// open during an upgrade has the new one at once.

#include <filesystem>
#include <string>
#include <vector>

namespace torchup {

struct ActivateScript {
  std::string name;  ///< "activate.fish"
  std::string text;
};

/// For sh and its kin (bash, dash, zsh), fish and csh. The prompt is taken as it is.
std::vector<ActivateScript> activate_scripts(const std::filesystem::path& root, const std::string& prompt);

}  // namespace torchup
