#include "src/install/foreign_content.hpp"
#include "src/install/staged_generation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

/// What people edit is copied, so that the generation it comes from stays as it is.
constexpr std::uintmax_t k_link_from = 256 << 10;

bool is_there(const fs::path& path) {
  std::error_code code;
  return fs::exists(fs::symlink_status(path, code));
}

/// From generation to generation; links are kept as links.
Status take_over(const fs::path& from, const fs::path& to) {
  std::error_code code;
  fs::create_directories(to.parent_path(), code);
  if (code) return failure(system_error(ErrorKind::install, "make the folder", to.parent_path(), code.value()));
  std::error_code unknown;
  if (!fs::is_symlink(from, unknown) && fs::file_size(from, unknown) >= k_link_from && !unknown) {
    fs::create_hard_link(from, to, code);
    if (!code) return {};
  }
  fs::copy(from, to, fs::copy_options::copy_symlinks, code);
  if (code) return failure(system_error(ErrorKind::install, "copy what was there before to", to, code.value()));
  return {};
}

class Keeper {
 public:
  Keeper(const Generation& from, Generation& to) : m_from(from), m_to(to) {}

  /// Whether the new generation looks for packages where the old one has them.
  bool has_place() const {
    return m_from.site_packages.lexically_relative(m_from.root) == m_to.site_packages.lexically_relative(m_to.root);
  }

  Status keep(const ForeignPackage& package) {
    const std::string what = package.name + " " + package.version;
    const auto same_name = std::ranges::find_if(m_to.packages, [&](const auto& held) { return held.name.text() == package.name; });
    if (same_name != m_to.packages.end()) {
      return leave(what, fmt::format("{} {} takes its place", same_name->name.text(), same_name->version.text()));
    }
    const auto taken = std::ranges::find_if(package.files, [&](const std::string& file) { return is_there(m_to.root / file); });
    if (taken != package.files.end()) return leave(what, fmt::format("another package has `{}`", *taken));
    for (const std::string& file : package.files) TORCHUP_TRY(take_over(m_from.root / file, m_to.root / file));
    m_kept.kept.push_back(what);
    return {};
  }

  Status keep(const ForeignEdit& edit) {
    const bool is_held =
        std::ranges::any_of(m_to.packages, [&](const InstalledPackage& package) { return package.wheel_sha256 == edit.wheel_sha256; });
    if (!is_held) return leave(edit.file, "its package changes");
    std::error_code code;
    fs::remove(m_to.root / edit.file, code);
    if (code) return failure(system_error(ErrorKind::install, "remove", m_to.root / edit.file, code.value()));
    TORCHUP_TRY(take_over(m_from.root / edit.file, m_to.root / edit.file));
    m_to.edited.push_back(edit.file);
    m_kept.kept.push_back(edit.file);
    return {};
  }

  Status keep_loose(const std::string& file) {
    if (is_there(m_to.root / file)) return leave(file, "a package has this file now");
    TORCHUP_TRY(take_over(m_from.root / file, m_to.root / file));
    m_kept.kept.push_back(file);
    return {};
  }

  Status leave(const std::string& what, const std::string& why) {
    m_kept.left.push_back(what + ": " + why);
    return {};
  }

  KeptForeignContent take() { return std::move(m_kept); }

 private:
  const Generation& m_from;
  Generation& m_to;
  KeptForeignContent m_kept;
};

}  // namespace

Result<KeptForeignContent> keep_foreign_content(const ForeignContent& content, const Generation& from, Generation& to) {
  Keeper keeper(from, to);
  if (!keeper.has_place()) {
    for (const ForeignPackage& package : content.packages)
      TORCHUP_TRY(keeper.leave(package.name + " " + package.version, "it is another Python's"));
    for (const ForeignEdit& edit : content.edits) TORCHUP_TRY(keeper.leave(edit.file, "it is another Python's"));
    for (const std::string& file : content.loose) TORCHUP_TRY(keeper.leave(file, "it is another Python's"));
    return keeper.take();
  }
  for (const ForeignPackage& package : content.packages) TORCHUP_TRY(keeper.keep(package));
  for (const ForeignEdit& edit : content.edits) TORCHUP_TRY(keeper.keep(edit));
  for (const std::string& file : content.loose) TORCHUP_TRY(keeper.keep_loose(file));
  return keeper.take();
}

Result<KeptForeignContent> StagedGeneration::keep(const ForeignContent& content, const Generation& from) {
  return keep_foreign_content(content, from, m_generation);
}

}  // namespace torchup
