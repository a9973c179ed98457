#pragma once
// Bytes that can be read at any offset: a file, or a wheel that is still downloading. The archive reader reads through it,
// so that a wheel is unpacked while it comes as it is from the disk.

#include "torchup/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace torchup {

/// Bytes of a source, readable as long as this lives.
struct LentBytes {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner = {};  ///< Nothing where they lie in the borrower's memory.
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// How many bytes there are, or will be.
  virtual Result<std::uint64_t> size() const = 0;

  /// Fills `into` from the offset; less than asked for only at the end. Gives the bytes read. Waits for bytes on their way.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;

  /// The bytes from the offset on, at most as many as `room` has: where the source has them in memory it lends them, else they
  /// are read into `room`. Waits for bytes on their way; none only at the end.
  virtual Result<LentBytes> lend(std::uint64_t offset, std::span<std::byte> room) const;

  /// What messages call it.
  virtual const std::filesystem::path& path() const = 0;

 protected:
  ByteSource() = default;
  ByteSource(const ByteSource&) = default;
  ByteSource(ByteSource&&) noexcept = default;
  ByteSource& operator=(const ByteSource&) = default;
  ByteSource& operator=(ByteSource&&) noexcept = default;
};

inline Result<LentBytes> ByteSource::lend(std::uint64_t offset, std::span<std::byte> room) const {
  TORCHUP_TRY_ASSIGN(const std::size_t read, read_at(offset, room));
  return LentBytes{room.first(read)};
}

}  // namespace torchup
