#include "src/index/page_files.hpp"

#include "torchup/resolver/choose_wheel.hpp"

#include "src/index/sdist_reader.hpp"

#include <algorithm>
#include <array>

namespace torchup {
namespace {

/// "demo-1.0-py3-none-any.whl" of the project demo gives 1.0.
std::optional<Version> version_of_wheel(std::string_view filename, const PackageName& name) {
  const auto first = filename.find('-');
  const auto second = filename.find('-', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const auto project = PackageName::parse(filename.substr(0, first));
  auto version = Version::parse(filename.substr(first + 1, second - first - 1));
  if (!project || *project != name || !version) return std::nullopt;
  return *std::move(version);
}

/// "demo-1.0.tar.gz" gives 1.0. Old names hold dashes themselves, so every dash is tried.
std::optional<Version> version_of_sdist(std::string_view filename, const PackageName& name) {
  constexpr std::array<std::string_view, 5> k_endings{".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"};
  const auto ending = std::find_if(k_endings.begin(), k_endings.end(), [&](std::string_view known) { return filename.ends_with(known); });
  if (ending == k_endings.end()) return std::nullopt;
  const auto stem = filename.substr(0, filename.size() - ending->size());
  for (auto dash = stem.find('-'); dash != std::string_view::npos; dash = stem.find('-', dash + 1)) {
    const auto project = PackageName::parse(stem.substr(0, dash));
    if (!project || *project != name) continue;
    if (auto version = Version::parse(stem.substr(dash + 1))) return *std::move(version);
  }
  return std::nullopt;
}

}  // namespace

PageFiles::PageFiles(const ProjectPage& page) : m_page(page), m_names(page.files.size()) {
  for (std::size_t place = 0; place < page.files.size(); ++place) {
    const auto& filename = page.files[place].filename;
    const bool is_wheel = filename.ends_with(".whl");
    const auto version = is_wheel ? version_of_wheel(filename, page.name) : version_of_sdist(filename, page.name);
    if (!version) continue;
    VersionFiles& files = m_versions[*version];
    if (is_wheel) files.wheels.push_back(place);
    if (is_sdist(filename)) files.sdists.push_back(place);
  }
}

const WheelName* PageFiles::wheel_name(std::size_t place) {
  auto& name = m_names[place];
  if (!name) name = WheelName::parse(file(place).filename);
  return *name ? &**name : nullptr;
}

// A page has thousands of names that end in one of a few platforms.
bool PageFiles::may_take(std::size_t place, const SupportedTags& tags) {
  if (m_tags != &tags) m_may_take.clear();
  m_tags = &tags;
  const std::string_view filename = file(place).filename;
  const auto [known, fresh] = m_may_take.try_emplace(filename.substr(filename.rfind('-') + 1), false);
  if (fresh) known->second = tags.may_take(filename);
  return known->second;
}

std::optional<std::size_t> PageFiles::best_wheel(const std::vector<std::size_t>& places, const SupportedTags& tags) {
  std::vector<std::size_t> possible;
  std::vector<const WheelName*> names;
  for (const std::size_t place : places) {
    if (!may_take(place, tags)) continue;  // most are for other platforms, and reading a name costs more
    if (const WheelName* name = wheel_name(place)) {
      possible.push_back(place);
      names.push_back(name);
    }
  }
  const auto best = best_wheel_name(names, tags);
  return best ? std::optional(possible[*best]) : std::nullopt;
}

}  // namespace torchup
