#pragma once
// Bytes that can be read at any offset: a file, or a wheel that is still downloading. The archive reader reads through it,
// so that a wheel is unpacked while it comes as it is from the disk.

#include "torchup/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace torchup {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// How many bytes there are, or will be.
  virtual Result<std::uint64_t> size() const = 0;

  /// Fills `into` from the offset; less than asked for only at the end. Gives the bytes read. Waits for bytes on their way.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;

  /// What messages call it.
  virtual const std::filesystem::path& path() const = 0;

 protected:
  ByteSource() = default;
  ByteSource(const ByteSource&) = default;
  ByteSource(ByteSource&&) noexcept = default;
  ByteSource& operator=(const ByteSource&) = default;
  ByteSource& operator=(ByteSource&&) noexcept = default;
};

}  // namespace torchup
