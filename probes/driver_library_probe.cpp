// Which libraries of drivers and toolkits would the loader take for a program started here, and do those of drivers start?
#include "torchup/probes/probe.hpp"

#include "probes/shared/nvidia_text.hpp"
#include "probes/shared/runtime_library.hpp"

#include <fmt/format.h>

#include <array>

namespace torchup {

extern const Probe driver_library_probe;

namespace {

/// A driver's library that is asked, and the call whose answer says whether it starts.
struct Asked {
  DriverLibrary library;
  std::array<const char*, 2> first_calls;
  std::string (*explain)(std::string_view error);
};

constexpr Asked k_asked[] = {{DriverLibrary::cuda, {"cuInit", "cuInit"}, explained_cuda_error},
                             {DriverLibrary::nvml, {"nvmlInit_v2", "nvmlInit"}, explained_nvml_error},
                             {DriverLibrary::level_zero, {"zeInit", "zeInit"}, [](std::string_view error) { return std::string(error); }}};

// What torch's libraries ask the loader for, and what is found on its behalf where a wheel's own copy is missing.
constexpr const char* k_runtimes[] = {
    "libamdhip64.so.5",  "libamdhip64.so.6",   "libamdhip64.so.7",   "libcublas.so.11", "libcublas.so.12", "libcublas.so.13",
    "libcudart.so.11.0", "libcudart.so.12",    "libcudart.so.13",    "libcudnn.so.8",   "libcudnn.so.9",   "libgomp.so.1",
    "libnccl.so.2",      "libnvJitLink.so.12", "libnvJitLink.so.13", "libnvrtc.so.12",  "libnvrtc.so.13"};

void add_asked(HostSystem& host, HostFacts& facts, const Asked& asked) {
  const auto text = host.query_driver(asked.library);
  const auto answer = text ? parse_driver_answer(*text) : DriverAnswer{};
  // What the loader really took is better than what it would; but in WSL we take the library of Windows, whatever a program would.
  auto path = answer.field("library");
  if (!path.starts_with('/') || path.starts_with("/usr/lib/wsl/")) path = host.find_library(soname_of(asked.library)).value_or(path);
  if (path.empty()) return;
  auto library = describe_runtime_library(host, soname_of(asked.library), path, LibraryOf::driver);
  Evidence evidence{path, library.real_path};
  if (answer.field("init") == "0") library.result = 0;
  for (const char* const call : asked.first_calls) {
    if (library.result) break;
    library.result = answer.result_of(call);
    if (!library.result) continue;
    library.meaning = asked.explain(answer.errors.find(call)->second);
    evidence.raw += fmt::format("; {} answered {}", call, answer.errors.find(call)->second);
  }
  facts.libraries.push_back({library, evidence});
}

void run_driver_library_probe(HostSystem& host, HostFacts& facts) {
  for (const auto& asked : k_asked) add_asked(host, facts, asked);
  for (const char* const name : k_runtimes) {
    const auto path = host.find_library(name);
    if (!path) continue;
    const auto library = describe_runtime_library(host, name, *path, LibraryOf::toolkit);
    facts.libraries.push_back({library, {*path, library.real_path}});
  }
}

}  // namespace

constinit const Probe driver_library_probe = {
    .name = "driver_library", .describes = "driver and toolkit libraries as the loader finds them", .run = run_driver_library_probe};

}  // namespace torchup
