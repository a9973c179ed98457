#pragma once
// How a bundle comes about: what it will hold and cost, then wheels off the network, out of another bundle and out of what an
// interrupted run has left, into one file. The command `bundle` shows the first half before it asks for the second.

#include "src/bundle/bundle.hpp"
#include "src/bundle/bundle_contents.hpp"
#include "src/bundle/bundle_layout.hpp"
#include "src/pipeline.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace torchup {

struct BundleWish {
  BundleContents contents;
  std::filesystem::path output;
  std::optional<std::uint64_t> part_bytes = {};  ///< In parts of so many bytes.
  std::uint64_t bytes_per_second = 0;            ///< Of the downloads; 0 for as many as come.
  std::shared_ptr<const Bundle> base = {};       ///< Whose wheels need no download.
};

/// A bundle that may be shown and refused: nothing is written yet.
struct PreparedBundle {
  BundleWish wish;
  PlannedBundle plan;
  BundleLayout layout;
  std::uint64_t wheel_bytes = 0;
  std::uint64_t download_bytes = 0;  ///< Of wheels that `base` does not have; less where an interrupted run is gone on with.
  std::size_t download_wheels = 0;
  bool goes_on = false;        ///< An unfinished bundle lies there.
  bool is_up_to_date = false;  ///< The output is this bundle already, by its manifest.

  Sha256 identity() const;
};

/// Asks the servers for sizes that the locks do not have; ErrorKind::network where they do not tell.
Result<PreparedBundle> prepare_bundle(const Ports& ports, BundleWish wish);

struct MadeBundle {
  std::uint64_t downloaded_bytes = 0;  ///< Off the network, repeated bytes included.
  std::uint64_t reused_bytes = 0;      ///< Of another bundle, of an interrupted run, and of parts of wheels that were there.
  std::size_t files = 1;
  double seconds = 0;
};

/// Writes it. Each wheel has the lock's size and SHA-256, and what is interrupted is gone on with by the next run. ErrorKind::host where
/// the disk has no room for it.
Result<MadeBundle> make_bundle(const Ports& ports, const PreparedBundle& prepared);

}  // namespace torchup
