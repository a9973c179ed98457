// Which C++ runtime would the loader take, and up to which version of its symbols? Extension modules built by a newer compiler fail
// with "GLIBCXX_3.4.x not found" where it is too old.
#include "torchup/probes/probe.hpp"

#include "probes/shared/real_path.hpp"
#include "probes/shared/text.hpp"

namespace torchup {

extern const Probe cxx_runtime_probe;

namespace {

constexpr const char* k_soname = "libstdc++.so.6";

/// The highest version that a library defines under a name: "3.4.30" of GLIBCXX_3.4.30.
std::optional<NumericVersion> highest(std::string_view description, std::string_view name) {
  std::optional<NumericVersion> found;
  for (const auto line : lines_of(description)) {
    const auto mark = std::string("defines ") + std::string(name);
    if (!line.starts_with(mark)) continue;
    auto version = NumericVersion::parse(line.substr(mark.size()));
    if (version && (!found || *found < *version)) found = *std::move(version);
  }
  return found;
}

void run_cxx_runtime_probe(HostSystem& host, HostFacts& facts) {
  const auto path = host.find_library(k_soname);
  if (!path) {
    facts.cxx_runtime = Absent{{k_soname, "the loader finds none"}};
    return;
  }
  const auto description = host.describe_library(*path);
  if (!description) {
    facts.cxx_runtime = ProbeFailure{*path, description.error().message};
    return;
  }
  const CxxRuntime runtime{.path = *path,
                           .real_path = real_path(host, *path),
                           .glibcxx = highest(*description, "GLIBCXX_"),
                           .cxxabi = highest(*description, "CXXABI_")};
  facts.cxx_runtime = Fact<CxxRuntime>{runtime, {*path, runtime.glibcxx ? "GLIBCXX_" + runtime.glibcxx->text() : "no GLIBCXX versions"}};
}

}  // namespace

constinit const Probe cxx_runtime_probe = {
    .name = "cxx_runtime", .describes = "C++ runtime and the symbol versions that it has", .run = run_cxx_runtime_probe};

}  // namespace torchup
