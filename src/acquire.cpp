#include "src/acquire.hpp"

#include "src/ui/quantities.hpp"
#include "src/verify/unpacking.hpp"
#include "src/worker_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

namespace torchup {
namespace {

using std::chrono::milliseconds;

using Steady = std::chrono::steady_clock;

constexpr milliseconds k_turn{50};

/// Trees are at most about twice as big as their wheels: 5.6 GB out of 3.0 for torch. The wheel is gone before the next.
constexpr std::uint64_t k_unpacked_ratio = 2;

/// The wheels that are being unpacked, on a pool. Each file's batches go on side by side with those of other wheels.
class UnpackStage {
 public:
  UnpackStage(const Store& store, unsigned workers, const Cancellation& cancellation)
      : m_store(store), m_cancellation(cancellation), m_pool(workers) {}

  /// Takes a whole wheel's file; removed as soon as its tree is complete. Called on one thread.
  void take(const ArtifactRequest& request, FetchedWheel wheel) {
    auto job = std::make_shared<Job>();
    job->request = &request;
    job->wheel = std::move(wheel);
    m_pool.submit([this, job] { begin(job); });
  }

  /// The first failure so far.
  Status status() const {
    const std::lock_guard lock(m_mutex);
    return m_status;
  }

  /// Waits for all that was taken, or for the first failure.
  Status wait() {
    while (!m_pool.wait(k_turn)) {
      TORCHUP_TRY(m_cancellation.check());
      TORCHUP_TRY(status());
    }
    return status();
  }

  /// Drops what has not begun, waits for what has, and gives the complete trees. Nothing may be taken after that.
  std::vector<StagedTree> end() {
    m_pool.stop();
    return std::exchange(m_trees, {});
  }

 private:
  struct Job {
    const ArtifactRequest* request = nullptr;
    FetchedWheel wheel;
    std::unique_ptr<Unpacking> unpacking;
    std::atomic<std::size_t> batches_left = 0;
  };

  void begin(const std::shared_ptr<Job>& job) {
    if (has_failed()) return;
    auto unpacking = Unpacking::begin(job->wheel.path, *job->request, m_store);
    if (!unpacking) {
      drop_damaged(*job, unpacking.error());
      return fail(std::move(unpacking).error());
    }
    job->unpacking = *std::move(unpacking);
    job->batches_left = job->unpacking->batches();
    for (std::size_t batch = 0; batch < job->unpacking->batches(); ++batch) {
      m_pool.submit([this, job, batch] { unpack(*job, batch); });
    }
  }

  void unpack(Job& job, std::size_t batch) {
    if (has_failed()) return;
    thread_local ContentBuffers buffers;
    if (Status status = job.unpacking->unpack(batch, buffers, m_cancellation); !status) {
      drop_damaged(job, status.error());
      return fail(std::move(status).error());
    }
    if (--job.batches_left > 0) return;
    StagedTree tree = job.unpacking->finish();
    {
      const std::lock_guard lock(m_mutex);
      m_trees.push_back(std::move(tree));
    }
    remove_part(job);  // last: until the tree is sure to be published, the wheel is all that there is
  }

  /// A wheel that is what was locked and still breaks a rule would fail again: it is not kept for resuming.
  static void drop_damaged(const Job& job, const Error& error) {
    if (error.kind == ErrorKind::integrity) remove_part(job);
  }

  static void remove_part(const Job& job) {
    std::error_code ignored;
    std::filesystem::remove(job.wheel.path, ignored);
  }

  bool has_failed() const { return !status(); }

  void fail(Error error) {
    const std::lock_guard lock(m_mutex);
    if (m_status) m_status = failure(std::move(error));
  }

