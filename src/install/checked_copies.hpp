#pragma once
// Small files of the store on their way into a generation. Several are read, then hashed side by side, then written: a disk that
// has changed a byte, and left size and time, is found before the copy exists. Each thread of `place_files` has one of its own.

#include "src/install/blueprint.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace torchup {

class CheckedCopies {
 public:
  /// Files up to this size are worth gathering; a bigger one keeps the lanes busy for longer than the others take.
  static constexpr std::uint64_t k_most_bytes = 256 << 10;

  using Write = std::function<Status(const PlannedFile&, std::span<const std::byte>)>;

  /// `trees` must outlive it. `write` gets each content that is what was verified.
  CheckedCopies(const std::vector<OpenTree>& trees, Write write) : m_trees(trees), m_write(std::move(write)) {}

  /// Takes a file of the store of at most `k_most_bytes`, which stays where it is until it is written: by the time of the next
  /// `flush` at the latest. Fails where a file is not what was verified, or where one cannot be written.
  Status take(const PlannedFile& file);

  Status flush();

 private:
  struct Content {
    const PlannedFile* file = nullptr;
    std::size_t offset = 0;  ///< In `m_bytes`.
  };

  const std::vector<OpenTree>& m_trees;
  Write m_write;
  std::vector<Content> m_gathered;
  std::vector<std::byte> m_bytes;
  std::size_t m_used = 0;
};

}  // namespace torchup
