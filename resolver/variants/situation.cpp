#include "resolver/variants/situation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace torchup {
namespace {

std::string platform_of(const OperatingSystem& os) {
  const std::string machine = os.machine == "AMD64" ? "x86_64" : os.machine == "ARM64" ? "arm64" : os.machine;
  const std::string system = os.system == "Darwin"    ? "macos"
                             : os.system == "Windows" ? "windows"
                             : os.system == "Linux"   ? "linux"
                                                      : os.system;
  if (system == "linux" && machine == "arm64") return "linux-aarch64";
  return system + "-" + machine;
}

/// "cp311" of "3.11", "3.11.7" and "3.11.0rc1"; "cp314t" of "3.14t".
std::optional<std::string> python_tag(std::string_view version) {
  const auto digits = [&](std::size_t from) { return version.substr(from, version.find_first_not_of("0123456789", from) - from); };
  const auto major = digits(0);
  if (major.empty() || major.size() >= version.size() || version[major.size()] != '.') return std::nullopt;
  const auto minor = digits(major.size() + 1);
  if (minor.empty()) return std::nullopt;
  return fmt::format("cp{}{}{}", major, minor, version.ends_with('t') ? "t" : "");
}

}  // namespace

std::vector<const Fact<Accelerator>*> Situation::usable(std::string_view kind) const {
  std::vector<const Fact<Accelerator>*> found;
  for (const auto& accelerator : facts.accelerators) {
    if (accelerator.value.kind == kind && accelerator.value.unusable.empty()) found.push_back(&accelerator);
  }
  return found;
}

bool Situation::has_usable_accelerator() const {
  return std::any_of(facts.accelerators.begin(), facts.accelerators.end(),
                     [](const auto& accelerator) { return accelerator.value.unusable.empty(); });
}

const Fact<DriverStack>* Situation::driver(std::string_view kind) const {
  const auto at = std::find_if(facts.drivers.begin(), facts.drivers.end(), [&](const auto& driver) { return driver.value.kind == kind; });
  return at == facts.drivers.end() ? nullptr : &*at;
}

std::string evidence_text(const Evidence& evidence) {
  return evidence.raw.empty() ? evidence.source : evidence.source + ": " + evidence.raw;
}

Result<Situation> make_situation(const HostFacts& facts, const VariantCatalog::Data& catalog, const VariantWish& wish) {
  const auto* const os = value_of(facts.os);
  if (os == nullptr)
    return failure(
        {ErrorKind::host, "the operating system of this host is not known", {}, {"see `torchup probe` for what could not be read"}});
  Situation situation{
      .facts = facts, .catalog = catalog, .platform = platform_of(*os), .python = {}, .python_evidence = {}, .companions = wish.companions};
  if (wish.python) {
    situation.python = python_tag(*wish.python);
    situation.python_evidence = "the wished Python " + *wish.python;
    if (!situation.python)
      return failure({ErrorKind::usage, fmt::format("`{}` is not a Python version", *wish.python), {}, {"write it as `3.12`"}});
  } else if (!facts.pythons.empty()) {
    const auto& python = facts.pythons.front();
    situation.python = python_tag(python.value.version + (python.value.abi_flags.find('t') != std::string::npos ? "t" : ""));
    situation.python_evidence = evidence_text(python.evidence);
  }
  return situation;
}

}  // namespace torchup
