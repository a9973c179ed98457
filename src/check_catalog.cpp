#include "src/check_catalog.hpp"

#include "torchup/resolver/package_name.hpp"

#include "src/configured_indexes.hpp"
#include "src/index/core_metadata.hpp"
#include "src/index/index_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace torchup {
namespace {

std::optional<std::string> given(const std::string& url) { return url.empty() ? std::nullopt : std::optional(url); }

class Checker {
 public:
  explicit Checker(const Ports& ports)
      : m_ports(ports),
        m_client({.cache = ports.cache / "index", .offline = ports.offline ? Offline::yes : Offline::no}, ports.transport,
                 ports.cancellation, ports.diagnostics) {}

  Result<CatalogCheck> run(const CatalogCheckWish& wish) {
    const auto& configuration = m_ports.configuration;
    TORCHUP_TRY_ASSIGN(const ChosenIndex main, choose_main_index(given(wish.index_url), m_ports.this_host, m_ports.cache / "default-index",
                                                                 configured_main_index(configuration)));
    TORCHUP_TRY_ASSIGN(const ChosenIndex torch,
                       choose_torch_index(given(wish.torch_index_url), m_ports.this_host, configured_torch_index(configuration)));
    m_client.want_page(main.url, m_torch);
    m_client.want_page(torch.url, m_torch);
    TORCHUP_TRY(list(VariantIndex::main, main.url));
    TORCHUP_TRY(list_torch(torch.url));
    if (m_listed.empty())
      return failure({ErrorKind::network, fmt::format("no index tells what it has of torch: {}", m_check.asked.front().problem), {}, {}});
    m_check.gaps = find_catalog_gaps(m_ports.catalog, m_listed);
    for (const auto& release : unknown_releases(m_ports.catalog, m_listed)) {
      TORCHUP_TRY(derive(release));
    }
    return std::move(m_check);
  }

 private:
  /// The page once it is there; nullptr where it does not come, and `problem` says why.
  Result<const ProjectPage*> page_of(const Url& index, std::string& problem) {
    while (m_client.page(index, m_torch) == nullptr && !m_client.idle()) TORCHUP_TRY(m_client.drive());
    const auto* const page = m_client.page(index, m_torch);
    if (page == nullptr) {
      problem = "it was not asked";
    } else if (!*page) {
      problem = page->error().message;
    } else if (!**page) {
      problem = "it has no page for torch";
    } else {
      return &***page;
    }
    return nullptr;
  }

  std::size_t add(const ProjectPage& page, VariantIndex index) {
    std::size_t count = 0;
    for (const auto& file : page.files) {
      for (auto& wheel : parse_listed_wheel(file.filename, index)) {
        if (index == VariantIndex::main) m_files.emplace(file.filename, file);
        m_listed.push_back(std::move(wheel));
        ++count;
      }
    }
    return count;
  }

  Status list(VariantIndex index, const Url& url) {
    AskedIndex asked{.index = index, .url = url.text()};
    TORCHUP_TRY_ASSIGN(const ProjectPage* page, page_of(url, asked.problem));
    if (page != nullptr) asked.wheels = add(*page, index);
    m_check.asked.push_back(std::move(asked));
    return {};
  }

  /// The PyTorch index lists all builds on one page; mirrors of it often have the variants' folders only.
  Status list_torch(const Url& base) {
    TORCHUP_TRY(list(VariantIndex::torch, base));
    auto& asked = m_check.asked.back();
    if (asked.wheels > 0 || asked.problem != "it has no page for torch") return {};
    std::vector<Url> folders;
    for (const auto& variant : variant_folders()) {
      TORCHUP_TRY_ASSIGN(Url folder, torch_variant_index(base, variant));
      m_client.want_page(folder, m_torch);
      folders.push_back(std::move(folder));
    }
    for (const auto& folder : folders) {
      std::string problem;
      TORCHUP_TRY_ASSIGN(const ProjectPage* page, page_of(folder, problem));
      if (page != nullptr) asked.wheels += add(*page, VariantIndex::torch);
    }
    if (asked.wheels > 0) asked.problem.clear();
    return {};
  }

  std::set<std::string> variant_folders() const {
    std::set<std::string> folders;
    for (const auto& release : catalog_contents(m_ports.catalog)) {
      for (const auto& [variant, platforms] : release.variants) folders.insert(variant_index_folder(variant));
    }
    return folders;
  }

  /// One wheel of each platform is asked what it requires.
  Status derive(const std::string& release) {
    std::map<std::string, const ProjectFile*> samples;
    for (const auto& wheel : m_listed) {
      const bool is_sample = wheel.index == VariantIndex::main && wheel.release == release;
      if (is_sample) samples.try_emplace(wheel.platform, &m_files.at(wheel.filename));
    }
    for (const auto& [platform, file] : samples) m_client.want_metadata(*file);
    std::map<std::string, std::string> defaults;
    for (const auto& [platform, file] : samples) {
      while (m_client.metadata(*file) == nullptr && !m_client.idle()) TORCHUP_TRY(m_client.drive());
      const auto* const raw = m_client.metadata(*file);
      if (raw == nullptr || !*raw) continue;  // its row says nothing of that platform, then
      TORCHUP_TRY_ASSIGN(const Version version, Version::parse(release));
      const auto metadata = parse_core_metadata((*raw)->text, m_torch, version);
      if (metadata) defaults.emplace(platform, variant_of_requirements(metadata->requires_dist, platform));
    }
    m_check.derived.push_back(derive_release(release, m_listed, std::move(defaults)));
    return {};
  }

  const Ports& m_ports;
  const PackageName m_torch = PackageName::parse("torch").value();
  IndexClient m_client;
  std::vector<ListedWheel> m_listed;
  std::map<std::string, ProjectFile> m_files;  // of the main index, by name
  CatalogCheck m_check;
};

}  // namespace

Result<CatalogCheck> check_catalog(const Ports& ports, const CatalogCheckWish& wish) { return Checker(ports).run(wish); }

}  // namespace torchup
