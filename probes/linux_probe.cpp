// Which Linux is this, in which container, on which board, under which hypervisor of Microsoft's?
#include "torchup/probes/probe.hpp"

#include "probes/shared/macos.hpp"
#include "probes/shared/text.hpp"

#include <algorithm>

namespace torchup {

extern const Probe linux_probe;

namespace {

/// os-release(5) quotes values as a shell does.
std::string unquoted(std::string text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    return text.substr(1, text.size() - 2);
  return text;
}

std::string distribution_of(HostSystem& host) {
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    if (const auto text = host.read_file(path)) return unquoted(field(fields_of(*text, '='), "PRETTY_NAME"));
  }
  return {};
}

std::string container_of(HostSystem& host) {
  if (host.exists("/var/run/secrets/kubernetes.io")) return "kubernetes";
  if (host.exists("/run/.containerenv")) return "podman";
  if (host.exists("/.dockerenv")) return "docker";
  if (const auto named = host.environment("container")) return *named;
  // With cgroups of version 1 the path of the first process names its manager.
  const auto groups = host.read_file("/proc/1/cgroup").value_or("");
  constexpr std::pair<const char*, const char*> k_managers[] = {
      {"kubepods", "kubernetes"}, {"docker", "docker"}, {"libpod", "podman"}, {"lxc", "lxc"}};
  for (const auto& [mark, manager] : k_managers) {
    if (groups.find(mark) != std::string::npos) return manager;
  }
  return {};
}

/// Which versions of control groups are mounted; systemd may mount version 2 beside 1, without controllers.
std::string control_groups_of(HostSystem& host) {
  const auto mounts = host.read_file("/proc/self/mountinfo").value_or("");
  const bool has_first = mounts.find(" - cgroup ") != std::string::npos, has_second = mounts.find(" - cgroup2 ") != std::string::npos;
  return has_first && has_second ? "hybrid" : has_first ? "v1" : has_second ? "v2" : "";
}

/// `# R36 (release), REVISION: 4.3, GCID: …`; older ones lack the blank before the bracket.
std::string board_of(HostSystem& host) {
  const auto text = host.read_file("/etc/nv_tegra_release");
  if (!text || !text->starts_with("# R")) return {};
  const auto major = text->substr(3, text->find_first_not_of("0123456789", 3) - 3);
  const auto at = text->find("REVISION:");
  if (major.empty() || at == std::string::npos) return {};
  const auto revision = trimmed(std::string_view(*text).substr(at + 9, text->find(',', at) - at - 9));
  return "Jetson L4T " + major + "." + std::string(revision);
}

void run_linux_probe(HostSystem& host, HostFacts& facts) {
  const std::string source = "/proc/sys/kernel/osrelease";
  const auto kernel = host.read_file(source);
  if (!kernel) {
    // Of another system its own probe tells.
    if (!is_macos(host)) facts.failures.push_back({source, kernel.error().message});
    return;
  }
  OperatingSystem os;
  os.system = "Linux";
  os.machine = host.machine();
  os.kernel = std::string(trimmed(*kernel));
  os.distribution = distribution_of(host);
  os.container = container_of(host);
  os.board = board_of(host);
  os.control_groups = control_groups_of(host);
  os.wsl = lower(os.kernel).find("microsoft") != std::string::npos;
  facts.os = Fact<OperatingSystem>{os, {source + ", /etc/os-release", os.kernel + "; " + os.distribution}};
}

}  // namespace

constinit const Probe linux_probe = {
    .name = "linux", .describes = "kernel, distribution, container, WSL, board", .run = run_linux_probe, .tells_target = true};

}  // namespace torchup
