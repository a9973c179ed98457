#include "src/acquire.hpp"

#include "src/ui/quantities.hpp"
#include "src/unpack_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <system_error>
#include <thread>

namespace torchup {
namespace {

using Steady = std::chrono::steady_clock;

/// Trees are at most about twice as big as their wheels: 5.6 GB out of 3.0 for torch. The wheel is gone before the next.
constexpr std::uint64_t k_unpacked_ratio = 2;

double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

/// Two more than cores: a thread may wait for the disk, or inside a big file for the network.
unsigned worker_count(const AcquireOptions& options) {
  return options.workers > 0 ? options.workers : std::max(1U, std::thread::hardware_concurrency()) + 2;
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
  const FetchEvents events{.begun = [&](std::size_t item, std::shared_ptr<PartFile> part) -> Status {
                             unpacking.begin(items[item].request, std::move(part));
                             return {};
                           },
                           .whole = [&](std::size_t item, const std::shared_ptr<PartFile>&) -> Status {
                             unpacking.approve(items[item].request);
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
