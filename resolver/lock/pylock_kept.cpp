#include "resolver/lock/pylock_kept.hpp"

#include "resolver/lock/pylock_file.hpp"
#include "resolver/lock/toml_emit.hpp"

#include <fmt/format.h>

#include <array>

namespace torchup {
namespace {

using Why = std::optional<std::string>;

Status check_texts(const KeyReader& reader, std::initializer_list<const char*> keys) {
  for (const char* key : keys) TORCHUP_TRY(reader.optional_text(key));
  return {};
}

Result<Why> read_repository(const KeyReader& package) {
  TORCHUP_TRY_ASSIGN(const KeyReader vcs, package.table("vcs"));
  TORCHUP_TRY(vcs.text("type"));
  TORCHUP_TRY(vcs.text("commit-id"));
  TORCHUP_TRY(check_location(vcs));
  TORCHUP_TRY(check_texts(vcs, {"requested-revision", "subdirectory"}));
  return Why("it comes from a repository");
}

Result<Why> read_directory(const KeyReader& package) {
  TORCHUP_TRY_ASSIGN(const KeyReader directory, package.table("directory"));
  TORCHUP_TRY(directory.text("path"));
  TORCHUP_TRY(directory.optional_boolean("editable"));
  TORCHUP_TRY(check_texts(directory, {"subdirectory"}));
  return Why("it comes from a folder");
}

Result<Why> read_archive(const KeyReader& package) {
  TORCHUP_TRY_ASSIGN(const KeyReader archive, package.table("archive"));
  TORCHUP_TRY(check_location(archive));
  TORCHUP_TRY(check_hashes(archive));
  TORCHUP_TRY(archive.optional_integer("size"));
  TORCHUP_TRY(archive.optional_utc_time("upload-time"));
  TORCHUP_TRY(check_texts(archive, {"subdirectory"}));
  return Why("it comes from an archive that is no sdist of an index");
}

Result<Why> read_files(const KeyReader& package, const PackageName& name) {
  TORCHUP_TRY_ASSIGN(const std::vector<KeyReader> wheels, package.tables("wheels"));
  Why found;
  for (const KeyReader& wheel : wheels) {
    TORCHUP_TRY_ASSIGN(std::string why, why_file_is_unusable(wheel));
    if (why.empty()) continue;
    TORCHUP_TRY_ASSIGN(const std::string file, locked_file_name(wheel));
    TORCHUP_TRY(read_wheel_name(wheel, file, name));
    if (!found) found = std::move(why);
  }
  // Beside wheels that can be had, an sdist that cannot is left out.
  if (!found && wheels.empty() && package.has("sdist")) {
    TORCHUP_TRY_ASSIGN(const KeyReader sdist, package.table("sdist"));
    TORCHUP_TRY_ASSIGN(std::string why, why_file_is_unusable(sdist));
    if (!why.empty()) found = std::move(why);
  }
  return found;
}

}  // namespace

// PEP 751: vcs, directory and archive exclude one another, and wheels and a source distribution, which may stand together.
Result<Why> why_only_kept(const KeyReader& reader, const PackageName& name) {
  const bool has_files = reader.has("wheels") || reader.has("sdist");
  const int sources = int{reader.has("vcs")} + int{reader.has("directory")} + int{reader.has("archive")} + int{has_files};
  if (sources == 0) return lock_failure(fmt::format("`{}` is missing from the lock file", reader.place("wheels")));
  if (sources > 1) return lock_failure(fmt::format("`{}` of the lock file has more than one kind of source", reader.place("name")));
  if (reader.has("vcs")) return read_repository(reader);
  if (reader.has("directory")) return read_directory(reader);
  if (reader.has("archive")) return read_archive(reader);
  return read_files(reader, name);
}

std::string kept_toml(const KeyReader& reader) {
  constexpr std::array k_keys{"name",      "version", "marker", "requires-python", "dependencies", "vcs",
                              "directory", "archive", "index",  "sdist",           "wheels",       "attestation-identities"};
  std::string text;
  for (const char* key : k_keys) {
    const TomlValue* value = reader.value(key);
    const std::string written = value != nullptr ? toml_value(*value) : "";
    if (!written.empty()) text += fmt::format("{} = {}\n", key, written);
  }
  return text;
}

}  // namespace torchup
