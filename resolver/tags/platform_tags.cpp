#include "resolver/tags/platform_tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace torchup {
namespace {

// What a host says of itself can be any number; the list of tags must not grow with it.
constexpr unsigned k_highest_number = 99;
constexpr unsigned k_highest_glibc = 4;

// PEP 600 allows for glibc 3; no one knows where glibc 2 will have ended then.
constexpr unsigned k_last_glibc_2_minor = 50;

struct LegacyTag {
  unsigned minor;  // of glibc 2
  std::string_view name;
};

// PEP 600, "Legacy manylinux tags".
constexpr std::array k_legacy_tags{LegacyTag{17, "manylinux2014"}, LegacyTag{12, "manylinux2010"}, LegacyTag{5, "manylinux1"}};

// The machines that manylinux wheels are made for (PEP 599, PEP 600).
constexpr std::array<std::string_view, 10> k_manylinux_machines{"x86_64",  "aarch64", "ppc64",       "ppc64le", "s390x",
                                                                "riscv64", "i686",    "loongarch64", "armv7l",  "armv8l"};

std::string machine_of(const TagTarget& target) {
  if (target.system == "linux") return target.machine == "arm64" ? "aarch64" : target.machine == "amd64" ? "x86_64" : target.machine;
  if (target.system == "macos") return target.machine == "aarch64" ? "arm64" : target.machine == "amd64" ? "x86_64" : target.machine;
  return target.machine == "x86_64" ? "amd64" : target.machine == "aarch64" ? "arm64" : target.machine;
}

void add_manylinux(std::vector<std::string>& tags, const TagTarget& target, const std::string& machine) {
  if (std::find(k_manylinux_machines.begin(), k_manylinux_machines.end(), machine) == k_manylinux_machines.end()) return;
  const bool is_x86 = machine == "x86_64" || machine == "i686";
  const unsigned oldest_minor = is_x86 ? 5 : 17;  // of glibc 2: manylinux1 was for x86 only, the other machines began with manylinux2014
  for (unsigned major = std::min(target.libc_major, k_highest_glibc); major >= 2; --major) {
    const unsigned newest = major == target.libc_major ? std::min(target.libc_minor, k_highest_number) : k_last_glibc_2_minor;
    const unsigned oldest = major == 2 ? oldest_minor : 0;
    for (unsigned minor = newest + 1; minor-- > oldest;) {
      tags.push_back(fmt::format("manylinux_{}_{}_{}", major, minor, machine));
      if (major != 2) continue;
      for (const LegacyTag& legacy : k_legacy_tags) {
        if (legacy.minor == minor) tags.push_back(fmt::format("{}_{}", legacy.name, machine));
      }
    }
  }
}

// PEP 656.
void add_musllinux(std::vector<std::string>& tags, const TagTarget& target, const std::string& machine) {
  if (target.libc_major == 0) return;
  for (unsigned minor = std::min(target.libc_minor, k_highest_number) + 1; minor-- > 0;) {
    tags.push_back(fmt::format("musllinux_{}_{}_{}", target.libc_major, minor, machine));
  }
}

std::vector<std::string> linux_tags(const TagTarget& target) {
  const std::string machine = machine_of(target);
  std::vector<std::string> machines{machine};
  if (machine == "armv8l") machines.emplace_back("armv7l");  // a 32-bit process on a 64-bit ARM
  std::vector<std::string> tags;
  for (const std::string& one : machines) tags.push_back("linux_" + one);
  for (const std::string& one : machines) {
    target.libc == "musl" ? add_musllinux(tags, target, one) : add_manylinux(tags, target, one);
  }
  return tags;
}

void add_macos(std::vector<std::string>& tags, unsigned major, unsigned minor, const std::vector<std::string_view>& formats) {
  for (const std::string_view format : formats) tags.push_back(fmt::format("macosx_{}_{}_{}", major, minor, format));
}

// macOS 10 counts by its minor number, macOS 11 and later by its major number. An x86_64 system runs what was made for
// every macOS since 10.4; on arm64 a fat wheel may name such an old one for its x86_64 half.
std::vector<std::string> macos_tags(const TagTarget& target) {
  const bool is_x86 = machine_of(target) == "x86_64";
  if (!is_x86 && machine_of(target) != "arm64") return {};
  const std::vector<std::string_view> formats =
      is_x86 ? std::vector<std::string_view>{"x86_64", "intel", "fat64", "fat3", "universal2", "universal"}
             : std::vector<std::string_view>{"arm64", "universal2"};
  const std::vector<std::string_view> old_formats = is_x86 ? formats : std::vector<std::string_view>{"universal2"};
  constexpr unsigned k_oldest_minor = 4, k_newest_minor = 16;

  std::vector<std::string> tags;
  for (unsigned major = std::min(target.libc_major, k_highest_number); major >= 11; --major) add_macos(tags, major, 0, formats);
  if (target.libc_major < 10) return tags;
  const unsigned newest = target.libc_major == 10 ? std::min(target.libc_minor, k_newest_minor) : k_newest_minor;
  const auto& formats_of_10 = target.libc_major == 10 ? formats : old_formats;
  for (unsigned minor = newest + 1; minor-- > k_oldest_minor;) add_macos(tags, 10, minor, formats_of_10);
  return tags;
}

std::vector<std::string> windows_tags(const TagTarget& target) {
  const std::string machine = machine_of(target);
  return {machine == "x86" || machine == "i386" || machine == "i686" ? "win32" : "win_" + machine};
}

}  // namespace

std::vector<std::string> platform_tags(const TagTarget& target) {
  if (target.machine.empty()) return {};
  if (target.system == "linux") return linux_tags(target);
  if (target.system == "macos") return macos_tags(target);
  if (target.system == "windows") return windows_tags(target);
  return {};
}

}  // namespace torchup