  const Store& m_store;
  const Cancellation& m_cancellation;
  mutable std::mutex m_mutex;
  Status m_status;
  std::vector<StagedTree> m_trees;
  WorkerPool m_pool;  // last: its threads end before what they use
};

double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

unsigned worker_count(const AcquireOptions& options) {
  return options.workers > 0 ? options.workers : std::max(1U, std::thread::hardware_concurrency());
}

/// What is not in the store yet, each wheel once.
std::vector<FetchItem> missing_items(const std::vector<ArtifactRequest>& requests, const Store& store) {
  std::vector<FetchItem> items;
  std::set<Sha256> seen;
  for (const ArtifactRequest& request : requests) {
    if (!seen.insert(request.file.sha256).second || store.find(request.file.sha256)) continue;
    items.push_back({request, store.part_file(request.file.sha256)});
  }
  return items;
}

/// A wheel that was built here, or was cut off after its last byte, lies whole in its part file.
bool needs_network(const FetchItem& item) {
  std::error_code none;
  return !item.request.file.size || std::filesystem::file_size(item.part, none) != *item.request.file.size;
}

Status check_offline(const std::vector<FetchItem>& items) {
  const auto missing = std::find_if(items.begin(), items.end(), needs_network);
  if (missing == items.end()) return {};
  return failure({ErrorKind::network,
                  fmt::format("wheel `{}` is not in the store, and nothing may be downloaded", missing->request.file.name),
                  {},
                  {"leave out `--offline`"}});
}

/// Whether the disk has room for the wheels and their trees.
Status check_space(const std::vector<FetchItem>& items, const Store& store) {
  std::uint64_t wheels = 0;
  std::uint64_t there = 0;
  for (const FetchItem& item : items) {
    std::error_code error;
    const auto part = std::filesystem::file_size(item.part, error);
    if (!error) there += part;
    wheels += std::min(item.request.file.size.value_or(0), std::uint64_t{1} << 40);  // a lock can claim anything
  }
  const std::uint64_t both = wheels * (1 + k_unpacked_ratio);
  const std::uint64_t needed = both - std::min(there, both);
  std::error_code error;
  const auto space = std::filesystem::space(store.root(), error);
  if (error || space.available >= needed) return {};  // where it cannot be told, writing will
  return failure({ErrorKind::host,
                  fmt::format("not enough disk space at `{}`: {} needed for {} and what they unpack to, {} free", store.root().string(),
                              bytes_text(needed), count_text(items.size(), "wheel"), bytes_text(space.available)),
                  {},
                  {"free some space, or choose another place with `--cache-dir`"}});
}

/// Publishes what is complete. Called at the end, and after a failure, so that nothing verified is lost.
Status publish(const Store& store, std::vector<StagedTree> trees) {
  auto published = store.publish_all(trees);
  if (published) return {};
  for (const StagedTree& tree : trees) store.discard(tree.staging);
  return failure(std::move(published).error());
}

Result<FetchReport> fetch_and_unpack(const std::vector<FetchItem>& items, HttpTransport& transport, const Store& store,
                                     const AcquireOptions& options, Diagnostics& diagnostics, const Cancellation& cancellation) {
  UnpackStage unpacking(store, worker_count(options), cancellation);
  const FetchEvents events{.whole = [&](std::size_t item, FetchedWheel wheel) -> Status {
                             unpacking.take(items[item].request, std::move(wheel));
                             return {};
                           },
                           .poll = [&] { return unpacking.status(); }};
  const auto start = Steady::now();
  auto fetched = fetch_artifacts(items, transport, options.fetch, diagnostics, cancellation, events);
  const double fetch_seconds = seconds_since(start);
  Status unpacked = fetched ? unpacking.wait() : Status();
  const double unpack_seconds = seconds_since(start) - fetch_seconds;
  Status published = publish(store, unpacking.end());
  diagnostics.note(fmt::format("fetched {} wheels in {:.1f} s; the last was unpacked {:.1f} s later, and all were synced in {:.1f} s",
                               items.size(), fetch_seconds, unpack_seconds, seconds_since(start) - fetch_seconds - unpack_seconds));
  if (!fetched) return fetched;
  if (!unpacked) return failure(std::move(unpacked).error());
  if (!published) return failure(std::move(published).error());
  return fetched;
}

/// Takes everything out of the store, in the order of the requests.
Result<std::vector<VerifiedArtifact>> find_all(const std::vector<ArtifactRequest>& requests, const Store& store) {
  std::vector<VerifiedArtifact> artifacts;
  for (const ArtifactRequest& request : requests) {
    auto artifact = store.find(request.file.sha256);
    if (!artifact) {
      return failure(
          {ErrorKind::install, fmt::format("wheel `{}` has gone from the store meanwhile", request.file.name), {}, {"try again"}});
    }
    artifacts.push_back(*std::move(artifact));
  }
  return artifacts;
}

}  // namespace

Result<AcquiredArtifacts> acquire_artifacts(const std::vector<ArtifactRequest>& requests, HttpTransport& transport, const Store& store,
                                            const AcquireOptions& options, Diagnostics& diagnostics, const Cancellation& cancellation) {
  const auto start = Steady::now();
  AcquiredArtifacts acquired;
  std::vector<FetchItem> items = missing_items(requests, store);
  if (options.offline) TORCHUP_TRY(check_offline(items));
  std::set<Sha256> missing;
  for (const FetchItem& item : items) missing.insert(item.request.file.sha256);
  for (const ArtifactRequest& request : requests) {
    if (!missing.contains(request.file.sha256)) acquired.reused_bytes += request.file.size.value_or(0);
  }
  if (!items.empty()) {
    TORCHUP_TRY(learn_sizes(items, transport, cancellation));
    TORCHUP_TRY(check_space(items, store));
    TORCHUP_TRY_ASSIGN(const FetchReport report, fetch_and_unpack(items, transport, store, options, diagnostics, cancellation));
    acquired.downloaded_bytes = report.downloaded_bytes;
    acquired.reused_bytes += report.resumed_bytes;
  }
  TORCHUP_TRY_ASSIGN(acquired.artifacts, find_all(requests, store));
  acquired.seconds = seconds_since(start);
  return acquired;
}

}  // namespace torchup
