// Can torchup write where it has to, and is there room? The environment, the cache, its own records, the folder for temporary
// files and the shared memory that data loaders pass tensors through.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/folder_state.hpp"

#include <fmt/format.h>

#include <system_error>

namespace torchup {

extern const DoctorCheck folders_check;

namespace {

constexpr const char* k_findings[] = {
    "folder-not-writable", "folder-of-another-user", "folder-read-only", "quota-exceeded", "disk-full", "disk-low",
    "inodes-few",          "shared-memory-small"};
constexpr std::uint64_t k_environment_bytes = 6'000'000'000;  // torch with its CUDA wheels takes 5.5 GB
constexpr std::uint64_t k_cache_bytes = 6'000'000'000;
constexpr std::uint64_t k_small_bytes = 50'000'000;
constexpr std::uint64_t k_temporary_bytes = 500'000'000;
constexpr std::uint64_t k_shared_memory_bytes = 1'000'000'000;

void add_shared_memory(CheckReport& report) {
  const FolderState state = look_at_folder("the shared memory", "/dev/shm");
  if (state.nearest != state.path || state.total_bytes >= k_shared_memory_bytes) return;
  report.findings.push_back({.id = "shared-memory-small",
                             .severity = Severity::note,
                             .title = fmt::format("the shared memory has {:.0f} MB: data loaders with workers may end with a bus error",
                                                  static_cast<double>(state.total_bytes) / 1e6),
                             .evidence = {"statvfs of `/dev/shm`; containers have 64 MB of it unless they are told otherwise"},
                             .remedy = {"start the container with `--ipc=host` or `--shm-size=8g`"}});
}

CheckReport run(const DoctorInput& input) {
  CheckReport report{.status = "environment, cache, records and temporary files can be written and have room"};
  const auto look = [&](const char* purpose, const std::filesystem::path& path, std::uint64_t wanted) {
    if (path.empty()) return;
    for (DoctorFinding& finding : judge_folder(look_at_folder(purpose, path), wanted)) report.findings.push_back(std::move(finding));
  };
  // Where an environment is already, another generation shares its files with the store.
  const bool has_torch = input.environment != nullptr && input.environment->torch;
  if (input.environment != nullptr) look("the environment", input.environment->root, has_torch ? k_small_bytes : k_environment_bytes);
  look("the cache", input.places.cache, has_torch ? k_small_bytes : k_cache_bytes);
  look("the folder of records", input.places.data, k_small_bytes);
  look("the folder for temporary files", input.places.temporary, k_temporary_bytes);
  add_shared_memory(report);
  return report;
}

}  // namespace

constinit const DoctorCheck folders_check = {.name = "folders",
                                             .title = "Folders",
                                             .describes = "folders can be written, by this user, and have room and inodes",
                                             .needs = CheckNeeds::this_machine,
                                             .findings = k_findings,
                                             .run = run};

}  // namespace torchup
