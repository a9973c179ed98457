// How much room is there where environments, caches and temporary files lie?
#include "torchup/probes/probe.hpp"

#include <fmt/format.h>

namespace torchup {

extern const Probe disk_probe;

namespace {

void run_disk_probe(HostSystem& host, HostFacts& facts) {
  std::vector<std::string> paths = {host.environment("HOME").value_or("/")};
  for (const char* path : {".", "/tmp"}) paths.emplace_back(path);
  for (const auto& path : paths) {
    const auto space = host.disk_space(path);
    if (!space) {
      facts.failures.push_back({path, space.error().message});
      continue;
    }
    const Disk disk{.path = path, .free_bytes = space->free_bytes, .free_inodes = space->free_inodes};
    facts.disks.push_back(
        {disk, {fmt::format("statvfs {}", path), fmt::format("{} of {} bytes free", space->free_bytes, space->total_bytes)}});
  }
}

}  // namespace

constinit const Probe disk_probe = {.name = "disk", .describes = "free space and inodes", .run = run_disk_probe};

}  // namespace torchup
