// Targets that are not here: a platform and an interpreter by name, as facts that everything else takes for a host's own.

#include "torchup/resolver/target.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

Result<OperatingSystem> system_of(const TagTarget& tags) {
  if (tags.system == "linux") return OperatingSystem{.system = "Linux", .machine = tags.machine};
  if (tags.system == "windows") return OperatingSystem{.system = "Windows", .machine = tags.machine == "amd64" ? "AMD64" : "ARM64"};
  OperatingSystem macos{.system = "Darwin", .machine = tags.machine};
  TORCHUP_TRY_ASSIGN(macos.version, NumericVersion::parse(fmt::format("{}.{}", tags.libc_major, tags.libc_minor)));
  return macos;
}

}  // namespace

Result<Python> named_python(const std::string& version) {
  const bool free_threaded = version.ends_with('t');
  const auto parsed = Version::parse(free_threaded ? version.substr(0, version.size() - 1) : version);
  if (!parsed || parsed->release().size() < 2 || parsed->release().size() > 3 || parsed->release()[0] != 3) {
    return failure({ErrorKind::usage, fmt::format("`{}` is not a Python version", version), {}, {"write it as `3.12` or `3.12.4`"}});
  }
  const bool is_full = parsed->release().size() == 3;
  return Python{
      .version = is_full ? parsed->text() : parsed->text() + ".0", .implementation = "cpython", .abi_flags = free_threaded ? "t" : ""};
}

Result<HostFacts> named_host(const std::string& platform) {
  TORCHUP_TRY_ASSIGN(const TagTarget tags, parse_tag_target("3.12", platform));  // any Python does for reading the platform
  const Evidence evidence{"--platform", platform};
  HostFacts facts;
  TORCHUP_TRY_ASSIGN(OperatingSystem system, system_of(tags));
  facts.os = Fact<OperatingSystem>{std::move(system), evidence};
  if (tags.system == "linux") {
    TORCHUP_TRY_ASSIGN(auto version, NumericVersion::parse(fmt::format("{}.{}", tags.libc_major, tags.libc_minor)));
    facts.libc = Fact<Libc>{{tags.libc, std::move(version)}, evidence};
  }
  return facts;
}

}  // namespace torchup
