#pragma once
// Which environment a command is about: --env, else the active one, else ./.venv.

#include "src/commands/application.hpp"
#include "src/commands/parser.hpp"

#include <filesystem>
#include <string>

namespace torchup {

inline constexpr OptionText k_allow_build_option{"--allow-build", "NAME",
                                                 "Build NAME from its sdist where no wheel fits, which runs its code; repeatable"};
inline constexpr OptionText k_env_option{"--env", "DIR", "The environment; else the active one, else ./.venv"};
inline constexpr OptionText k_variant_option{"--variant", "NAME", "Of a lock with several variants: this one, whatever the host has"};
inline constexpr OptionText k_python_option{"--python", "PYTHON", "The interpreter: X.Y or a path"};

/// The environment's folder, absolute and without `.` or `..`; it need not exist. VIRTUAL_ENV counts where --env is not given.
std::filesystem::path environment_root(Application& application, const std::string& env);

}  // namespace torchup
