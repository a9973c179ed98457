#pragma once
// One wheel on its way into a staging tree, in batches that several threads may take side by side, whether its bytes lie on
// the disk or still come: only the ZIP directory, which stands at the end, must be there first. Nothing of it counts before
// `finish`, which holds the whole against RECORD, and the store's `publish`. Used by `verify_artifact`, and by the
// acquisition, which unpacks while it downloads.

#include "torchup/core/cancellation.hpp"
#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash_lanes.hpp"

#include "src/store/store.hpp"
#include "src/verify/open_wheel.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace torchup {

class Unpacking {
 public:
  /// Reads the directory, holds it against the rules, and makes a staging tree with its folders. A broken rule is
  /// ErrorKind::integrity naming wheel and rule. `store` must outlive it.
  static Result<std::unique_ptr<Unpacking>> begin(std::shared_ptr<const ByteSource> source, const ArtifactRequest& request,
                                                  const Store& store, HashLanes& lanes);
  ~Unpacking();  ///< Removes the staging tree unless `finish` gave it away.
  Unpacking(const Unpacking&) = delete;
  Unpacking& operator=(const Unpacking&) = delete;

  /// How many batches there are, in the order of the archive.
  std::size_t batches() const { return m_batches.size(); }

  /// How many of the wheel's first bytes a batch wants to see before it begins; it waits for others itself.
  std::uint64_t needs(std::size_t batch) const { return m_batches[batch].needs; }

  /// Writes one batch of files. Different batches may run on different threads.
  Status unpack(std::size_t batch, UnpackBuffers& buffers, const Cancellation& cancellation);

  /// The whole tree with its manifest, once every batch succeeded, the whole wheel is there and its SHA-256 is right. All that
  /// could not be checked before is checked here: that the directory is the one that was unpacked by, .dist-info, and each
  /// file against RECORD.
  Result<StagedTree> finish();

 private:
  struct Batch {
    std::vector<std::size_t> entries;
    std::uint64_t needs = 0;
  };

  Unpacking(const Store& store, HashLanes& lanes, ArtifactRequest request, std::shared_ptr<const ByteSource> source, ZipFrame frame)
      : m_store(store), m_lanes(lanes), m_request(std::move(request)), m_source(std::move(source)), m_frame(std::move(frame)) {}
  Status make_folders();
  void plan_batches();
  Status unpack_file(std::size_t index, UnpackBuffers& buffers, const Cancellation& cancellation);
  Result<Ruling<void>> check_whole() const;

  const Store& m_store;
  HashLanes& m_lanes;
  ArtifactRequest m_request;
  std::shared_ptr<const ByteSource> m_source;
  ZipFrame m_frame;
  std::filesystem::path m_staging;
  FileDescriptor m_tree;
  std::vector<Batch> m_batches;
  std::vector<PlacedEntry> m_placed;             // one for each entry; each written by one thread
  std::vector<std::optional<TreeFile>> m_files;  // likewise; none for a folder
};

/// "wheel `...` breaks the rule `...`: ..."
Error wheel_error(const std::string& wheel, const BrokenRule& broken_rule);

}  // namespace torchup
