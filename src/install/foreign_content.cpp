#include "src/install/foreign_content.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include "src/install/bytecode.hpp"
#include "src/install/distribution_folder.hpp"
#include "src/install/environment_form.hpp"
#include "src/install/folder.hpp"
#include "src/install/record_rows.hpp"

#include <algorithm>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_most_record = 256ULL << 20;

/// A row's path relative to the generation; nothing for one that leads out of it, and for bytecode.
std::optional<std::string> place_of(const RecordRow& row, const fs::path& site_packages) {
  const fs::path place = (site_packages / row.path).lexically_normal();
  if (place.is_absolute() || place.empty() || *place.begin() == ".." || is_bytecode(place)) return std::nullopt;
  return place.generic_string();
}

/// A generation while it is looked at.
class Look {
 public:
  explicit Look(const Generation& generation)
      : m_generation(generation), m_site_packages(generation.site_packages.lexically_relative(generation.root)) {}

  Result<ForeignContent> run() {
    struct stat manifest;
    if (::stat((m_generation.root / k_manifest_file).c_str(), &manifest) == 0) m_made = manifest.st_mtim;
    TORCHUP_TRY_ASSIGN(const std::vector<DistributionFolder> folders, distribution_folders(m_generation.site_packages));
    for (const DistributionFolder& folder : folders) {
      const InstalledPackage* const ours = installed_as(folder);
      ours != nullptr ? look_for_edits(folder, *ours) : take_package(folder);
    }
    TORCHUP_TRY(look_for_loose_files());
    std::ranges::sort(m_content.packages, {}, &ForeignPackage::name);
    std::ranges::sort(m_content.edits, {}, &ForeignEdit::file);
    std::ranges::sort(m_content.loose);
    return std::move(m_content);
  }

 private:
  const InstalledPackage* installed_as(const DistributionFolder& folder) const {
    const auto found = std::ranges::find_if(m_generation.packages, [&](const InstalledPackage& package) {
      return package.name == folder.name && package.version == folder.version;
    });
    return found == m_generation.packages.end() ? nullptr : &*found;
  }

  /// None where the list is missing or malformed: what it would name is found as loose files.
  std::vector<RecordRow> rows_of(const DistributionFolder& folder) const {
    const auto text = read_whole_file(m_generation.site_packages / folder.folder / "RECORD", k_most_record);
    if (!text) return {};
    auto rows = parse_record_rows(*text);
    return rows ? *std::move(rows) : std::vector<RecordRow>();
  }

  void take_package(const DistributionFolder& folder) {
    ForeignPackage package{.name = folder.name.text(), .version = folder.version.text(), .files = {}};
    for (const RecordRow& row : rows_of(folder)) {
      const auto place = place_of(row, m_site_packages);
      std::error_code code;
      if (!place || !fs::exists(fs::symlink_status(m_generation.root / *place, code))) continue;
      m_listed.insert(*place);
      package.files.push_back(*place);
    }
    std::ranges::sort(package.files);
    m_content.packages.push_back(std::move(package));
  }

  void look_for_edits(const DistributionFolder& folder, const InstalledPackage& package) {
    for (const RecordRow& row : rows_of(folder)) {
      const auto place = place_of(row, m_site_packages);
      if (!place) continue;
      m_listed.insert(*place);
      if (is_edited(*place, row)) m_content.edits.push_back({*place, package.wheel_sha256});
    }
  }

  /// Size and time tell nearly always; only what was written to since the generation was made, or was another before, is hashed.
  bool is_edited(const std::string& place, const RecordRow& row) const {
    struct stat status;
    const fs::path path = m_generation.root / place;
    if (!row.sha256 || ::lstat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return false;
    if (row.size && static_cast<std::uint64_t>(status.st_size) != *row.size) return true;
    const bool is_later = std::pair(status.st_mtim.tv_sec, status.st_mtim.tv_nsec) > std::pair(m_made.tv_sec, m_made.tv_nsec);
    if (!is_later && std::ranges::find(m_generation.edited, place) == m_generation.edited.end()) return false;
    const auto digest = sha256_file(path);
    return !digest || *digest != *row.sha256;
  }

  Status look_for_loose_files() {
    std::error_code code;
    for (fs::recursive_directory_iterator entry(m_generation.site_packages, code), end; !code && entry != end; entry.increment(code)) {
      std::error_code ignored;
      if (fs::is_directory(entry->symlink_status(ignored)) || is_bytecode(entry->path())) continue;
      std::string place = entry->path().lexically_relative(m_generation.root).generic_string();
      if (!m_listed.contains(place)) m_content.loose.push_back(std::move(place));
    }
    if (code) return failure(system_error(ErrorKind::host, "read", m_generation.site_packages, code.value()));
    return {};
  }

  const Generation& m_generation;
  const fs::path m_site_packages;  // relative to the generation
  std::timespec m_made{};
  std::set<std::string> m_listed;
  ForeignContent m_content;
};

}  // namespace

Result<ForeignContent> find_foreign_content(const Generation& generation) { return Look(generation).run(); }

}  // namespace torchup
