#include "torchup/resolver/target.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

std::string joined_pythons(const HostFacts& facts) {
  std::string text;
  for (const auto& fact : facts.pythons) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", fact.value.version, fact.value.path);
  return text.empty() ? "none" : text;
}

/// Whether "3.12" or "3.12.4" names this version: equal as far as it is written.
bool matches(std::string_view version, std::string_view wish) {
  return version.starts_with(wish) &&
         (version.size() == wish.size() || version[wish.size()] == '.' || !std::isdigit(static_cast<unsigned char>(version[wish.size()])));
}

bool is_path(std::string_view wish) { return wish.find('/') != std::string_view::npos; }

/// "Linux" -> "linux" as sys.platform and platform tags have it.
std::string sys_platform(std::string_view system) {
  if (system == "Linux") return "linux";
  return system == "Darwin" ? "darwin" : "win32";
}

TagTarget tag_target(const OperatingSystem& os, const Libc* libc, const Python& python, const Version& version) {
  TagTarget tags;
  tags.implementation = python.implementation;
  tags.python_major = static_cast<unsigned>(version.release()[0]);
  tags.python_minor = version.release().size() > 1 ? static_cast<unsigned>(version.release()[1]) : 0;
  tags.free_threaded = python.abi_flags.find('t') != std::string::npos;
  tags.system = os.system == "Linux" ? "linux" : os.system == "Darwin" ? "macos" : "windows";
  tags.machine = os.machine == "AMD64" ? "amd64" : os.machine == "ARM64" ? "arm64" : os.machine;  // Windows says it in capitals
  const NumericVersion* floor = libc ? &libc->version : os.version ? &*os.version : nullptr;
  if (libc) tags.libc = libc->family;
  if (floor) {
    if (const auto places = Version::parse(floor->text())) {
      tags.libc_major = static_cast<unsigned>(places->release()[0]);
      tags.libc_minor = places->release().size() > 1 ? static_cast<unsigned>(places->release()[1]) : 0;
    }
  }
  return tags;
}

}  // namespace

bool is_wished(const Python& python, const std::string& wish) {
  if (python.implementation != "cpython") return false;
  if (wish.empty()) return true;
  return is_path(wish) ? python.path == wish || python.executable == wish : matches(python.version, wish);
}

Result<Python> choose_python(const HostFacts& facts, const std::string& wish) {
  for (const auto& fact : facts.pythons) {
    if (is_wished(fact.value, wish)) return fact.value;
  }
  Error error{ErrorKind::host,
              "no CPython was found on this host",
              {},
              {"install one, such as Debian's package python3, or name one with --python PATH"}};
  if (is_path(wish)) {
    const bool said_why = facts.pythons.empty() && !facts.failures.empty() && facts.failures.back().source == wish;
    error.message = fmt::format("`{}` is no CPython that runs{}", wish, said_why ? ": " + facts.failures.back().reason : "");
    error.hints = {"`torchup probe` shows the interpreters that are found by themselves"};
  } else if (!wish.empty()) {
    error.message = fmt::format("no CPython `{}` was found on this host; found: {}", wish, joined_pythons(facts));
  }
  return failure(std::move(error));
}

Result<Target> make_target(const HostFacts& facts, const Python& python) {
  const auto* os = value_of(facts.os);
  if (os == nullptr)
    return failure(
        {ErrorKind::host, "the operating system of the host is not known", {}, {"`torchup probe -v` shows what could not be read"}});
  const auto* libc = value_of(facts.libc);
  if (os->system == "Linux" && libc == nullptr) {
    return failure({ErrorKind::host, "the C library of the host is not known", {}, {"`torchup probe -v` shows what could not be read"}});
  }
  TORCHUP_TRY_ASSIGN(const Version version,
                     with_context(Version::parse(python.version), fmt::format("while reading the version of `{}`", python.path)));
  const auto& release = version.release();
  const std::string minor = fmt::format("{}.{}", release[0], release.size() > 1 ? release[1] : 0);
  Target target{.python = python, .python_version = version, .markers = {}, .tags = tag_target(*os, libc, python, version), .platform = {}};
  target.platform = fmt::format("{}-{}", target.tags.system, target.tags.machine == "amd64" ? "x86_64" : target.tags.machine);
  target.markers.values = {
      {"implementation_name", python.implementation},
      {"implementation_version", version.text()},
      {"os_name", os->system == "Windows" ? "nt" : "posix"},
      {"platform_machine", os->machine},
      {"platform_python_implementation", python.implementation == "cpython" ? "CPython" : "PyPy"},
      {"platform_release", os->kernel},
      {"platform_system", os->system},
      {"platform_version", ""},  // not read: no package that we know of depends on the kernel's build string
      {"python_full_version", version.text()},
      {"python_version", minor},
      {"sys_platform", sys_platform(os->system)},
  };
  return target;
}

Result<Marker> environment_marker(const MarkerEnvironment& environment) {
  const auto value = [&](const char* name) -> const std::string& { return environment.values.at(name); };
  return Marker::parse(fmt::format(
      R"(sys_platform == "{}" and platform_machine == "{}" and platform_python_implementation == "{}" and python_version == "{}")",
      value("sys_platform"), value("platform_machine"), value("platform_python_implementation"), value("python_version")));
}

}  // namespace torchup
