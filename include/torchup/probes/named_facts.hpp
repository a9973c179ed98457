#pragma once
// The facts of a host as rows of stable names, in a stable order: what tables print, what recorded hosts are compared by.

#include "torchup/host/host_facts.hpp"

#include <string>
#include <vector>

namespace torchup {

struct NamedFact {
  std::string name;   ///< "os.system", "accelerators.0.architecture", "cpu.cores.usable": the fields of `probe --json`.
  std::string value;  ///< Numbers in decimal, yes or no as "true" and "false", what is not known as an empty text.
  Evidence evidence;
  bool operator==(const NamedFact&) const = default;
};

/// Every known fact; what was not found has no row. Groups come in the order of `HostFacts`.
std::vector<NamedFact> name_facts(const HostFacts& facts);

}  // namespace torchup
