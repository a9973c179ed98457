// Is the store of verified wheels as it was when they were verified? Sizes and times are held against the manifests, which takes
// a moment; `torchup cache verify` hashes everything.
#include "torchup/doctor/doctor.hpp"
#include "torchup/system/file_descriptor.hpp"

#include "src/store/manifest_file.hpp"
#include "src/store/tree_folders.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <system_error>

namespace torchup {

extern const DoctorCheck cache_check;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_findings[] = {"cache-damaged"};
constexpr std::size_t k_most_findings = 20;
constexpr std::size_t k_most_named = 5;
constexpr time_t k_slack_seconds = 2;  // file systems round times

struct TreeState {
  std::string wheel;
  std::uint64_t files = 0, bytes = 0;
  std::vector<std::string> faults = {};
};

/// How a file of the store differs at a glance from what its manifest, written at `verified`, says; empty where it does not.
std::string fault_of(const fs::path& path, const TreeFile& file, time_t verified) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return fmt::format("`{}` is not there", file.path);
  if (!S_ISREG(status.st_mode)) return fmt::format("`{}` is no regular file", file.path);
  if (static_cast<std::uint64_t>(status.st_size) != file.size)
    return fmt::format("`{}` has {} bytes, and had {}", file.path, status.st_size, file.size);
  // Links and permissions change a file's other times; only writing to it changes this one.
  if (status.st_mtime > verified + k_slack_seconds) return fmt::format("`{}` was written to after it was verified", file.path);
  return {};
}

std::optional<TreeState> look_at_tree(const TreeFolder& folder) {
  struct stat status {};
  if (::lstat((folder.path / k_manifest_name).c_str(), &status) != 0) return std::nullopt;  // it does not count yet
  TreeState state{.wheel = folder.sha256.hex()};
  const auto text = read_whole_file(folder.path / k_manifest_name, k_most_manifest_bytes);
  const auto manifest = text ? parse_manifest(*text) : Result<ArtifactManifest>(failure(text.error()));
  if (!manifest) {
    state.faults.push_back(manifest.error().message);
    return state;
  }
  state.wheel = manifest->wheel;
  for (const TreeFile& file : manifest->files) {
    state.files += 1, state.bytes += file.size;
    if (auto fault = fault_of(folder.path / "tree" / file.path, file, status.st_mtime); !fault.empty())
      state.faults.push_back(std::move(fault));
  }
  return state;
}

CheckReport run(const DoctorInput& input) {
  const fs::path root = input.places.cache / "store";
  std::error_code error;
  if (!fs::is_directory(root, error)) return {.status = "nothing is in it yet"};
  const auto folders = tree_folders(root);
  if (!folders) return {.status = "it cannot be read: " + folders.error().message};
  CheckReport report;
  std::uint64_t wheels = 0, files = 0, bytes = 0;
  for (const TreeFolder& folder : *folders) {
    auto state = input.cancellation.requested() ? std::nullopt : look_at_tree(folder);
    if (!state) continue;
    wheels += 1, files += state->files, bytes += state->bytes;
    if (state->faults.empty() || report.findings.size() == k_most_findings) continue;
    const std::size_t more = state->faults.size() > k_most_named ? state->faults.size() - k_most_named : 0;
    std::string title = fmt::format("`{}` is damaged in the store", state->wheel);
    state->faults.resize(state->faults.size() - more);
    if (more > 0) state->faults.push_back(fmt::format("and {} more", more));
    report.findings.push_back({.id = "cache-damaged",
                               .severity = Severity::error,
                               .title = std::move(title),
                               .evidence = std::move(state->faults),
                               .remedy = {"`torchup cache verify` moves what is damaged aside; the next install brings it anew"},
                               .fix = Fix{.kind = Fix::Kind::set_tree_aside, .path = root, .sha256 = folder.sha256.hex()}});
  }
  report.status = fmt::format("{} wheels with {} files, {:.2f} GB, as they were verified, by sizes and times", wheels, files,
                              static_cast<double>(bytes) / 1e9);
  return report;
}

}  // namespace

constinit const DoctorCheck cache_check = {.name = "cache",
                                           .title = "Cache",
                                           .describes = "the wheels in the store are whole",
                                           .needs = CheckNeeds::this_machine,
                                           .findings = k_findings,
                                           .run = run};

}  // namespace torchup
