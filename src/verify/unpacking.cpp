#include "src/verify/unpacking.hpp"

#include "src/verify/native_form.hpp"
#include "src/verify/unpacked_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <sys/stat.h>

namespace torchup {
namespace {

constexpr std::uint64_t k_alone_from = 4ULL << 20;
constexpr std::uint64_t k_batch_bytes = 8ULL << 20;
constexpr std::size_t k_batch_files = 256;
constexpr unsigned k_folder_mode = 0755;

/// Every folder of the tree, parents before what lies in them.
std::set<std::string> folders_of(const ZipFrame& frame) {
  std::set<std::string> folders;
  for (const FramedEntry& framed : frame.entries) {
    std::string_view path = framed.entry.name;
    for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos; slash = path.rfind('/')) {
      path = path.substr(0, slash);
      if (!folders.emplace(path).second) break;  // its parents are there already
    }
  }
  return folders;
}

}  // namespace

Error wheel_error(const std::string& wheel, const BrokenRule& broken_rule) {
  const bool is_archive = is_native_archive(wheel);
  return {ErrorKind::integrity,
          fmt::format("{} `{}` breaks the rule `{}`: {}", is_archive ? "archive" : "wheel", wheel, broken_rule.rule, broken_rule.detail),
          {},
          {is_archive ? "the file is damaged, or is no archive of LibTorch; `--from-wheel` takes the libraries out of the wheel"
                      : "the file is damaged or was not built as wheels must be; choose another version, or tell its publisher"}};
}

Result<std::unique_ptr<Unpacking>> Unpacking::begin(std::shared_ptr<const ByteSource> source, const ArtifactRequest& request,
                                                    const Store& store, HashLanes& lanes) {
  TORCHUP_TRY_ASSIGN(Ruling<ZipFrame> frame, read_frame(*source));
  if (!frame) return failure(wheel_error(request.file.name, frame.error()));
  std::unique_ptr<Unpacking> unpacking(new Unpacking(store, lanes, request, std::move(source), *std::move(frame)));
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
  for (const std::string& folder : folders_of(m_frame)) {
    if (::mkdirat(m_tree.number(), folder.c_str(), k_folder_mode) != 0) {
      return failure(host_error("make the folder", m_tree.path() / folder, errno));
    }
  }
  return {};
}

void Unpacking::plan_batches() {
  const std::vector<FramedEntry>& entries = m_frame.entries;
  m_placed.resize(entries.size());
  m_files.resize(entries.size());
  Batch small;
  std::uint64_t bytes = 0;
  const auto close_batch = [&] {
    if (!small.entries.empty()) m_batches.push_back(std::exchange(small, {}));
    bytes = 0;
  };
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ZipEntry& entry = entries[i].entry;
    if (entry.size >= k_alone_from) {
      close_batch();
      m_batches.push_back({{i}, std::min(entries[i].end, entry.header_offset + k_alone_from)});
      continue;
    }
    small.entries.push_back(i);
    small.needs = entries[i].end;
    bytes += entry.size;
    if (bytes >= k_batch_bytes || small.entries.size() == k_batch_files) close_batch();
  }
  close_batch();
}

Status Unpacking::unpack(std::size_t batch, UnpackBuffers& buffers, const Cancellation& cancellation) {
  for (const std::size_t index : m_batches[batch].entries) {
    TORCHUP_TRY(cancellation.check());
    TORCHUP_TRY(unpack_file(index, buffers, cancellation));
  }
  return {};
}

Status Unpacking::unpack_file(std::size_t index, UnpackBuffers& buffers, const Cancellation& cancellation) {
  TORCHUP_TRY_ASSIGN(Ruling<PlacedEntry> placed, place_entry(*m_source, m_frame.entries[index]));
  if (!placed) return failure(wheel_error(m_request.file.name, placed.error()));
  m_placed[index] = *std::move(placed);
  const ZipEntry& entry = m_placed[index].entry;
  if (entry.is_directory()) return {};
  TORCHUP_TRY_ASSIGN(UnpackedFile file, UnpackedFile::create(m_tree, entry));
  const auto write = [&](std::span<const std::byte> bytes) -> Status {
    TORCHUP_TRY(cancellation.check());
    return file.write(bytes);
  };
  TORCHUP_TRY_ASSIGN(Ruling<TreeFile> taken, take_file(*m_source, m_placed[index], buffers, m_lanes, write));
  if (!taken) return failure(wheel_error(m_request.file.name, taken.error()));
  m_files[index] = *std::move(taken);
  return file.close();
}

Result<Ruling<void>> Unpacking::check_whole() const {
  TORCHUP_TRY_ASSIGN(const Ruling<ZipFrame> frame, read_frame(*m_source));
  if (!frame) return Ruling<void>(tl::unexpected(frame.error()));
  if (*frame != m_frame) return broken("directory-changed", "its end came by itself first, with another directory than its body has");
  if (is_native_archive(m_request.file.name)) return check_native_form(m_frame);
  TORCHUP_TRY_ASSIGN(const Ruling<OpenWheel> wheel,
                     open_wheel(m_source, {m_placed, m_frame.total_size}, m_request.name, m_request.version));
  if (!wheel) return Ruling<void>(tl::unexpected(wheel.error()));
  for (const std::optional<TreeFile>& file : m_files) {
    if (!file) continue;
    if (Ruling<void> kept = check_against_record(*wheel, *file); !kept) return kept;
  }
  return Ruling<void>();
}

Result<StagedTree> Unpacking::finish() {
  TORCHUP_TRY_ASSIGN(const Ruling<void> kept, check_whole());
  if (!kept) return failure(wheel_error(m_request.file.name, kept.error()));
  ArtifactManifest manifest{.name = m_request.name, .version = m_request.version, .wheel = m_request.file.name, .files = {}};
  for (std::optional<TreeFile>& file : m_files) {
    if (file) manifest.files.push_back(*std::move(file));
  }
  std::ranges::sort(manifest.files, {}, &TreeFile::path);
  return StagedTree{m_request.file.sha256, std::exchange(m_staging, {}), std::move(manifest)};
}

}  // namespace torchup
