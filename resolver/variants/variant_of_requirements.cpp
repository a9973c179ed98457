// Which build a wheel is by what it requires: the word of the very file, which beats any table.
#include "torchup/resolver/catalog_check.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

/// The marker variables that platforms differ in; a Python that every release of today has wheels for.
MarkerEnvironment environment_of(std::string_view platform) {
  const auto dash = platform.find('-');
  const auto system = platform.substr(0, dash), machine = platform.substr(dash + 1);
  const bool is_windows = system == "windows", is_macos = system == "macos";
  MarkerEnvironment environment;
  environment.values = {{"platform_system", is_windows ? "Windows"
                                            : is_macos ? "Darwin"
                                                       : "Linux"},
                        {"sys_platform", is_windows ? "win32"
                                         : is_macos ? "darwin"
                                                    : "linux"},
                        {"os_name", is_windows ? "nt" : "posix"},
                        {"platform_machine", is_windows ? "AMD64" : std::string(machine)},
                        {"python_version", "3.12"},
                        {"python_full_version", "3.12.0"},
                        {"implementation_name", "cpython"},
                        {"platform_python_implementation", "CPython"}};
  return environment;
}

/// The first two numbers of an exact pin, "13.2" of ==13.2.2; empty where it is none.
std::string pinned_release(const Requirement& requirement) {
  for (const auto& specifier : requirement.specifiers.specifiers()) {
    if (specifier.op != SpecifierOperator::equal || !specifier.version || specifier.version->release().size() < 2) continue;
    return fmt::format("{}.{}", specifier.version->release()[0], specifier.version->release()[1]);
  }
  return {};
}

std::string without_dot(std::string text) {
  std::erase(text, '.');
  return text;
}

}  // namespace

std::string variant_of_requirements(const std::vector<Requirement>& requirements, std::string_view platform) {
  const auto environment = environment_of(platform);
  for (const auto& requirement : requirements) {
    if (requirement.marker && !requirement.marker->evaluate(environment)) continue;
    const auto& name = requirement.name.text();
    // From 2.11 on one package stands for the toolkit; before, the runtime's own version is the toolkit's.
    const bool is_toolkit = name == "cuda-toolkit" || name.starts_with("nvidia-cuda-runtime-cu") || name == "nvidia-cuda-runtime";
    if (const auto pin = pinned_release(requirement); is_toolkit && !pin.empty()) return "cu" + without_dot(pin);
    if (name == "rocm" && !pinned_release(requirement).empty()) return "rocm" + pinned_release(requirement);
    if (name.starts_with("intel-sycl-rt")) return "xpu";
  }
  return platform == "macos-arm64" ? "mps" : "cpu";
}

}  // namespace torchup
