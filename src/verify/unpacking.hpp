#pragma once
// One wheel on its way from a file into a staging tree, in batches that several threads may take side by side. Nothing of
// it counts before `finish` and the store's `publish`. Used by `verify_artifact`, and by the acquisition, which unpacks
// one wheel while others still download.

#include "torchup/core/cancellation.hpp"

#include "src/store/store.hpp"
#include "src/verify/open_wheel.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

namespace torchup {

class Unpacking {
 public:
  /// Opens the wheel, checks all but contents, and makes a staging tree with its folders. The wheel's own size and SHA-256
  /// must hold already. A broken rule is ErrorKind::integrity naming wheel and rule. `store` must outlive it.
  static Result<std::unique_ptr<Unpacking>> begin(const std::filesystem::path& wheel_file, const ArtifactRequest& request,
                                                  const Store& store);
  ~Unpacking();  ///< Removes the staging tree unless `finish` gave it away.
  Unpacking(const Unpacking&) = delete;
  Unpacking& operator=(const Unpacking&) = delete;

  /// How many batches there are, the most costly first; at least one.
  std::size_t batches() const { return m_batches.size(); }

  /// Writes one batch of files and holds each against RECORD. Different batches may run on different threads.
  Status unpack(std::size_t batch, ContentBuffers& buffers, const Cancellation& cancellation);

  /// The whole tree with its manifest, once every batch succeeded.
  StagedTree finish();

 private:
  Unpacking(const Store& store, ArtifactRequest request, OpenWheel wheel)
      : m_store(store), m_request(std::move(request)), m_wheel(std::move(wheel)) {}
  Status make_folders();
  void plan_batches();
  Status unpack_file(std::size_t index, ContentBuffers& buffers, const Cancellation& cancellation);

  const Store& m_store;
  ArtifactRequest m_request;
  OpenWheel m_wheel;
  std::filesystem::path m_staging;
  FileDescriptor m_tree;
  std::vector<std::vector<std::size_t>> m_batches;  // indices of entries
  std::vector<std::optional<TreeFile>> m_files;     // one for each entry; each written by one thread
};

/// "wheel `...` breaks the rule `...`: ..."
Error wheel_error(const std::string& wheel, const BrokenRule& broken_rule);

}  // namespace torchup
