#pragma once
// Releases by builds on one screen: what of torch a host can run.

#include "torchup/host/host_facts.hpp"
#include "torchup/resolver/variant.hpp"

#include "src/ui/terminal.hpp"

#include <string>

namespace torchup {

/// A row for each release, those of one minor number together where they do not differ; a column for each build that is published for
/// this host's platform, ROCm's in one. At most 80 columns wide.
std::string matrix_text(const VariantChoice& choice, const HostFacts& facts, const Terminal& terminal);

}  // namespace torchup
