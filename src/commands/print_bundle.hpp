#pragma once
// What `bundle` says: of a bundle that will be made or was made, of one that is listed, of one that is verified.

#include "src/bundle/bundle.hpp"
#include "src/make_bundle.hpp"
#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace torchup {

/// Said before anything is written.
std::string bundle_plan_text(const PreparedBundle& prepared, const Terminal& terminal);
std::string made_bundle_text(const PreparedBundle& prepared, const MadeBundle& made, const Terminal& terminal);

/// Of a plan, and of what was made of it.
nlohmann::ordered_json bundle_json(const PreparedBundle& prepared, const MadeBundle& made);

std::string bundle_list_text(const Bundle& bundle, const Terminal& terminal);
std::string bundle_list_json(const Bundle& bundle);

std::string bundle_verification_text(const Bundle& bundle, const std::vector<DamagedMember>& damaged);
std::string bundle_verification_json(const Bundle& bundle, const std::vector<DamagedMember>& damaged);

}  // namespace torchup
