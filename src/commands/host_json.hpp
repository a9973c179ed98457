#pragma once
// A host's facts as `probe --json` and `report` print them.

#include "torchup/host/host_facts.hpp"

#include <nlohmann/json_fwd.hpp>

namespace torchup {

/// The fields of `torchup probe --json` (docs in torchup-probe(1)), evidence and failures by group included.
nlohmann::ordered_json host_json(const HostFacts& facts);

}  // namespace torchup
