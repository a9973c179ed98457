#pragma once
// A page's files by version, as their names tell: read once and then held against the rules of each target. Private to
// offered_versions.cpp.

#include "torchup/resolver/tag.hpp"
#include "torchup/resolver/wheel_name.hpp"

#include "src/index/project_page.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace torchup {

/// The files of one version, by their place on the page.
struct VersionFiles {
  std::vector<std::size_t> wheels, sdists;
};

class PageFiles {
 public:
  /// Files that are another project's or whose names cannot be read are passed over. `page` must outlive it.
  explicit PageFiles(const ProjectPage& page);

  const ProjectPage& page() const { return m_page; }
  const ProjectFile& file(std::size_t place) const { return m_page.files[place]; }
  const std::map<Version, VersionFiles>& versions() const { return m_versions; }

  /// Of these wheels the one that the tags like best; nothing where none fits.
  std::optional<std::size_t> best_wheel(const std::vector<std::size_t>& places, const SupportedTags& tags);

 private:
  const WheelName* wheel_name(std::size_t place);
  bool may_take(std::size_t place, const SupportedTags& tags);

  const ProjectPage& m_page;
  std::map<Version, VersionFiles> m_versions;
  std::vector<std::optional<Result<WheelName>>> m_names;  // by place, once they were needed
  std::map<std::string_view, bool> m_may_take;            // by the platforms in a name, for the tags that were asked about last
  const SupportedTags* m_tags = nullptr;
};

}  // namespace torchup
