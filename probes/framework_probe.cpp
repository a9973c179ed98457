// Which torch is installed in the active environment? Read, never run: an import would load gigabytes and may crash.
#include "torchup/probes/probe.hpp"

#include "probes/shared/text.hpp"

#include <algorithm>

namespace torchup {

extern const Probe framework_probe;

namespace {

/// The text between quotes after `NAME` and `=` at a line's begin: `cuda: Optional[str] = '13.0'`.
std::string assigned(const std::string& source, std::string_view name) {
  for (const auto line : lines_of(source)) {
    const auto equals = line.find('=');
    if (!line.starts_with(name) || equals == std::string_view::npos) continue;
    const auto value = trimmed(line.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '\'' || value.front() == '"'))
      return std::string(value.substr(1, value.find(value.front(), 1) - 1));
  }
  return {};
}

/// "cu130" of "13.0".
std::string joined(std::string text) {
  std::erase(text, '.');
  return text;
}

/// The local part of the version names the variant; a wheel of the main index has none, and then its own constants tell.
std::string variant_of(const std::string& version, const std::string& source) {
  if (const auto at = version.find('+'); at != std::string::npos) return version.substr(at + 1);
  if (const auto cuda = assigned(source, "cuda"); !cuda.empty()) return "cu" + joined(cuda);
  if (const auto hip = assigned(source, "hip"); !hip.empty()) return "rocm" + hip.substr(0, hip.find('.', hip.find('.') + 1));
  return "cpu";
}

void read_torch(HostSystem& host, HostFacts& facts, const std::string& packages) {
  const auto path = packages + "/torch/version.py";
  const auto source = host.read_file(path);
  if (!source) return;
  const auto version = assigned(*source, "__version__");
  if (version.empty()) {
    facts.failures.push_back({path, "no line `__version__ = …`"});
    return;
  }
  facts.frameworks.push_back(
      {{.name = "torch", .version = version, .variant = variant_of(version, *source), .path = packages + "/torch"}, {path, version}});
}

void run_framework_probe(HostSystem& host, HostFacts& facts) {
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    const auto prefix = host.environment(variable);
    if (!prefix) continue;
    for (const auto& name : host.list_directory(*prefix + "/lib").value_or(std::vector<std::string>{})) {
      if (name.starts_with("python3")) read_torch(host, facts, *prefix + "/lib/" + name + "/site-packages");
    }
  }
}

}  // namespace

constinit const Probe framework_probe = {
    .name = "framework", .describes = "installed torch of the active environment", .run = run_framework_probe};

}  // namespace torchup
