#include "src/index/offered_versions.hpp"

#include "torchup/resolver/specifier.hpp"
#include "torchup/resolver/wheels_elsewhere.hpp"
#include "torchup/system/hash.hpp"

#include "src/index/judged_page.hpp"
#include "src/index/offers_text.hpp"
#include "src/index/page_files.hpp"
#include "src/index/sdist_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace torchup {
namespace {

/// What one version comes to: the file to take, or why there is none.
struct Verdict {
  std::optional<std::size_t> file = {};  ///< Its place on the page.
  std::string unusable = {};
  bool yanked = false;
  std::string elsewhere = {};
  bool has_sdist = false;
  bool operator==(const Verdict&) const = default;
};

class PageReview {
 public:
  PageReview(PageFiles& files, const FileRules& rules) : m_files(files), m_rules(rules) {
    const auto given = rules.hashes.find(files.page().name);
    if (given != rules.hashes.end()) m_hashes = &given->second;
  }

  /// Of each version, ascending.
  std::vector<Verdict> review() {
    std::vector<Verdict> verdicts;
    verdicts.reserve(m_files.versions().size());
    for (const auto& [version, files] : m_files.versions()) {
      verdicts.push_back(judge(files));
      verdicts.back().has_sdist = !verdicts.back().file && !files.sdists.empty();
    }
    return verdicts;
  }

 private:
  Verdict judge(const VersionFiles& files) {
    // PEP 792: nothing of it may be installed, should the index list it all the same.
    const auto& status = m_files.page().status;
    if (status && status->marker == ProjectStatus::Marker::quarantined) return {.unusable = "quarantined by the index"};
    // PEP 625 left .tar.gz as the one form of sdists.
    const bool is_legacy = files.wheels.empty() && files.sdists.empty();
    if (is_legacy) return {.unusable = "only an sdist that is no .tar.gz"};
    Verdict verdict = files.wheels.empty() ? Verdict{.unusable = "only an sdist"} : judge_files(files.wheels);
    if (verdict.file && !verdict.yanked) return verdict;
    if (files.sdists.empty() || !m_rules.buildable.contains(m_files.page().name)) return verdict;
    Verdict built = judge_files(files.sdists);
    return built.file || files.wheels.empty() ? built : verdict;
  }

  Verdict judge_files(const std::vector<std::size_t>& files) {
    std::string objection;
    const auto timely = passing(files, [&](const ProjectFile& file) { return is_old_enough(file, objection); });
    if (timely.empty()) return {.unusable = objection};
    const auto named = passing(timely, [&](const ProjectFile& file) { return has_given_hash(file, objection); });
    if (named.empty()) return {.unusable = objection};
    const auto runnable = passing(named, [&](const ProjectFile& file) { return fits_python(file, objection); });
    if (runnable.empty()) return {.unusable = objection};
    const auto sound = passing(runnable, [](const ProjectFile& file) { return !file.yanked; });
    if (const auto wheel = best(sound)) return {.file = wheel};
    if (const auto wheel = best(runnable)) {
      const std::string& reason = *m_files.file(*wheel).yanked;
      return {.file = wheel, .unusable = reason.empty() ? "yanked" : "yanked: " + reason, .yanked = true};
    }
    const auto& release = m_rules.python.release();
    const auto python = fmt::format("{}.{}", release[0], release.size() > 1 ? release[1] : 0);
    return {.unusable = fmt::format("no wheel for {} with Python {}", m_rules.platform, python),
            .elsewhere = wheels_elsewhere(names_of(runnable), m_rules.tags)};
  }

  template <class Test>
  std::vector<std::size_t> passing(const std::vector<std::size_t>& files, Test test) const {
    std::vector<std::size_t> kept;
    std::copy_if(files.begin(), files.end(), std::back_inserter(kept), [&](std::size_t i) { return test(m_files.file(i)); });
    return kept;
  }

  std::vector<std::string> names_of(const std::vector<std::size_t>& files) const {
    std::vector<std::string> names;
    names.reserve(files.size());
    for (const std::size_t i : files) names.push_back(m_files.file(i).filename);
    return names;
  }

  std::optional<std::size_t> best(const std::vector<std::size_t>& files) const {
    if (!files.empty() && is_sdist(m_files.file(files.front()).filename)) return files.front();  // one a version (PEP 625)
    return m_files.best_wheel(files, m_rules.tags);
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

  PageFiles& m_files;
  const FileRules& m_rules;
  const std::vector<Sha256>* m_hashes = nullptr;  // those given for this project
  std::map<std::string, bool> m_admitted;         // pages repeat a few specifiers thousands of times
};

std::vector<OfferedVersion> offers_of(const PageFiles& files, const std::vector<Verdict>& verdicts) {
  std::vector<OfferedVersion> offers;
  offers.reserve(verdicts.size());
  auto verdict = verdicts.begin();
  for (const auto& [version, its_files] : files.versions()) {
    OfferedVersion& offer =
        offers.emplace_back(OfferedVersion{{version, verdict->unusable, verdict->yanked, verdict->elsewhere, verdict->has_sdist}});
    if (verdict->file) offer.wheel = files.file(*verdict->file);
    ++verdict;
  }
  return offers;
}

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

std::vector<OfferedVersion> offered_versions(const ProjectPage& page, const FileRules& rules) {
  PageFiles files(page);
  return offers_of(files, PageReview(files, rules).review());
}

JudgedPage judge_page(const ProjectPage& page, const RuleSet& rules) {
  PageFiles files(page);
  std::vector<std::vector<Verdict>> different;
  JudgedPage judged;
  for (const auto& one : rules.rules()) {
    auto verdicts = PageReview(files, one->rules).review();
    const auto same = std::find(different.begin(), different.end(), verdicts);
    judged.of_rules.push_back(static_cast<std::size_t>(same - different.begin()));
    if (same != different.end()) continue;
    judged.meanings.push_back(offers_of(files, verdicts));
    different.push_back(std::move(verdicts));
  }
  return judged;
}

}  // namespace torchup
