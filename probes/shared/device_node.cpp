#include "probes/shared/device_node.hpp"

#include <fmt/format.h>

#include <cstring>

namespace torchup {

DeviceNode open_node(HostSystem& host, HostFacts& facts, const std::string& path) {
  const int problem = host.open_device(path);
  const DeviceNode node{.path = path, .problem = problem, .text = problem == 0 ? "" : std::strerror(problem)};
  facts.device_nodes.push_back({node, {"open " + path, problem == 0 ? "opened" : fmt::format("errno {}: {}", problem, node.text)}});
  return node;
}

std::string why_closed(const DeviceNode& node) {
  return node.problem == 0 ? "" : fmt::format("`{}` cannot be opened: {}", node.path, node.text);
}

}  // namespace torchup
