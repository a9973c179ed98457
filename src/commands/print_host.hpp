#pragma once
// A host's facts on one screen.

#include "torchup/host/host_facts.hpp"

#include "src/ui/table.hpp"

namespace torchup {

enum class ShowEvidence { no, yes };

/// One row a group, "none" with the reason where nothing was found; with evidence, where each fact was read.
std::string host_text(const HostFacts& facts, ShowEvidence evidence, const Terminal& terminal);

/// "Debian GNU/Linux 12 (bookworm), x86_64, glibc 2.36, 2 cores, no accelerator": one line for reports.
std::string host_line(const HostFacts& facts);

}  // namespace torchup
