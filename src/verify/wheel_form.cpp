#include "src/verify/wheel_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace torchup {
namespace {

constexpr std::string_view k_dist_info = ".dist-info";
constexpr std::string_view k_data = ".data";
constexpr std::array<std::string_view, 5> k_schemes = {"purelib", "platlib", "headers", "scripts", "data"};

/// Whether `NAME-VERSION`, in any spelling, is this package's.
bool is_of(std::string_view stem, const PackageName& name, const Version& version) {
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return false;
  const auto stem_name = PackageName::parse(stem.substr(0, dash));
  const auto stem_version = Version::parse(stem.substr(dash + 1));
  return stem_name && stem_version && *stem_name == name && *stem_version == version;
}

/// `below` is a path inside the .data folder.
Ruling<void> check_data_path(std::string_view below, std::string_view path) {
  const std::size_t slash = below.find('/');
  const std::string_view scheme = below.substr(0, slash);
  if (below.empty()) return {};  // the folder's own entry
  if (slash == std::string_view::npos) return broken("data-folder", fmt::format("`{}` lies outside of all schemes", path));
  if (std::ranges::find(k_schemes, scheme) == k_schemes.end()) {
    return broken("data-folder", fmt::format("`{}` is for the scheme `{}`, which does not exist", path, scheme));
  }
  if (scheme == "scripts" && below.find('/', slash + 1) != std::string_view::npos) {
    return broken("data-folder", fmt::format("`{}` lies in a folder of scripts", path));
  }
  return {};
}

}  // namespace

Ruling<std::string> find_dist_info(const ZipLayout& layout, const PackageName& name, const Version& version) {
  std::set<std::string_view> found;
  for (const PlacedEntry& placed : layout.entries) {
    const std::string_view path = placed.entry.name;
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) continue;
    const std::string_view top = path.substr(0, slash);
    if (top.ends_with(k_dist_info)) found.insert(top);
    if (!top.ends_with(k_data)) continue;
    if (!is_of(top.substr(0, top.size() - k_data.size()), name, version)) {
      return broken("data-folder", fmt::format("the folder `{}` belongs to another package", top));
    }
    TORCHUP_KEEPS(check_data_path(path.substr(slash + 1), path));
  }
  if (found.empty()) return broken("dist-info", "there is no folder that ends with .dist-info");
  if (found.size() > 1) return broken("dist-info", fmt::format("there are `{}` and `{}`", *found.begin(), *found.rbegin()));
  const std::string_view folder = *found.begin();
  if (!is_of(folder.substr(0, folder.size() - k_dist_info.size()), name, version)) {
    return broken("dist-info", fmt::format("`{}` is not that of {} {}", folder, name.text(), version.text()));
  }
  return std::string(folder);
}

}  // namespace torchup
