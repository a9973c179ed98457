// What a host answers that knows of nothing beyond the questions every host must answer.

#include "torchup/system/host_system.hpp"

#include <fmt/format.h>

namespace torchup {

const char* soname_of(DriverLibrary library) {
  switch (library) {
    case DriverLibrary::cuda:
      return "libcuda.so.1";
    case DriverLibrary::nvml:
      return "libnvidia-ml.so.1";
    case DriverLibrary::level_zero:
      return "libze_loader.so.1";
  }
  return "";
}

Result<std::string> HostSystem::query_driver(DriverLibrary library) {
  if (library == DriverLibrary::cuda) return query_cuda_driver();
  return failure({ErrorKind::host, fmt::format("`{}` cannot be opened: this host has no answer to that", soname_of(library)), {}, {}});
}

std::optional<std::string> HostSystem::find_library(const std::string&) { return std::nullopt; }

Result<std::string> HostSystem::describe_library(const std::string& path) {
  return failure({ErrorKind::host, fmt::format("`{}` cannot be read: this host has no answer to that", path), {}, {}});
}

Result<std::vector<std::string>> HostSystem::texts_in(const std::string& path, const std::string&) {
  return failure({ErrorKind::host, fmt::format("`{}` cannot be read: this host has no answer to that", path), {}, {}});
}

}  // namespace torchup
