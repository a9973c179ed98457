#include "src/verify/verify_artifact.hpp"

#include "torchup/resolver/wheel_name.hpp"
#include "torchup/system/hash.hpp"

#include "src/verify/unpacking.hpp"

#include <fmt/format.h>

#include <atomic>
#include <fcntl.h>
#include <mutex>
#include <thread>

namespace torchup {
namespace {

/// Runs every batch on the threads; the first failure ends all.
Status unpack_all(Unpacking& unpacking, unsigned threads, const Cancellation& cancellation) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  Status outcome;
  const auto work = [&] {
    UnpackBuffers buffers;
    for (std::size_t batch = next++; batch < unpacking.batches(); batch = next++) {
      Status status = unpacking.unpack(batch, buffers, cancellation);
      if (status) continue;
      const std::lock_guard lock(mutex);
      if (outcome) outcome = std::move(status);
      next = unpacking.batches();
    }
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();  // joins
  return outcome;
}

}  // namespace

Status check_wheel_digest(const std::filesystem::path& wheel_file, const ArtifactRequest& request) {
  const LockedFile& locked = request.file;
  TORCHUP_TRY_ASSIGN(const FileDescriptor file, FileDescriptor::open(wheel_file, O_RDONLY));
  TORCHUP_TRY_ASSIGN(const std::uint64_t size, file.size());
  if (locked.size && *locked.size != size) {
    return failure(
        {ErrorKind::integrity, fmt::format("wheel `{}` has {} bytes, and the lock says {}", locked.name, size, *locked.size), {}, {}});
  }
  TORCHUP_TRY_ASSIGN(const Sha256 actual, sha256_file(wheel_file));
  if (actual != locked.sha256) {
    return failure(
        {ErrorKind::integrity,
         fmt::format("wheel `{}` does not match the lock: sha256 is `{}`, expected `{}`", locked.name, actual.hex(), locked.sha256.hex()),
         {},
         {}});
  }
  return {};
}

Result<VerifiedArtifact> verify_artifact(const std::filesystem::path& wheel_file, const ArtifactRequest& request, const Store& store,
                                         unsigned threads, const Cancellation& cancellation) {
  TORCHUP_TRY(check_wheel_digest(wheel_file, request));
  TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(wheel_file, O_RDONLY));
  auto source = std::make_shared<const FileDescriptor>(std::move(file));
  HashLanes lanes(threads);
  TORCHUP_TRY_ASSIGN(const std::unique_ptr<Unpacking> unpacking, Unpacking::begin(std::move(source), request, store, lanes));
  TORCHUP_TRY(unpack_all(*unpacking, threads, cancellation));
  TORCHUP_TRY_ASSIGN(const StagedTree tree, unpacking->finish());
  auto published = store.publish(tree.sha256, tree.staging, tree.manifest);
  if (!published) store.discard(tree.staging);
  return published;
}

Result<std::optional<BrokenRule>> check_wheel(const std::filesystem::path& path) {
  const std::string file_name = path.filename().string();
  const auto name = WheelName::parse(file_name);
  if (!name) return BrokenRule{"wheel-name", name.error().message};
  TORCHUP_TRY_ASSIGN(Ruling<OpenWheel> wheel, open_wheel(path, name->name, name->version));
  if (!wheel) return std::move(wheel).error();
  UnpackBuffers buffers;
  HashLanes lanes(1);
  for (const PlacedEntry& placed : wheel->layout.entries) {
    TORCHUP_TRY_ASSIGN(Ruling<TreeFile> file, take_file(*wheel->source, placed, buffers, lanes, [](auto) -> Status { return {}; }));
    if (!file) return std::move(file).error();
    if (auto kept = check_against_record(*wheel, *file); !kept) return std::move(kept).error();
  }
  return std::nullopt;
}

}  // namespace torchup
