#include "src/verify/unpacking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>

namespace torchup {
namespace {

constexpr std::uint64_t k_alone_from = 4ULL << 20;
constexpr std::uint64_t k_batch_bytes = 8ULL << 20;
constexpr std::size_t k_batch_files = 256;
constexpr unsigned k_folder_mode = 0755;

/// Every folder of the tree, parents before what lies in them.
std::set<std::string> folders_of(const ZipLayout& layout) {
  std::set<std::string> folders;
  for (const PlacedEntry& placed : layout.entries) {
    std::string_view path = placed.entry.name;
    for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos; slash = path.rfind('/')) {
      path = path.substr(0, slash);
      if (!folders.emplace(path).second) break;  // its parents are there already
    }
  }
  return folders;
}

}  // namespace

Error wheel_error(const std::string& wheel, const BrokenRule& broken_rule) {
  return {ErrorKind::integrity,
          fmt::format("wheel `{}` breaks the rule `{}`: {}", wheel, broken_rule.rule, broken_rule.detail),
          {},
          {"the file is damaged or was not built as wheels must be; choose another version, or tell its publisher"}};
}

Result<std::unique_ptr<Unpacking>> Unpacking::begin(const std::filesystem::path& wheel_file, const ArtifactRequest& request,
                                                    const Store& store) {
  TORCHUP_TRY_ASSIGN(Ruling<OpenWheel> wheel, open_wheel(wheel_file, request.name, request.version));
  if (!wheel) return failure(wheel_error(request.file.name, wheel.error()));
  std::unique_ptr<Unpacking> unpacking(new Unpacking(store, request, *std::move(wheel)));
  TORCHUP_TRY(unpacking->make_folders());
  unpacking->plan_batches();
  return unpacking;
}

Unpacking::~Unpacking() {
  if (!m_staging.empty()) m_store.discard(m_staging);
}

Status Unpacking::make_folders() {
  TORCHUP_TRY_ASSIGN(m_staging, m_store.stage(m_request.file.sha256));
  TORCHUP_TRY_ASSIGN(m_tree, FileDescriptor::open_directory(m_staging / "tree"));
  for (const std::string& folder : folders_of(m_wheel.layout)) {
    if (::mkdirat(m_tree.number(), folder.c_str(), k_folder_mode) != 0) {
      return failure(host_error("make the folder", m_tree.path() / folder, errno));
    }
  }
  return {};
}

void Unpacking::plan_batches() {
  const std::vector<PlacedEntry>& entries = m_wheel.layout.entries;
  m_files.resize(entries.size());
  std::vector<std::size_t> small;
  std::uint64_t bytes = 0;
  const auto close_batch = [&] {
    if (!small.empty()) m_batches.push_back(std::exchange(small, {}));
    bytes = 0;
  };
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].entry.is_directory()) continue;
    if (entries[i].entry.size >= k_alone_from) {
      m_batches.push_back({i});
      continue;
    }
    small.push_back(i);
    bytes += entries[i].entry.size;
    if (bytes >= k_batch_bytes || small.size() == k_batch_files) close_batch();
  }
  close_batch();
  // The longest first, or one thread would still inflate it when all others are done.
  std::ranges::stable_sort(m_batches, std::greater<>(), [&](const auto& batch) { return entries[batch.front()].entry.size; });
}

Status Unpacking::unpack(std::size_t batch, ContentBuffers& buffers, const Cancellation& cancellation) {
  for (const std::size_t index : m_batches[batch]) {
    TORCHUP_TRY(cancellation.check());
    TORCHUP_TRY(unpack_file(index, buffers, cancellation));
  }
  return {};
}

Status Unpacking::unpack_file(std::size_t index, ContentBuffers& buffers, const Cancellation& cancellation) {
  const PlacedEntry& placed = m_wheel.layout.entries[index];
  const unsigned mode = placed.entry.is_executable() ? 0555 : 0444;
  TORCHUP_TRY_ASSIGN(FileDescriptor file, m_tree.open_below(placed.entry.name, O_WRONLY | O_CREAT | O_EXCL, mode));
  const auto write = [&](std::span<const std::byte> bytes) -> Status {
    TORCHUP_TRY(cancellation.check());
    return file.write(bytes);
  };
  TORCHUP_TRY_ASSIGN(Ruling<TreeFile> taken, take_file(m_wheel, placed, buffers, write));
  if (!taken) return failure(wheel_error(m_request.file.name, taken.error()));
  TORCHUP_TRY(file.set_mode(mode));  // the umask may have narrowed it, and the tree is for every user of the store
  if (placed.entry.size >= k_alone_from) file.start_writeback();
  TORCHUP_TRY(file.close());
  m_files[index] = *std::move(taken);
  return {};
}

StagedTree Unpacking::finish() {
  ArtifactManifest manifest{.name = m_request.name, .version = m_request.version, .wheel = m_request.file.name, .files = {}};
  for (std::optional<TreeFile>& file : m_files) {
    if (file) manifest.files.push_back(*std::move(file));
  }
  std::ranges::sort(manifest.files, {}, &TreeFile::path);
  return {m_request.file.sha256, std::exchange(m_staging, {}), std::move(manifest)};
}

}  // namespace torchup
