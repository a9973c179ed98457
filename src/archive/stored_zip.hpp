#pragma once
// The records of a ZIP archive whose entries are stored as they are (APPNOTE 4.3): so that a writer knows where everything
// will lie before it has the content. A bundle is written with it; `zip_framing` reads what comes of it.

#include <cstdint>
#include <span>
#include <string>

namespace torchup {

/// A file without compression, of mode 0644 and of 1 January 1980: the same content gives the same bytes anywhere.
struct StoredEntry {
  std::string name;  ///< UTF-8, at most 1024 bytes.
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t header_offset = 0;  ///< Of the local header, from the archive's start.
};

/// The record before the content, with ZIP64's field only where the size needs it. Its length does not depend on the CRC-32.
std::string stored_header(const StoredEntry& entry);

/// What follows the last content: the directory, which begins at `offset`, and the end records. Its length does not depend on
/// any CRC-32.
std::string stored_directory(std::span<const StoredEntry> entries, std::uint64_t offset);

}  // namespace torchup
