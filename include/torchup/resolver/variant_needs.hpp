#pragma once
// What a locked variant needs of a machine: written into the lock for programs that do not have this catalog, or an older one, and
// read back where the lock is installed. pylock.toml has no word for it, so that it stands under `tool` and changes nothing.

#include "torchup/core/numeric_version.hpp"
#include "torchup/host/host_facts.hpp"
#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/variant.hpp"

#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// What the catalog tells of a build of torch on a platform ("linux-x86_64"); nothing of builds that need no accelerator and of
/// those that it does not know.
std::optional<VariantNeeds> variant_needs(const VariantCatalog& catalog, const std::string& release, const std::string& variant,
                                          const std::string& platform);

/// "cu130 on linux-x86_64: CUDA 13.0, from driver 580.65.06 on (580.00 for precompiled code); sm_75, sm_80, PTX 12.0".
std::string needs_text(const VariantNeeds& needs);

/// What of it this machine's GPUs and driver do not meet, one sentence each. A machine without such a GPU lacks nothing: it
/// computes on its processor.
std::vector<std::string> unmet_needs(const VariantNeeds& needs, const HostFacts& facts);

}  // namespace torchup
