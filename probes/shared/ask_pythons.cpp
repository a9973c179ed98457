#include "probes/shared/ask_pythons.hpp"

#include "probes/shared/python_candidates.hpp"
#include "probes/shared/real_path.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

constexpr std::chrono::seconds k_limit{10};

// Isolated and without `site`, so that nothing of the user's runs; `-B` leaves no bytecode behind. A value with a line break
// in it (a folder's name may have one) is left out rather than misread. PEP 668 names the marker's place.
constexpr const char* k_question = R"(import os, platform, sys, sysconfig
def say(key, value):
    if "\n" not in str(value): print(key + "=" + str(value))
say("version", platform.python_version())
say("implementation", sys.implementation.name)
say("abi_flags", getattr(sys, "abiflags", ""))
say("platform", sysconfig.get_platform() if sys.maxsize > 2**32 else "linux-i686")
say("prefix", sys.prefix)
say("base_prefix", sys.base_prefix)
say("stdlib", sysconfig.get_path("stdlib"))
)";

std::string kind_of(HostSystem& host, const std::string& prefix, const std::string& base_prefix, const std::string& executable) {
  // torchup's own environments reach everything through one link to a generation.
  if (host.read_link(prefix + "/current").value_or("").starts_with("generations/")) return "torchup";
  if (prefix != base_prefix) return "venv";
  if (host.exists(prefix + "/conda-meta")) return "conda";
  if (executable.find("/.pyenv/versions/") != std::string::npos) return "pyenv";
  const auto root = host.environment("PYENV_ROOT");
  return root && executable.starts_with(*root + "/versions/") ? "pyenv" : "system";
}

std::optional<Python> describe(HostSystem& host, const std::string& path, const std::string& answer) {
  const auto fields = fields_of(answer, '=');
  Python python;
  python.path = path;
  python.executable = real_path(host, path);
  python.version = field(fields, "version");
  python.implementation = field(fields, "implementation");
  python.abi_flags = field(fields, "abi_flags");
  python.multiarch = field(fields, "platform");
  python.base_prefix = field(fields, "base_prefix");
  const auto prefix = field(fields, "prefix");
  if (python.version.empty() || prefix.empty()) return std::nullopt;
  python.environment = kind_of(host, prefix, python.base_prefix, python.executable);
  // PEP 668: the marker forbids installing into the interpreter itself, not into environments made of it.
  python.externally_managed = prefix == python.base_prefix && host.exists(field(fields, "stdlib") + "/EXTERNALLY-MANAGED");
  return python;
}

}  // namespace

void ask_pythons(HostSystem& host, HostFacts& facts, const PythonSearch& search) {
  const auto candidates = search.path.empty() ? find_python_candidates(host) : std::vector{search.path};
  for (const auto& path : candidates) {
    const auto answer = host.ask({path, "-I", "-S", "-B", "-c", k_question}, k_limit);
    if (!answer || answer->exit_status != 0) {
      facts.failures.push_back(
          {path, answer ? fmt::format("exit status {}: {}", answer->exit_status, trimmed(answer->err)) : answer.error().message});
      continue;
    }
    auto python = describe(host, path, answer->out);
    if (!python) {
      facts.failures.push_back({path, "it runs, but did not say which Python it is"});
      continue;
    }
    const Evidence evidence{path + " -I -S", fmt::format("{} {}", python->implementation, python->version)};
    facts.pythons.push_back({*std::move(python), evidence});
    if (search.is_enough && search.is_enough(facts.pythons.back().value)) break;
  }
  if (facts.pythons.empty()) facts.absent.push_back({{"PATH, pyenv, the active environment", "no Python interpreter"}});
}

}  // namespace torchup
