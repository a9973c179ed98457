#pragma once
// Rules for what stands in a wheel's .dist-info files: WHEEL, METADATA and entry_points.txt. Text in, verdict out.

#include "torchup/resolver/package_name.hpp"
#include "torchup/resolver/version.hpp"

#include "src/archive/broken_rule.hpp"

#include <string_view>

namespace torchup {

/// Broken: `wheel-version` where Wheel-Version is missing, doubled or not 1.x, the only form that is known (PEP 427).
Ruling<void> check_wheel_file(std::string_view text);

/// Broken: `metadata` where Name or Version is missing, doubled or not what was asked for.
Ruling<void> check_metadata(std::string_view text, const PackageName& name, const Version& version);

/// Broken: `entry-point` where a script's name could leave the scripts folder or stand in for the interpreter or an
/// activate script, or where what it runs is not `module:attribute`. Other groups are not looked at.
Ruling<void> check_entry_points(std::string_view text);

}  // namespace torchup
