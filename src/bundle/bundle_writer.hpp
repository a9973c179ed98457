#pragma once
// Writes a bundle member by member, in any order, into FILE.part; the file takes its name when all are there. A member counts
// once its record stands before its content, which is written last: so that an interrupted bundle goes on where it was.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/result.hpp"
#include "torchup/system/byte_source.hpp"

#include "src/bundle/bundle_layout.hpp"
#include "src/bundle/parted_file.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace torchup {

class BundleWriter {
 public:
  /// Told how many bytes of a member were looked at or copied.
  using Progress = std::function<void(std::uint64_t done)>;

  /// Opens what an earlier run has left, if it was for the same manifest and part size; else it begins anew. See PartedFile::create.
  static Result<BundleWriter> open(const std::filesystem::path& path, BundleLayout layout, std::optional<std::uint64_t> part_bytes);

  const BundleLayout& layout() const { return m_layout; }

  /// Whether an earlier run has left that member whole: its content is hashed. `member` counts in the manifest's order.
  Result<bool> find(std::size_t member, const Cancellation& cancellation, const Progress& progress);

  /// Whether it has left a record of it, looked at without its content.
  Result<bool> has_record(std::size_t member) const;

  /// Copies a member's content from where it lies in `source`. ErrorKind::integrity where it is not what the manifest says, and the
  /// member is then not there. Different members may be put from several threads at once.
  Status put(std::size_t member, const ByteSource& source, std::uint64_t offset, const Cancellation& cancellation,
             const Progress& progress);
  Status put(std::size_t member, std::string_view content);

  /// Writes the directory and publishes the file. Every member must be there.
  Status finish();

  /// Where bytes of the unfinished bundle lie, for messages.
  std::filesystem::path unfinished() const { return m_file.place_of(0).first; }

 private:
  BundleWriter(PartedFile file, BundleLayout layout) : m_file(std::move(file)), m_layout(std::move(layout)) {}
  Status write_record(std::size_t entry, std::uint32_t crc32);
  Status begin();
  Result<bool> is_begun() const;

  PartedFile m_file;
  BundleLayout m_layout;
  std::vector<char> m_there;  // by entry; each may be told from a thread of its own
};

}  // namespace torchup
