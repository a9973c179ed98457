#include "src/validate/shim/preload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <dlfcn.h>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace torchup {

namespace {

namespace fs = std::filesystem;

// cuBLAS comes after cublasLt, which it would otherwise look for by itself and find in another CUDA; the same holds for
// cuSPARSE and nvJitLink.
constexpr std::array<std::string_view, 15> k_cuda_libraries = {
    "libcublasLt.so.",   "libcublas.so.",   "libcudnn.so.", "libnvrtc.so.",        "libnvrtc-builtins.so.",
    "libcudart.so.",     "libcupti.so.",    "libcufft.so.", "libnvJitLink.so.",    "libcusparse.so.",
    "libcusparseLt.so.", "libcusolver.so.", "libnccl.so.",  "libnvshmem_host.so.", "libcufile.so."};

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) entries.push_back(entry->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// The files of the NVIDIA wheels: nvidia/<package>/lib/*.
std::vector<fs::path> nvidia_libraries(const fs::path& site_packages) {
  std::vector<fs::path> libraries;
  for (const fs::path& package : sorted_entries(site_packages / "nvidia")) {
    for (fs::path& library : sorted_entries(package / "lib")) libraries.push_back(std::move(library));
  }
  return libraries;
}

/// Best effort: what cannot be loaded here may not be needed, and is told by the loader if it is.
void load_nvidia_libraries(const fs::path& site_packages) {
  const auto libraries = nvidia_libraries(site_packages);
  for (const std::string_view wanted : k_cuda_libraries) {
    const auto found = std::find_if(libraries.begin(), libraries.end(),
                                    [&](const fs::path& path) { return path.filename().string().compare(0, wanted.size(), wanted) == 0; });
    if (found != libraries.end()) ::dlopen(found->c_str(), RTLD_NOW | RTLD_GLOBAL);
  }
}

}  // namespace

Status preload_torch_dependencies(const fs::path& library_folder, const fs::path& site_packages) {
  const fs::path dependencies = library_folder / "libtorch_global_deps.so";
  std::error_code error;
  if (!fs::exists(dependencies, error)) return {};
  const bool loaded = ::dlopen(dependencies.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
  load_nvidia_libraries(site_packages);
  if (loaded || ::dlopen(dependencies.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) return {};
  return failure({ErrorKind::validation, fmt::format("the loader refuses `libtorch_global_deps.so`: {}", ::dlerror()), {}, {}});
}

}  // namespace torchup
