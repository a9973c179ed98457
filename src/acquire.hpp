#pragma once
// How fetch, verify and the store overlap in time: the network on the caller's thread, digests behind it on another, the
// part files' writing on a third, and a pool that unpacks wheels while they download. The stages themselves know nothing of
// this; the pipeline calls it where the table says "fetch" and "verify".

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/install/verified_artifact.hpp"
#include "torchup/system/http_transport.hpp"

#include "src/fetch/fetch_artifacts.hpp"
#include "src/store/store.hpp"

#include <cstdint>
#include <set>
#include <vector>

namespace torchup {

struct AcquireOptions {
  bool offline = false;  ///< A wheel that is not in the store is ErrorKind::network.
  unsigned workers = 0;  ///< Threads that unpack; 0 takes two more than this process has cores.
  FetchOptions fetch = {};
  std::set<Sha256> anew = {};  ///< Wheels that count only where they are the store's own: what the other one has is damaged.
};

struct AcquiredArtifacts {
  std::vector<VerifiedArtifact> artifacts;  ///< In the order of the requests.
  std::uint64_t downloaded_bytes = 0;       ///< Off the network, repeated bytes included.
  std::uint64_t reused_bytes = 0;           ///< Wheels that the store had, and parts of wheels from an earlier run.
  double seconds = 0;
};

/// Brings every requested wheel into the store, or takes it from there. Each is downloaded into its part file, held against
/// the lock's size and SHA-256, unpacked and verified, and all are published with one sync. What was verified before a
/// failure or an interruption is published all the same, and part files stay for the next run. Before the first byte the
/// disk must have room for wheels and trees: ErrorKind::host says what is needed and what is free. Requests may repeat. A wheel
/// that another process is bringing is waited for, with one warning, and taken from the store; where that process fails or
/// dies, its part file is gone on with.
Result<AcquiredArtifacts> acquire_artifacts(const std::vector<ArtifactRequest>& requests, HttpTransport& transport, const Store& store,
                                            const AcquireOptions& options, Diagnostics& diagnostics, const Cancellation& cancellation);

}  // namespace torchup
