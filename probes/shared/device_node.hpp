#pragma once
// Opening device nodes: errno tells a node that is missing from one that a control group or its mode refuses.

#include "torchup/host/host_facts.hpp"
#include "torchup/system/host_system.hpp"

#include <string>

namespace torchup {

/// Opens a node, adds what that answered to the facts, and gives it.
DeviceNode open_node(HostSystem& host, HostFacts& facts, const std::string& path);

/// "`/dev/kfd` cannot be opened: Permission denied"; empty where it opened.
std::string why_closed(const DeviceNode& node);

}  // namespace torchup
