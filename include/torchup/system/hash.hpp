#pragma once
// SHA-256 over bytes, files and streams. Index, fetch, verify, store and validate all hash through here.

#include "torchup/core/digest.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace torchup {

/// Takes bytes piece by piece; `finish` ends it. One thread at a time.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void update(std::span<const std::byte> bytes);

  /// Several streams take bytes of their own, each once, with the same outcome as `update` of one after the other. Where the
  /// processor has SHA instructions, three of the same length take hardly longer than one (docs/performance.md).
  struct Piece;
  static void update_side_by_side(std::span<const Piece> pieces);
  static std::size_t lanes();  ///< As many at once are worth it: 1 without the instructions.

  Sha256 finish();  ///< The digest of everything since the start; the stream is then as new.

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

struct Sha256Stream::Piece {
  Sha256Stream* stream = nullptr;
  std::span<const std::byte> bytes;
};

Sha256 sha256(std::span<const std::byte> bytes);

/// Hashes a regular file, piece by piece. A file that cannot be read is ErrorKind::host.
Result<Sha256> sha256_file(const std::filesystem::path& path);

/// The same of several, side by side on this thread: best `Sha256Stream::lanes()` of about the same size. In their order.
std::vector<Result<Sha256>> sha256_files(std::span<const std::filesystem::path> paths);

}  // namespace torchup
