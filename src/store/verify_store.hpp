#pragma once
// Every tree of a store held against its manifest, byte for byte. `torchup cache verify` uses it.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"

#include "src/store/store.hpp"

#include <string>
#include <vector>

namespace torchup {

/// How a file of a tree differs from what was verified.
struct FileFault {
  enum class Kind { changed, missing, added };
  std::string path;  ///< Relative to the tree.
  Kind kind = Kind::changed;
  auto operator<=>(const FileFault&) const = default;
};

/// "changed", "missing", "added"
const char* kind_name(FileFault::Kind kind);

struct DamagedTree {
  Sha256 wheel;
  std::string wheel_name;        ///< The wheel's file name; empty where the manifest cannot be read.
  std::string manifest_problem;  ///< Why it cannot be read; empty where it can.
  std::vector<FileFault> files;  ///< Sorted.
};

struct StoreVerification {
  std::uint64_t trees = 0, files = 0, bytes = 0;  ///< That were looked at.
  std::vector<DamagedTree> damaged = {};          ///< Sorted by the wheel's digest.
};

/// Hashes every file on all cores and moves each damaged tree aside (`Store::set_aside`), so that the next install brings its
/// wheel anew. A tree without a manifest counts for nothing and is passed over. ErrorKind::interrupted moves nothing.
Result<StoreVerification> verify_store(const Store& store, Diagnostics& diagnostics, const Cancellation& cancellation);

}  // namespace torchup
