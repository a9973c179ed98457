#pragma once
// Which environment a command is about: --env, else the active one, else ./.venv.

#include "src/commands/application.hpp"

#include <filesystem>
#include <string>

namespace torchup {

/// The environment's folder, absolute and without `.` or `..`; it need not exist. VIRTUAL_ENV counts where --env is not given.
std::filesystem::path environment_root(Application& application, const std::string& env);

}  // namespace torchup
