#pragma once
// A gzip-compressed tar archive in memory, entry by entry, through libarchive: source distributions. Names keep the rules that
// wheels' names keep. The index client reads PKG-INFO through it, and a build unpacks its source.

#include "torchup/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace torchup {

inline constexpr std::uint64_t k_most_tar_bytes = 4ULL << 30;  ///< All contents together, as the entries announce them.
inline constexpr std::size_t k_most_tar_entries = 200'000;

struct TarEntry {
  std::string name;  ///< A relative path without a '/' at its end: "demo-1.0/PKG-INFO".
  bool folder = false;
  bool executable = false;
  std::uint64_t size = 0;  ///< Of a file's content.
};

class TarArchive {
 public:
  /// The bytes must outlive it.
  explicit TarArchive(std::span<const std::byte> bytes);
  ~TarArchive();
  TarArchive(TarArchive&&) noexcept;
  TarArchive& operator=(TarArchive&&) noexcept;

  /// The next folder or regular file; nothing at the end. No gzip or tar, a name that would leave the folder, a link or device and
  /// broken limits are ErrorKind::integrity. After an error nothing more may be asked for.
  Result<std::optional<TarEntry>> next();

  /// The content of the entry that `next` gave last; more than `limit` bytes are ErrorKind::integrity.
  Result<std::string> content(std::uint64_t limit);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// Writes the whole archive below an empty folder. What cannot be written is ErrorKind::host.
Status unpack_tar(std::span<const std::byte> bytes, const std::filesystem::path& folder);

}  // namespace torchup
