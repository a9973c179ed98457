#pragma once
// Which GPUs an installed torch carries code for, read from the list that is compiled into it. No library is loaded.

#include "torchup/doctor/installed_environment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The longest run of architecture names with one blank between them: {"sm_75", "sm_80", "compute_120"} or {"gfx90a", "gfx942"}. Fewer
/// than one name, or names that are none, give nothing.
std::vector<std::string> architectures_in(std::string_view bytes);

/// The list of an installed torch as the catalog spells it: "sm_75", "PTX 12.0" for compute_120, "gfx90a". Empty where its library
/// cannot be read or holds none.
std::vector<std::string> torch_architectures(const InstalledTorch& torch);

}  // namespace torchup
