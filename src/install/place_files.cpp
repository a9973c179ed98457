#include "src/install/place_files.hpp"

#include "torchup/system/hash.hpp"

#include "src/install/checked_copies.hpp"
#include "src/install/shared_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <linux/fs.h>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_copy_buffer = 1U << 20;
constexpr std::size_t k_files_at_once = 64;  // neighbours share folders, whose locks two threads would fight for
constexpr unsigned k_most_threads = 8;

std::uint64_t bytes_of(const PlannedFile& file) {
  return file.placement.source ? file.placement.source->size : file.placement.content.size();
}

/// How files of one device come into the generation; a store may lie on another one than the next.
struct Means {
  explicit Means(LinkMode mode)
      : can_clone(mode == LinkMode::automatic || mode == LinkMode::clone),
        can_link(mode == LinkMode::automatic || mode == LinkMode::hardlink) {}
  std::atomic<bool> can_clone, can_link;
};

/// What the threads share.
struct Progress {
  LinkMode mode = LinkMode::automatic;
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> done = 0, copied = 0, cloned = 0, linked = 0;
  std::atomic<std::uint64_t> copied_files = 0, cloned_files = 0, linked_files = 0;
  std::atomic<bool> failed = false;
  std::map<std::uint64_t, Means> means;  ///< By the device of a tree; every tree's is there from the start.
  std::mutex mutex;
  std::optional<Error> error;  ///< Guarded by `mutex`.

  void fail(Error reason) {
    const std::lock_guard guard(mutex);
    if (!error) error = std::move(reason);
    failed = true;
  }
};

/// A link shares its mode with the store: it must be the one that is wanted, and must not invite writing.
bool may_be_linked(unsigned mode, bool executable) { return (mode & 0222) == 0 && ((mode & 0100) != 0) == executable; }

class Worker {
 public:
  Worker(const Folder& generation, const std::vector<OpenTree>& trees, Progress& progress)
      : m_generation(generation),
        m_trees(trees),
        m_progress(progress),
        m_copies(trees, [this](const PlannedFile& file, auto content) { return write(file.placement, content); }) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Places the files from first to last.
  Status place(std::span<const PlannedFile> files) {
    for (const PlannedFile& file : files) {
      TORCHUP_TRY(place(file));
      m_progress.done += bytes_of(file);
    }
    return m_copies.flush();
  }

 private:
  Status place(const PlannedFile& file) {
    const Placement& placement = file.placement;
    if (!placement.source) return write(placement, std::as_bytes(std::span(placement.content)));
    const OpenTree& tree = m_trees[file.wheel];
    Means& means = m_progress.means.at(tree.device());
    const bool may_clone = means.can_clone;  // asked once: another thread may find meanwhile that nothing can be cloned here
    if (!may_clone && means.can_link && is_worth_sharing(placement, m_progress.mode)) {
      TORCHUP_TRY_ASSIGN(const unsigned mode, tree.check_file(*placement.source));
      if (may_be_linked(mode, placement.executable) && link(placement, tree, means)) return {};
    }
    if (!may_clone && placement.source->size <= CheckedCopies::k_most_bytes) return m_copies.take(file);
    TORCHUP_TRY_ASSIGN(const FileDescriptor source, tree.open_file(*placement.source));
    TORCHUP_TRY_ASSIGN(FileDescriptor target, make_target(placement));
    if (may_clone && placement.source->size > 0) {
      if (clone(source, target, placement.source->size)) return finish(target, placement);
      means.can_clone = false;
      // Now it is known that nothing can be cloned here, and this file may be one that is better linked.
      TORCHUP_TRY(m_generation.remove(placement.path));
      return place(file);
    }
    TORCHUP_TRY(copy(source, target, placement, tree));
    return finish(target, placement);
  }

  Result<FileDescriptor> make_target(const Placement& placement) const {
    return m_generation.make_file(placement.path, placement.executable ? Executable::yes : Executable::no);
  }

  Status write(const Placement& placement, std::span<const std::byte> content) {
    TORCHUP_TRY_ASSIGN(FileDescriptor target, make_target(placement));
    TORCHUP_TRY(as_kind(ErrorKind::install, target.write(content)));
    m_progress.copied += content.size();
    ++m_progress.copied_files;
    return finish(target, placement);
  }

