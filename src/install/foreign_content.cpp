#include "src/install/foreign_content.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include "src/install/bytecode.hpp"
#include "src/install/distribution_folder.hpp"
#include "src/install/environment_form.hpp"
#include "src/install/folder.hpp"
#include "src/install/record_rows.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
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
      TORCHUP_TRY(ours != nullptr ? look_for_edits(folder, *ours) : take_package(folder));
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

  /// None where the list is missing or malformed: what it would name is found as loose files. One that cannot be read is a failure: a
  /// package that is to go would be taken for such files, and come along.
  Result<std::vector<RecordRow>> rows_of(const DistributionFolder& folder) const {
    TORCHUP_TRY_ASSIGN(const auto text, read_file_if_there(m_generation.site_packages / folder.folder / "RECORD", k_most_record));
    auto rows = parse_record_rows(text.value_or(""));
    return rows ? *std::move(rows) : std::vector<RecordRow>();
  }

  /// Nothing where nothing is there.
  Result<std::optional<struct stat>> status_of(const std::string& place) const {
    struct stat status;
    const fs::path path = m_generation.root / place;
    if (::lstat(path.c_str(), &status) == 0) return status;
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return failure(system_error(ErrorKind::host, "read", path, errno));
  }

  Status take_package(const DistributionFolder& folder) {
    ForeignPackage package{.name = folder.name.text(), .version = folder.version.text(), .files = {}};
    TORCHUP_TRY_ASSIGN(const std::vector<RecordRow> rows, rows_of(folder));
    for (const RecordRow& row : rows) {
      const auto place = place_of(row, m_site_packages);
      if (!place) continue;
      TORCHUP_TRY_ASSIGN(const auto status, status_of(*place));
      if (!status) continue;
      m_listed.insert(*place);
      package.files.push_back(*place);
    }
    std::ranges::sort(package.files);
    m_content.packages.push_back(std::move(package));
    return {};
  }

  Status look_for_edits(const DistributionFolder& folder, const InstalledPackage& package) {
    TORCHUP_TRY_ASSIGN(const std::vector<RecordRow> rows, rows_of(folder));
    if (rows.empty()) m_unlisted.insert(folder.folder);
    for (const RecordRow& row : rows) {
      const auto place = place_of(row, m_site_packages);
      if (!place) continue;
      m_listed.insert(*place);
      TORCHUP_TRY_ASSIGN(const bool edited, is_edited(*place, row));
      if (edited) m_content.edits.push_back({*place, package.wheel_sha256});
    }
    return {};
  }

  /// Size and time tell nearly always; only what was written to since the generation was made, or was another before, is hashed.
  Result<bool> is_edited(const std::string& place, const RecordRow& row) const {
    if (!row.sha256) return false;
    TORCHUP_TRY_ASSIGN(const auto found, status_of(place));
    if (!found || S_ISDIR(found->st_mode)) return false;
    const struct stat& status = *found;
    const fs::path path = m_generation.root / place;
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
      if (!m_listed.contains(place) && !is_of_unlisted(entry->path())) m_content.loose.push_back(std::move(place));
    }
    if (code) return failure(system_error(ErrorKind::host, "read", m_generation.site_packages, code.value()));
    return {};
  }

  bool is_of_unlisted(const fs::path& path) const {
    return !m_unlisted.empty() && m_unlisted.contains(path.lexically_relative(m_generation.site_packages).begin()->string());
  }

  const Generation& m_generation;
  const fs::path m_site_packages;  // relative to the generation
  std::timespec m_made{};
  std::set<std::string> m_listed;
  std::set<std::string> m_unlisted;  ///< Folders of what torchup installed and whose list is lost: two such of one package must not meet.
  ForeignContent m_content;
};

}  // namespace

Result<ForeignContent> find_foreign_content(const Generation& generation) { return Look(generation).run(); }

}  // namespace torchup
