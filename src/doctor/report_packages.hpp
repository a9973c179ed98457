#pragma once
// Which of an environment's packages an issue about torch needs to know of.

#include "torchup/doctor/installed_environment.hpp"

#include <map>
#include <string>
#include <vector>

namespace torchup {

/// "torch==2.15.0", sorted; with who installed it where that was neither pip nor torchup nor uv.
std::vector<std::string> relevant_packages(const InstalledEnvironment& environment);

/// name -> version of every package that conda installed; empty where it made nothing here.
std::map<std::string, std::string> conda_packages(const std::filesystem::path& root);

/// "pytorch 2.4.0", sorted.
std::vector<std::string> relevant_conda_packages(const InstalledEnvironment& environment);

}  // namespace torchup
