#pragma once
// STAGE 5: wheels off the network into part files, several at once, the biggest first, each held against the lock's size
// and SHA-256. It knows neither store nor archives: the caller says where a part lies and what to do with a whole wheel.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/install/verified_artifact.hpp"
#include "torchup/system/hash_lanes.hpp"
#include "torchup/system/http_policy.hpp"
#include "torchup/system/http_transport.hpp"

#include "src/fetch/part_file.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace torchup {

/// One wheel to bring. A part file that exists is gone on with, and hashed whole at the end.
struct FetchItem {
  ArtifactRequest request;
  std::filesystem::path part;
  bool learns_digest = false;  ///< Nobody knows its SHA-256 yet: what comes is taken, and `FetchEvents::learned` is told.
};

struct FetchOptions {
  std::size_t at_once = 4;                    ///< Wheels that download side by side.
  std::uint64_t bytes_per_second = 0;         ///< At most so many for all together; 0 for as many as come.
  RetryPolicy retry = {};                     ///< Attempts count from the last one that brought bytes.
  std::uint64_t end_first_from = 8ULL << 20;  ///< Of a wheel so big its last bytes, with the ZIP directory, are asked for first.
};

/// What the caller is told, on its own thread. A failure ends the fetching with it.
struct FetchEvents {
  /// A wheel begins to come, and can be read behind the download. Once more where it starts over, with another part: what
  /// was read of the first does not count.
  std::function<Status(std::size_t item, std::shared_ptr<PartFile> part)> begun = {};
  /// The wheel has the locked size and SHA-256. Its file, `PartFile::path`, is the caller's to remove.
  std::function<Status(std::size_t item, std::shared_ptr<PartFile> part)> whole;
  /// Of an item that learns its digest, before `whole`.
  std::function<void(std::size_t item, const Sha256& digest)> learned = {};
  std::function<Status()> poll = {};  ///< Asked several times a second.
};

struct FetchReport {
  std::uint64_t downloaded_bytes = 0;  ///< Off the network, repeated ones included.
  std::uint64_t resumed_bytes = 0;     ///< Found in part files.
};

/// Fills in sizes that the lock does not have, by asking the servers for one byte each. A wheel that a server refuses or
/// whose size it does not tell keeps none; `fetch_artifacts` then says why.
Status learn_sizes(std::vector<FetchItem>& items, HttpTransport& transport, const Cancellation& cancellation);

/// Brings every item. Resumes with Range and If-Range, checks what each answer says of itself, follows redirects by hand,
/// and retries by http_policy.hpp. A wheel with a wrong digest is downloaded afresh once; then it is ErrorKind::integrity
/// with expected, actual and URL, and nothing of it is kept. What it hashes it hashes in `lanes`. ErrorKind::interrupted leaves part files
/// only.
Result<FetchReport> fetch_artifacts(const std::vector<FetchItem>& items, HttpTransport& transport, const FetchOptions& options,
                                    HashLanes& lanes, Diagnostics& diagnostics, const Cancellation& cancellation,
                                    const FetchEvents& events);

}  // namespace torchup
