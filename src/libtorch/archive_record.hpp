#pragma once
// The digests of the LibTorch archives that were downloaded on this machine: nobody publishes one, so that the first download's counts from
// then on, and an archive that is replaced in its place is noticed. A text file as `sha256sum` writes them, one line an address.

#include "torchup/core/digest.hpp"
#include "torchup/core/result.hpp"
#include "torchup/core/url.hpp"

#include <filesystem>
#include <optional>

namespace torchup {

class ArchiveRecord {
 public:
  /// `file` need not be there.
  explicit ArchiveRecord(std::filesystem::path file) : m_file(std::move(file)) {}

  const std::filesystem::path& file() const { return m_file; }

  /// The digest that the archive at an address had first; nothing where it was never downloaded. A file above 16 MiB, or a line that is no
  /// digest and address, is ErrorKind::host naming the line: a record that was altered is not passed over.
  Result<std::optional<Sha256>> find(const Url& url) const;

  /// Notes the digest of a first download. A line that is there already stays and counts.
  Status add(const Url& url, const Sha256& digest) const;

 private:
  std::filesystem::path m_file;
};

}  // namespace torchup
