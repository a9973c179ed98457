#include "probes/shared/runtime_library.hpp"

#include "probes/shared/real_path.hpp"

#include <string_view>

namespace torchup {
namespace {

std::string role_of(std::string_view path, LibraryOf owner) {
  if (path.find("/stubs/") != std::string_view::npos) return "stub";
  if (path.find("/compat/") != std::string_view::npos) return "compat";
  if (path.starts_with("/usr/lib/wsl/")) return "wsl";
  return owner == LibraryOf::driver ? "driver" : "runtime";
}

std::optional<NumericVersion> version_of(std::string_view real_path) {
  const auto at = real_path.rfind(".so.");
  if (at == std::string_view::npos) return std::nullopt;
  auto version = NumericVersion::parse(real_path.substr(at + 4));
  if (!version || version->text().find('.') == std::string::npos) return std::nullopt;
  return *std::move(version);
}

}  // namespace

RuntimeLibrary describe_runtime_library(HostSystem& host, const std::string& name, const std::string& path, LibraryOf owner) {
  RuntimeLibrary library{.name = name, .path = path};
  library.real_path = real_path(host, path);
  library.role = role_of(path, owner);
  // A link may lead into the folder that gives it away.
  if (library.role == "driver" || library.role == "runtime") library.role = role_of(library.real_path, owner);
  library.version = version_of(library.real_path);
  return library;
}

}  // namespace torchup
