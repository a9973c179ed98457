#include "src/index/offered_versions.hpp"

#include "torchup/resolver/choose_wheel.hpp"
#include "torchup/resolver/specifier.hpp"
#include "torchup/resolver/wheels_elsewhere.hpp"
#include "torchup/system/hash.hpp"

#include "src/index/offers_text.hpp"
#include "src/index/sdist_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace torchup {
namespace {

struct NamedVersion {
  Version version;
  bool wheel;
};

/// "demo-1.0-py3-none-any.whl" of the project demo gives 1.0.
std::optional<NamedVersion> version_of_wheel(std::string_view filename, const PackageName& name) {
  const auto first = filename.find('-');
  const auto second = filename.find('-', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const auto project = PackageName::parse(filename.substr(0, first));
  auto version = Version::parse(filename.substr(first + 1, second - first - 1));
  if (!project || *project != name || !version) return std::nullopt;
  return NamedVersion{*std::move(version), true};
}

/// "demo-1.0.tar.gz" gives 1.0. Old names hold dashes themselves, so every dash is tried.
std::optional<NamedVersion> version_of_sdist(std::string_view filename, const PackageName& name) {
  constexpr std::array<std::string_view, 5> k_endings{".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"};
  const auto ending = std::find_if(k_endings.begin(), k_endings.end(), [&](std::string_view known) { return filename.ends_with(known); });
  if (ending == k_endings.end()) return std::nullopt;
  const auto stem = filename.substr(0, filename.size() - ending->size());
  for (auto dash = stem.find('-'); dash != std::string_view::npos; dash = stem.find('-', dash + 1)) {
    const auto project = PackageName::parse(stem.substr(0, dash));
    if (!project || *project != name) continue;
    if (auto version = Version::parse(stem.substr(dash + 1))) return NamedVersion{*std::move(version), false};
  }
  return std::nullopt;
}

/// The files of one version, by their place on the page.
struct VersionFiles {
  std::vector<std::size_t> wheels, sdists;
};

class PageReview {
 public:
  PageReview(const ProjectPage& page, const FileRules& rules) : m_page(page), m_rules(rules) {
    const auto given = rules.hashes.find(page.name);
    if (given != rules.hashes.end()) m_hashes = &given->second;
  }

  std::vector<OfferedVersion> review() {
    std::map<Version, VersionFiles> versions;
    for (std::size_t i = 0; i < m_page.files.size(); ++i) {
      const auto& filename = m_page.files[i].filename;
      const auto named = filename.ends_with(".whl") ? version_of_wheel(filename, m_page.name) : version_of_sdist(filename, m_page.name);
      if (!named) continue;
      VersionFiles& files = versions[named->version];
      if (named->wheel) files.wheels.push_back(i);
      if (is_sdist(filename)) files.sdists.push_back(i);
    }
    std::vector<OfferedVersion> offered;
    offered.reserve(versions.size());
    for (const auto& [version, files] : versions) {
      offered.push_back(judge(version, files));
      offered.back().candidate.has_sdist = !offered.back().wheel && !files.sdists.empty();
    }
    return offered;
  }

 private:
  OfferedVersion judge(const Version& version, const VersionFiles& files) {
    // PEP 792: nothing of it may be installed, should the index list it all the same.
    if (m_page.status && m_page.status->marker == ProjectStatus::Marker::quarantined) return {{version, "quarantined by the index"}};
    OfferedVersion offered = files.wheels.empty() ? OfferedVersion{{version, "only an sdist"}} : judge_files(version, files.wheels);
    if (offered.wheel && !offered.candidate.yanked) return offered;
    if (files.sdists.empty() || !m_rules.buildable.contains(m_page.name)) return offered;
    OfferedVersion built = judge_files(version, files.sdists);
    return built.wheel || files.wheels.empty() ? built : offered;
  }

  OfferedVersion judge_files(const Version& version, const std::vector<std::size_t>& files) {
    std::string objection;
    const auto timely = passing(files, [&](const ProjectFile& file) { return is_old_enough(file, objection); });
    if (timely.empty()) return {{version, objection}};
    const auto named = passing(timely, [&](const ProjectFile& file) { return has_given_hash(file, objection); });
    if (named.empty()) return {{version, objection}};
    const auto runnable = passing(named, [&](const ProjectFile& file) { return fits_python(file, objection); });
    if (runnable.empty()) return {{version, objection}};
    const auto sound = passing(runnable, [](const ProjectFile& file) { return !file.yanked; });
    if (const auto wheel = best(sound)) return {{version}, m_page.files[*wheel]};
    if (const auto wheel = best(runnable)) {
      const std::string& reason = *m_page.files[*wheel].yanked;
      return {{version, reason.empty() ? "yanked" : "yanked: " + reason, true}, m_page.files[*wheel]};
    }
    const auto& release = m_rules.python.release();
    const auto python = fmt::format("{}.{}", release[0], release.size() > 1 ? release[1] : 0);
    return {{.version = version,
             .unusable = fmt::format("no wheel for {} with Python {}", m_rules.platform, python),
             .elsewhere = wheels_elsewhere(names_of(runnable), m_rules.tags)}};
  }

  template <class Test>
  std::vector<std::size_t> passing(const std::vector<std::size_t>& files, Test test) const {
    std::vector<std::size_t> kept;
    std::copy_if(files.begin(), files.end(), std::back_inserter(kept), [&](std::size_t i) { return test(m_page.files[i]); });
    return kept;
  }

  std::vector<std::string> names_of(const std::vector<std::size_t>& files) const {
    std::vector<std::string> names;
    names.reserve(files.size());
    for (const std::size_t i : files) names.push_back(m_page.files[i].filename);
    return names;
  }

  std::optional<std::size_t> best(const std::vector<std::size_t>& files) const {
    if (!files.empty() && is_sdist(m_page.files[files.front()].filename)) return files.front();  // one a version (PEP 625)
    const auto place = choose_wheel(names_of(files), m_rules.tags);
    return place ? std::optional(files[*place]) : std::nullopt;
  }

  // ISO 8601 in one zone and one spelling sorts as text does.
  bool is_old_enough(const ProjectFile& file, std::string& objection) const {
    if (!m_rules.exclude_newer) return true;
    if (!file.upload_time) {
      objection = "the index does not say when it was uploaded, which --exclude-newer needs";
      return false;
    }
    if (file.upload_time->substr(0, 19) < m_rules.exclude_newer->substr(0, 19)) return true;
    objection = fmt::format("uploaded {}, after --exclude-newer", file.upload_time->substr(0, 10));
    return false;
  }

  bool has_given_hash(const ProjectFile& file, std::string& objection) const {
    if (m_hashes == nullptr) return true;
    if (file.sha256 && std::find(m_hashes->begin(), m_hashes->end(), *file.sha256) != m_hashes->end()) return true;
    objection =
        file.sha256 ? "no wheel with one of the hashes that are given for it" : "the index gives no sha256, and hashes are given for it";
    return false;
  }

  bool fits_python(const ProjectFile& file, std::string& objection) {
    if (!file.requires_python) return true;
    const auto [known, fresh] = m_admitted.try_emplace(*file.requires_python, false);
    if (fresh) known->second = admits_python(*file.requires_python, m_rules.python);
    if (!known->second) objection = fmt::format("requires Python {}", *file.requires_python);
    return known->second;
  }

  const ProjectPage& m_page;
  const FileRules& m_rules;
  const std::vector<Sha256>* m_hashes = nullptr;  // those given for this project
  std::map<std::string, bool> m_admitted;         // pages repeat a few specifiers thousands of times
};

}  // namespace

const ProjectFile* OfferedFile::read() const {
  if (m_packed) {
    if (auto file = parse_offered_file(m_bytes, m_packed->index)) m_read = std::make_shared<const ProjectFile>(*std::move(file));
    m_packed.reset();
  }
  return m_read.get();
}

IdentifiedRules identified(FileRules rules) {
  std::string text = fmt::format("{}\n{}\n{}\n", rules.python.text(), rules.platform, rules.exclude_newer.value_or(""));
  for (const Tag& tag : rules.tags.ranked()) text += tag.text() + "\n";
  for (const auto& [name, digests] : rules.hashes) {
    text += name.text() + "\n";
    for (const Sha256& digest : digests) text += digest.hex() + "\n";
  }
  for (const PackageName& name : rules.buildable) text += "build " + name.text() + "\n";
  return {std::move(rules), sha256(std::as_bytes(std::span(text))).hex()};
}

bool admits_python(const std::string& requires_python, const Version& python) {
  const auto specifiers = SpecifierSet::parse(requires_python);
  return !specifiers || specifiers->contains(python);
}

std::vector<OfferedVersion> offered_versions(const ProjectPage& page, const FileRules& rules) { return PageReview(page, rules).review(); }

}  // namespace torchup
