#pragma once
// The few facts of a host that decide whether what worked once works still: noted when validation finds an environment healthy,
// compared by the doctor. Pure.

#include "torchup/host/host_facts.hpp"

#include <string>
#include <utility>
#include <vector>

namespace torchup {

/// "kernel" -> "6.1.0-30-amd64", "libc" -> "glibc 2.36", "driver cuda" -> "580.95.05, CUDA 13.0", "gpu 0" -> "NVIDIA H100 (sm_90,
/// 0000:65:00.0)", ... in a stable order; what is not known has no entry.
std::vector<std::pair<std::string, std::string>> host_marks(const HostFacts& facts);

}  // namespace torchup
