#pragma once
// What one project's page means for one target: each version with the wheel to take, or why there is none. Pure.

#include "torchup/resolver/solver.hpp"
#include "torchup/resolver/tag.hpp"
#include "torchup/resolver/version.hpp"

#include "src/index/project_page.hpp"

#include <map>
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

struct OfferedVersion {
  Candidate candidate;
  std::optional<ProjectFile> wheel = {};  ///< Or the sdist to build; nothing where the version cannot be used.
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
