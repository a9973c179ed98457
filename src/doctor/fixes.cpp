#include "torchup/doctor/doctor.hpp"

#include "src/store/store.hpp"

#include <fmt/format.h>

#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

Status said(const std::error_code& error, std::string_view what, const fs::path& path) {
  if (!error) return {};
  return failure({ErrorKind::host, fmt::format("cannot {} `{}`: {}", what, path.string(), error.message()), {}, {}});
}

/// A file that was set aside before stays: renaming would write over it.
Status set_aside(const fs::path& path) {
  const fs::path aside = fs::path(path) += ".disabled";
  std::error_code error;
  if (fs::exists(fs::symlink_status(aside, error)))
    return failure({ErrorKind::host, fmt::format("cannot rename `{}`: `{}` is there already", path.string(), aside.string()), {}, {}});
  fs::rename(path, aside, error);
  return said(error, "rename", path);
}

}  // namespace

std::string fix_text(const Fix& fix) {
  switch (fix.kind) {
    case Fix::Kind::own_permissions:
      return fmt::format("give its owner back the right to read, write and enter `{}`", fix.path.string());
    case Fix::Kind::remove_tree:
      return fmt::format("remove `{}`", fix.path.string());
    case Fix::Kind::set_aside:
      return fmt::format("rename `{}` to `{}.disabled`", fix.path.string(), fix.path.filename().string());
    case Fix::Kind::new_generation:
      return fmt::format("make a new generation of `{}` from its own lock; the present one is kept, with what torchup did not install",
                         fix.path.string());
    case Fix::Kind::set_tree_aside:
      break;
  }
  return fmt::format("take the damaged wheel {} out of the store, so that the next install brings it anew", fix.sha256.substr(0, 12));
}

Status apply_fix(const Fix& fix) {
  std::error_code error;
  switch (fix.kind) {
    case Fix::Kind::own_permissions:
      fs::permissions(fix.path, fs::perms::owner_all, fs::perm_options::add, error);
      return said(error, "change the permissions of", fix.path);
    case Fix::Kind::remove_tree:
      fs::remove_all(fix.path, error);
      return said(error, "remove", fix.path);
    case Fix::Kind::set_aside:
      return set_aside(fix.path);
    case Fix::Kind::new_generation:
      return failure({ErrorKind::internal, "a generation is made by the pipeline", {}, {}});
    case Fix::Kind::set_tree_aside:
      break;
  }
  TORCHUP_TRY_ASSIGN(const Store store, Store::open(fix.path));
  TORCHUP_TRY_ASSIGN(const Sha256 wheel, Sha256::parse(fix.sha256));
  return store.set_aside(wheel).map([](const fs::path&) {});
}

}  // namespace torchup
