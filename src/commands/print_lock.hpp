#pragma once
// A lock as `lock` and `install` show it, and what an existing one prefers.

#include "src/pipeline.hpp"
#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace torchup {

/// The fields of `torchup lock --json`: packages with versions, variant, index, wheels and sizes; totals; requests.
nlohmann::ordered_json lock_json(const Locked& locked);

/// Host, interpreter, variant with its reason, and one line of totals; each package with -v. Ends with a newline.
std::string lock_text(const Locked& locked, const Terminal& terminal);

/// Why this build was chosen, in one sentence: the variant's, or that of the fallback.
std::string variant_sentence(const Locked& locked);

/// The versions of an existing lock file, to be kept where they still fit. One that cannot be read is ErrorKind::lock.
Result<std::map<PackageName, Version>> preferences_of_lock(const std::filesystem::path& path);

}  // namespace torchup
