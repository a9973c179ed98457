#include "src/acquire.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/store/store_claims.hpp"
#include "src/store/write_back.hpp"
#include "src/ui/quantities.hpp"
#include "src/unpack_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace torchup {
namespace {

using Steady = std::chrono::steady_clock;

/// Trees are at most about twice as big as their wheels: 5.6 GB out of 3.0 for torch. The wheel is gone before the next.
constexpr std::uint64_t k_unpacked_ratio = 2;
constexpr std::chrono::milliseconds k_pause{20};  // how late it may be noticed what another process has brought

double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

unsigned cores() { return std::max(1U, std::thread::hardware_concurrency()); }

/// Four more than cores: a thread may wait for the disk, or inside a big file for the network.
unsigned worker_count(const AcquireOptions& options) { return options.workers > 0 ? options.workers : cores() + 4; }

/// They hash a third of the time and wait for the disk otherwise. As many as cores left both idle for a quarter of the time.
unsigned hashing_threads() { return 2 * cores(); }

bool is_there(const Sha256& wheel, const Store& store, const AcquireOptions& options) {
  return options.anew.contains(wheel) ? store.has_own(wheel) : store.has(wheel);
}

/// What is not in the store yet, each wheel once.
std::vector<FetchItem> missing_items(const std::vector<ArtifactRequest>& requests, const Store& store, const AcquireOptions& options) {
  std::vector<FetchItem> items;
  std::set<Sha256> seen;
  for (const ArtifactRequest& request : requests) {
    if (!seen.insert(request.file.sha256).second || is_there(request.file.sha256, store, options)) continue;
    items.push_back({request, store.part_file(request.file.sha256)});
  }
  return items;
}

/// Moves those over that nobody else is bringing. What somebody else has brought by now is left in neither.
Result<std::vector<FetchItem>> claim_items(std::vector<FetchItem>& items, const Store& store, const StoreClaims& claims,
                                           const AcquireOptions& options) {
  std::vector<FetchItem> mine, others;
  for (FetchItem& item : items) {
    const Sha256& wheel = item.request.file.sha256;
    TORCHUP_TRY_ASSIGN(const bool is_mine, claims.claim(wheel));
    if (is_there(wheel, store, options)) continue;  // asked after the claim: whoever had it before has published
    (is_mine ? mine : others).push_back(std::move(item));
  }
  items = std::move(others);
  return mine;
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

/// Makes whole trees visible and removes the part files they came from; trees that cannot be published are dropped, not those.
Status publish(const Store& store, const std::vector<UnpackedWheel>& wheels, const Status& written = {}) {
  std::vector<StagedTree> trees;
  for (const UnpackedWheel& wheel : wheels) trees.push_back(wheel.tree);
  Status published = written;
  if (published) published = store.publish_all(trees).map([](const auto&) {});
  std::error_code ignored;
  for (const UnpackedWheel& wheel : wheels) {
    if (published) {
      std::filesystem::remove(wheel.part, ignored);
    } else {
      store.discard(wheel.tree.staging);
    }
  }
  return published;
}

Result<FetchReport> fetch_and_unpack(const std::vector<FetchItem>& items, HttpTransport& transport, const Store& store,
                                     const AcquireOptions& options, Diagnostics& diagnostics, const Cancellation& cancellation) {
  HashLanes lanes(hashing_threads());
  UnpackStage unpacking(store, worker_count(options), lanes, cancellation);
  TORCHUP_TRY_ASSIGN(const FileDescriptor folder, FileDescriptor::open_directory(store.root()));
  // What is whole counts from the next sync on: a command that is killed later leaves it for the next one.
  WriteBack write_back([&]() -> Status {
    const std::vector<UnpackedWheel> whole = unpacking.take();
    return whole.empty() ? folder.sync_file_system() : publish(store, whole);
  });
  const FetchEvents events{.begun = [&](std::size_t item, std::shared_ptr<PartFile> part) -> Status {
                             unpacking.begin(items[item].request, std::move(part));
                             return {};
                           },
                           .whole = [&](std::size_t item, const std::shared_ptr<PartFile>&) -> Status {
                             unpacking.approve(items[item].request);
                             return {};
                           },
                           .poll = [&]() -> Status {
                             TORCHUP_TRY(write_back.status());
                             return unpacking.status();
                           }};
  const auto start = Steady::now();
  auto fetched = fetch_artifacts(items, transport, options.fetch, lanes, diagnostics, cancellation, events);
  const double fetch_seconds = seconds_since(start);
  Status unpacked = fetched ? unpacking.wait() : Status();
  const double unpack_seconds = seconds_since(start) - fetch_seconds;
  Status published = publish(store, unpacking.end(), write_back.end());
  diagnostics.note(fmt::format("fetched {} in {:.1f} s; the last was unpacked {:.1f} s later, and all were synced in {:.1f} s",
                               count_text(items.size(), "wheel"), fetch_seconds, unpack_seconds,
                               seconds_since(start) - fetch_seconds - unpack_seconds));
  if (!fetched) return fetched;
  if (!unpacked) return failure(std::move(unpacked).error());
  if (!published) return failure(std::move(published).error());
  return fetched;
}

/// What one acquisition brings, round by round: in each what nobody else is bringing, until nothing is missing.
class Acquisition {
 public:
  Acquisition(std::vector<FetchItem> items, HttpTransport& transport, const Store& store, const AcquireOptions& options,
              Diagnostics& diagnostics, const Cancellation& cancellation)
      : m_items(std::move(items)),
        m_transport(transport),
        m_store(store),
        m_options(options),
        m_diagnostics(diagnostics),
        m_cancellation(cancellation) {}

  Status run() {
    while (!m_items.empty()) {
      // Claims end with the round: whoever waits for others has none, so that no two wait for each other.
      TORCHUP_TRY_ASSIGN(const StoreClaims claims, StoreClaims::open(m_store.root()));
      TORCHUP_TRY_ASSIGN(std::vector<FetchItem> mine, claim_items(m_items, m_store, claims, m_options));
      if (!mine.empty()) {
        TORCHUP_TRY(bring(std::move(mine)));
      } else if (!m_items.empty()) {
        TORCHUP_TRY(wait());
      }
    }
    return {};
  }

  const std::set<Sha256>& brought() const { return m_brought; }
  const FetchReport& report() const { return m_report; }

 private:
  Status bring(std::vector<FetchItem> items) {
    TORCHUP_TRY(learn_sizes(items, m_transport, m_cancellation));
    TORCHUP_TRY(check_space(items, m_store));
    TORCHUP_TRY_ASSIGN(const FetchReport report, fetch_and_unpack(items, m_transport, m_store, m_options, m_diagnostics, m_cancellation));
    m_report.downloaded_bytes += report.downloaded_bytes;
    m_report.resumed_bytes += report.resumed_bytes;
    for (const FetchItem& item : items) m_brought.insert(item.request.file.sha256);
    return {};
  }

  Status wait() {
    if (!std::exchange(m_told, true)) {
      m_diagnostics.warn(fmt::format("waiting for another process, which is downloading {}", count_text(m_items.size(), "wheel")));
    }
    TORCHUP_TRY(m_cancellation.check());
    std::this_thread::sleep_for(k_pause);
    return {};
  }

  std::vector<FetchItem> m_items;  // still missing
  HttpTransport& m_transport;
  const Store& m_store;
  const AcquireOptions& m_options;
  Diagnostics& m_diagnostics;
  const Cancellation& m_cancellation;
  std::set<Sha256> m_brought;
  FetchReport m_report;
  bool m_told = false;
};

/// Takes everything out of the store, in the order of the requests.
Result<std::vector<VerifiedArtifact>> find_all(const std::vector<ArtifactRequest>& requests, const Store& store) {
  std::vector<VerifiedArtifact> artifacts;
  for (const ArtifactRequest& request : requests) {
    auto artifact = store.find(request.file.sha256);
    if (!artifact) {
      return failure(
          {ErrorKind::install, fmt::format("wheel `{}` has gone from the store meanwhile", request.file.name), {}, {"try again"}});
    }
    store.mark_used(request.file.sha256);
    artifacts.push_back(*std::move(artifact));
  }
  return artifacts;
}

}  // namespace

Result<AcquiredArtifacts> acquire_artifacts(const std::vector<ArtifactRequest>& requests, HttpTransport& transport, const Store& store,
                                            const AcquireOptions& options, Diagnostics& diagnostics, const Cancellation& cancellation) {
  const auto start = Steady::now();
  std::vector<FetchItem> items = missing_items(requests, store, options);
  if (options.offline) TORCHUP_TRY(check_offline(items));
  Acquisition acquisition(std::move(items), transport, store, options, diagnostics, cancellation);
  TORCHUP_TRY(acquisition.run());
  AcquiredArtifacts acquired{
      .artifacts = {}, .downloaded_bytes = acquisition.report().downloaded_bytes, .reused_bytes = acquisition.report().resumed_bytes};
  for (const ArtifactRequest& request : requests) {
    if (!acquisition.brought().contains(request.file.sha256)) acquired.reused_bytes += request.file.size.value_or(0);
  }
  TORCHUP_TRY_ASSIGN(acquired.artifacts, find_all(requests, store));
  acquired.seconds = seconds_since(start);
  return acquired;
}

}  // namespace torchup
