#pragma once
// The bytes of a file that is read for its hash, kept where an install looks for what is left of a download: so that a file of an
// index without hashes is downloaded once, and not for its hash and once more for its content. Private to `index`.

#include "torchup/core/digest.hpp"
#include "torchup/core/url.hpp"
#include "torchup/system/file_descriptor.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>

namespace torchup {

class KeptPart {
 public:
  /// Nothing is kept where `folder` is empty. What cannot be kept is given up in silence: it is only downloaded again.
  KeptPart(std::filesystem::path folder, const Url& url);
  ~KeptPart();  ///< What was not published is gone.
  KeptPart(const KeptPart&) = delete;
  KeptPart& operator=(const KeptPart&) = delete;

  void begin();  ///< Forgets what came before.
  void add(std::span<const std::byte> bytes);
  void publish(const Sha256& sha256);  ///< FOLDER/SHA256.part, unless somebody has one already.

 private:
  void give_up();

  std::filesystem::path m_folder, m_path;
  std::optional<FileDescriptor> m_file;
};

}  // namespace torchup
