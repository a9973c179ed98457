#pragma once
// SHA-256 over bytes, files and streams. Index, fetch, verify, store and validate all hash through here.

#include "torchup/core/digest.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace torchup {

/// Takes bytes piece by piece; `finish` ends it. One thread at a time.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void update(std::span<const std::byte> bytes);
  Sha256 finish();  ///< The digest of everything since the start; the stream is then as new.

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

Sha256 sha256(std::span<const std::byte> bytes);

/// Hashes a regular file in 1 MiB pieces. A file that cannot be read is ErrorKind::host.
Result<Sha256> sha256_file(const std::filesystem::path& path);

}  // namespace torchup
