#pragma once
// What one project's page means for one target: each version with the wheel to take, or why there is none. Pure.

#include "torchup/resolver/solver.hpp"
#include "torchup/resolver/tag.hpp"
#include "torchup/resolver/version.hpp"

#include "src/index/project_page.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace torchup {

/// What files are held against.
struct FileRules {
  SupportedTags tags;
  Version python;                                          ///< 3.11.7
  std::string platform;                                    ///< "linux-x86_64", for messages.
  std::optional<std::string> exclude_newer = {};           ///< "2026-10-28T00:00:00Z": no file uploaded then or later.
  std::map<PackageName, std::vector<Sha256>> hashes = {};  ///< A package named here: no file with another sha256.
  std::set<PackageName> buildable = {};                    ///< A package named here: an sdist where no wheel fits.
};

/// What `print_offers` wrote, and the index that it came from.
struct PackedOffers {
  std::string bytes;
  Url index;
};

/// A file, or none. One out of the cache is read when it is first looked at: a resolution looks at one of a thousand.
class OfferedFile {
 public:
  OfferedFile() = default;
  OfferedFile(ProjectFile file) : m_read(std::make_shared<const ProjectFile>(std::move(file))) {}  // NOLINT: a file is an offered file
  /// `bytes` lie in those of `packed`.
  OfferedFile(std::shared_ptr<const PackedOffers> packed, std::string_view bytes) : m_packed(std::move(packed)), m_bytes(bytes) {}

  explicit operator bool() const { return read() != nullptr; }
  const ProjectFile& operator*() const { return *read(); }
  const ProjectFile* operator->() const { return read(); }

 private:
  const ProjectFile* read() const;

  mutable std::shared_ptr<const PackedOffers> m_packed;  // until it is read
  std::string_view m_bytes;
  mutable std::shared_ptr<const ProjectFile> m_read;
};

struct OfferedVersion {
  Candidate candidate;
  OfferedFile wheel = {};  ///< Or the sdist to build; nothing where the version cannot be used.
};

/// Every version that the page has, ascending. Files that are another project's or whose names cannot be read are passed over.
std::vector<OfferedVersion> offered_versions(const ProjectPage& page, const FileRules& rules);

/// Rules with a text that is the same for the same rules, and another for any others.
struct IdentifiedRules {
  FileRules rules;
  std::string identity;
};
IdentifiedRules identified(FileRules rules);

/// Whether `requires_python` admits the interpreter; a text that is no specifier admits every one, as it does for pip.
bool admits_python(const std::string& requires_python, const Version& python);

}  // namespace torchup