  static Status finish(FileDescriptor& target, const Placement& placement) {
    if (placement.modified) TORCHUP_TRY(as_kind(ErrorKind::install, target.set_modified(*placement.modified)));
    return as_kind(ErrorKind::install, target.close());
  }

  bool clone(const FileDescriptor& source, const FileDescriptor& target, std::uint64_t size) {
    if (::ioctl(target.number(), FICLONE, source.number()) == 0) {
      m_progress.cloned += size;
      ++m_progress.cloned_files;
      return true;
    }
    return false;
  }

  /// False where this file has to be copied instead: another mount, too many links, no right to link.
  bool link(const Placement& placement, const OpenTree& tree, Means& means) {
    if (::linkat(tree.folder().number(), placement.source->path.c_str(), m_generation.number(), placement.path.c_str(), 0) == 0) {
      m_progress.linked += placement.source->size;
      ++m_progress.linked_files;
      return true;
    }
    if (errno != EMLINK) means.can_link = false;
    return false;
  }

  /// What is copied is hashed on the way: a disk that has changed a byte, and left size and time, is found here.
  Status copy(const FileDescriptor& source, const FileDescriptor& target, const Placement& placement, const OpenTree& tree) {
    const std::uint64_t size = placement.source->size;
    Sha256Stream stream;
    m_buffer.resize(k_copy_buffer);
    for (std::uint64_t at = 0; at < size;) {
      const auto piece = std::span(m_buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(k_copy_buffer, size - at)));
      TORCHUP_TRY_ASSIGN(const std::size_t read, as_kind(ErrorKind::install, source.read_at(at, piece)));
      if (read == 0) return failure({ErrorKind::integrity, fmt::format("`{}` ended while it was copied", source.path().string()), {}, {}});
      TORCHUP_TRY(as_kind(ErrorKind::install, target.write(piece.first(read))));
      stream.update(piece.first(read));
      at += read;
    }
    TORCHUP_TRY(tree.check_digest(*placement.source, stream.finish()));
    m_progress.copied += size;
    ++m_progress.copied_files;
    return {};
  }

  const Folder& m_generation;
  const std::vector<OpenTree>& m_trees;
  Progress& m_progress;
  CheckedCopies m_copies;
  std::vector<std::byte> m_buffer;
};

/// Takes files until none is left. `after` is called between a few of them.
template <class After>
void work(Worker& worker, const std::vector<PlannedFile>& files, Progress& progress, const Cancellation& cancellation, After after) {
  while (!progress.failed) {
    const std::size_t from = progress.next.fetch_add(k_files_at_once);
    if (from >= files.size()) return;
    if (const Status going_on = cancellation.check(); !going_on) return progress.fail(going_on.error());
    const auto some = std::span(files).subspan(from, std::min(k_files_at_once, files.size() - from));
    if (const Status placed = worker.place(some); !placed) return progress.fail(placed.error());
    after();
  }
}

}  // namespace

bool is_shared(const PlannedFile& file, const OpenTree& tree, std::uint64_t device, LinkMode mode) {
  return file.placement.source && tree.device() == device && Means(mode).can_link && is_worth_sharing(file.placement, mode);
}

Result<StageTotals> place_files(const Folder& generation, const std::vector<OpenTree>& trees, const std::vector<PlannedFile>& files,
                                LinkMode mode, Diagnostics& diagnostics, const Cancellation& cancellation) {
  Progress progress;
  progress.mode = mode;
  for (const OpenTree& tree : trees) progress.means.try_emplace(tree.device(), mode);
  std::uint64_t total = 0;
  for (const PlannedFile& file : files) total += bytes_of(file);
  const auto report = [&] { diagnostics.progress("install", progress.done, total); };
  {
    const std::size_t useful = 1 + files.size() / k_files_at_once;
    const std::size_t threads = std::min<std::size_t>({useful, k_most_threads, std::max(1U, std::thread::hardware_concurrency())});
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) {
      others.emplace_back([&] {
        Worker worker(generation, trees, progress);
        work(worker, files, progress, cancellation, [] {});
      });
    }
    Worker worker(generation, trees, progress);
    work(worker, files, progress, cancellation, report);  // only this thread speaks
  }
  if (progress.error) return failure(*std::move(progress.error));
  report();
  return StageTotals{files.size(),
                     progress.copied,
                     progress.cloned,
                     progress.linked,
                     {.linked = progress.linked_files, .cloned = progress.cloned_files, .copied = progress.copied_files}};
}

}  // namespace torchup
