#pragma once
// What a change of an environment adds, removes and replaces, for every command that makes one.

#include "torchup/install/install_plan.hpp"

#include "src/ui/table.hpp"

#include <nlohmann/json_fwd.hpp>

namespace torchup {

/// `plan` as scripts may rely on it: add[], remove[], replace[], keep.
nlohmann::ordered_json plan_json(const InstallPlan& plan);

/// A row for each package that changes.
void add_changes(Table& table, const InstallPlan& plan);

}  // namespace torchup
