#include "probes/shared/cgroup.hpp"

#include "probes/shared/text.hpp"

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_most_levels = 64;

struct Mount {
  std::string root, point;
};

bool names(std::string_view list, std::string_view controller) {
  const auto pieces = split(list, ',');
  return std::find(pieces.begin(), pieces.end(), controller) != pieces.end();
}

/// A line of mountinfo: `36 35 98:0 ROOT POINT OPTIONS … - TYPE SOURCE SUPER-OPTIONS` (proc(5)).
std::optional<Mount> find_mount(const std::string& mountinfo, std::string_view type, std::string_view controller) {
  for (const auto line : lines_of(mountinfo)) {
    const auto dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto before = split(line.substr(0, dash), ' '), after = split(line.substr(dash + 3), ' ');
    if (before.size() < 5 || after.size() < 3 || after[0] != type) continue;
    if (type == "cgroup2" || names(after[2], controller)) return Mount{std::string(before[3]), std::string(before[4])};
  }
  return std::nullopt;
}

/// The group's path below its mount, from `/proc/self/cgroup` (`4:memory:/path`, `0::/path`); nothing where it is not listed.
std::optional<std::string> find_group(const std::string& groups, bool unified, std::string_view controller) {
  for (const auto line : lines_of(groups)) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    if (unified ? line.starts_with("0::") : names(controllers, controller)) return std::string(line.substr(second + 1));
  }
  return std::nullopt;
}

std::vector<std::string> way_up(const Mount& mount, std::string group) {
  // A container without a namespace of its own sees the host's path, but only its own part of it mounted.
  if (mount.root != "/" && group.starts_with(mount.root)) group.erase(0, mount.root.size());
  // `/../..`: the group lies outside of what is mounted.
  if (group.find("..") != std::string::npos) group.clear();
  std::vector<std::string> directories;
  while (directories.size() < k_most_levels && !group.empty() && group != "/") {
    directories.push_back(mount.point + group);
    group.erase(group.rfind('/'));
  }
  directories.push_back(mount.point);
  return directories;
}

struct Limit {
  double amount;
  Evidence evidence;
};

/// The lowest of what `read` finds in the directories.
template <class Read>
std::optional<Limit> lowest(const CgroupPlace& place, Read read) {
  std::optional<Limit> least;
  for (const auto& directory : place.directories) {
    const std::optional<Limit> limit = read(directory);
    if (limit && (!least || limit->amount < least->amount)) least = limit;
  }
  return least;
}

std::optional<Limit> limit_in(HostSystem& host, const std::string& path) {
  const auto text = host.read_file(path);
  const auto amount = text ? number_in(trimmed(*text)) : std::nullopt;
  if (!amount) return std::nullopt;  // "max", or -1
  return Limit{static_cast<double>(*amount), {path, std::string(trimmed(*text))}};
}

/// `cpu.max`: "200000 100000" or "max 100000".
std::optional<Limit> quota_of_unified(HostSystem& host, const std::string& directory) {
  const auto path = directory + "/cpu.max";
  const auto text = host.read_file(path);
  if (!text) return std::nullopt;
  const auto pieces = split(trimmed(*text), ' ');
  const auto quota = number_in(pieces[0]), period = pieces.size() > 1 ? number_in(pieces[1]) : std::nullopt;
  if (!quota || !period || *period == 0) return std::nullopt;
  return Limit{static_cast<double>(*quota) / static_cast<double>(*period), {path, std::string(trimmed(*text))}};
}

std::optional<Limit> quota_of_version_1(HostSystem& host, const std::string& directory) {
  const auto quota = limit_in(host, directory + "/cpu.cfs_quota_us");
  const auto period = quota ? limit_in(host, directory + "/cpu.cfs_period_us") : std::nullopt;
  if (!period || period->amount <= 0) return std::nullopt;
  return Limit{quota->amount / period->amount, {quota->evidence.source, quota->evidence.raw + " of " + period->evidence.raw}};
}

}  // namespace

std::optional<CgroupPlace> find_cgroup(HostSystem& host, const std::string& controller) {
  const auto mountinfo = host.read_file("/proc/self/mountinfo"), groups = host.read_file("/proc/self/cgroup");
  if (!mountinfo || !groups) return std::nullopt;
  for (const bool unified : {false, true}) {
    const auto mount = find_mount(*mountinfo, unified ? "cgroup2" : "cgroup", controller);
    const auto group = find_group(*groups, unified, controller);
    if (mount && group) return CgroupPlace{unified, way_up(*mount, *group)};
  }
  return std::nullopt;
}

std::optional<Fact<std::uint64_t>> cgroup_memory_limit(HostSystem& host) {
  const auto place = find_cgroup(host, "memory");
  if (!place) return std::nullopt;
  const char* const name = place->unified ? "/memory.max" : "/memory.limit_in_bytes";
  const auto least = lowest(*place, [&](const std::string& directory) { return limit_in(host, directory + name); });
  if (!least) return std::nullopt;
  return Fact<std::uint64_t>{*number_in(least->evidence.raw), least->evidence};
}

std::optional<Fact<double>> cgroup_cpu_quota(HostSystem& host) {
  const auto place = find_cgroup(host, "cpu");
  if (!place) return std::nullopt;
  const auto least = lowest(*place, [&](const std::string& directory) {
    return place->unified ? quota_of_unified(host, directory) : quota_of_version_1(host, directory);
  });
  if (!least) return std::nullopt;
  return Fact<double>{least->amount, least->evidence};
}

}  // namespace torchup
