#pragma once
// Commands that end a trouble, ready to be pasted. Checks of the environment share them.

#include "torchup/doctor/finding.hpp"
#include "torchup/doctor/installed_environment.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// A path as a shell takes it: quoted where it must be.
std::string shell_word(std::string_view text);

/// How to put packages, each a requirement such as `numpy==2.4.6`, into the environment with the tool that made it.
std::vector<std::string> install_remedy(const InstalledEnvironment& environment, const std::vector<std::string>& requirements);

/// How to make what is broken of the environment anew.
std::vector<std::string> remake_remedy(const InstalledEnvironment& environment, const std::vector<std::string>& requirements);

/// The same as a fix: nothing where torchup did not make the environment or has no lock of it.
std::optional<Fix> remake_fix(const InstalledEnvironment& environment);

}  // namespace torchup
