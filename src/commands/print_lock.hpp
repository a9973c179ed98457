#pragma once
// A lock as `lock` and `install` show it.

#include "src/pipeline.hpp"
#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace torchup {

/// The fields of `torchup lock --json`: packages with versions, variant, index, wheels and sizes; totals; requests.
nlohmann::ordered_json lock_json(const Locked& locked);

/// Host, interpreter, variant with its reason, and one line of totals; a row for each target where there are several. Ends
/// with a newline.
std::string lock_text(const Locked& locked, const Terminal& terminal);

/// Why this build was chosen, in one sentence: the variant's, or that of the fallback.
std::string variant_sentence(const Locked& locked);

}  // namespace torchup
