#include "resolver/lock/pylock_package.hpp"

#include "resolver/lock/pylock_file.hpp"
#include "resolver/lock/pylock_kept.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

Result<PackageName> read_name(const KeyReader& reader) {
  TORCHUP_TRY_ASSIGN(const std::string written, reader.text("name"));
  TORCHUP_TRY_ASSIGN(PackageName name, reader.parsed("name", &PackageName::parse));
  if (name.text() != written) {
    return lock_failure(
        fmt::format("`{}` of the lock file is `{}`, which is not the normalised name `{}`", reader.place("name"), written, name.text()));
  }
  return name;
}

Status read_wheels(const KeyReader& reader, std::optional<Version> version, std::vector<LockedFile>& wheels,
                   std::optional<Version>& found) {
  TORCHUP_TRY_ASSIGN(const std::vector<KeyReader> tables, reader.tables("wheels"));
  TORCHUP_TRY_ASSIGN(const PackageName package, read_name(reader));
  if (!reader.has("wheels")) {
    if (!version) return lock_failure(fmt::format("`{}` is missing from the lock file", reader.place("version")));
    found = std::move(version);
    return {};
  }
  if (tables.empty()) return lock_failure(fmt::format("`{}` of the lock file is empty", reader.place("wheels")));
  for (const KeyReader& table : tables) {
    TORCHUP_TRY_ASSIGN(LockedFile file, read_locked_file(table));
    TORCHUP_TRY_ASSIGN(const WheelName wheel, read_wheel_name(table, file.name, package));
    // `version` may be left out (PEP 751, "packages.version"); then the wheels must agree.
    if (!version) version = wheel.version;
    if (wheel.version != *version) {
      return lock_failure(fmt::format("`{}` of the lock file is `{}`, which is not version {}",
                                      table.place(table.has("name") ? "name" : "url"), file.name, version->text()));
    }
    wheels.push_back(std::move(file));
  }
  found = std::move(version);
  return {};
}

Result<std::optional<LockedFile>> read_sdist(const KeyReader& reader) {
  if (!reader.has("sdist")) return std::nullopt;
  TORCHUP_TRY_ASSIGN(const KeyReader table, reader.table("sdist"));
  // What cannot be fetched and verified from here is of use to others; the wheels beside it do for us.
  TORCHUP_TRY_ASSIGN(const std::string why, why_file_is_unusable(table));
  if (reader.has("wheels") && !why.empty()) return std::nullopt;
  TORCHUP_TRY_ASSIGN(LockedFile file, read_locked_file(table));
  return file;
}

Result<std::vector<std::pair<PackageName, Version>>> read_dependencies(const KeyReader& reader) {
  TORCHUP_TRY_ASSIGN(const std::vector<KeyReader> tables, reader.tables("dependencies"));
  std::vector<std::pair<PackageName, Version>> dependencies;
  for (const KeyReader& table : tables) {
    TORCHUP_TRY_ASSIGN(PackageName name, table.parsed("name", &PackageName::parse));
    TORCHUP_TRY_ASSIGN(std::optional<Version> version, table.optional_parsed("version", &Version::parse));
    // Informational only (PEP 751): another tool may identify an entry by other keys, which we have no use for.
    if (version) dependencies.emplace_back(std::move(name), *std::move(version));
  }
  return dependencies;
}

// PEP 751: `extra ==` belongs to metadata; in a lock it would never be true, so the file is refused.
Status check_marker(const KeyReader& reader, const std::optional<Marker>& marker) {
  if (!marker) return {};
  const std::string text = marker->text();
  char quote = 0;
  std::string word;
  for (const char c : text + " ") {
    const bool letter = (c >= 'a' && c <= 'z') || c == '_';
    if (quote == 0 && letter) {
      word += c;
      continue;
    }
    if (word == "extra") {
      return lock_failure(
          fmt::format("`{}` of the lock file uses `extra`, which locks must not; it is `extras` there", reader.place("marker")));
    }
    word.clear();
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
  }
  return {};
}

Result<std::optional<Marker>> read_marker(const KeyReader& reader) {
  TORCHUP_TRY_ASSIGN(std::optional<Marker> marker, reader.optional_parsed("marker", &Marker::parse));
  TORCHUP_TRY(check_marker(reader, marker));
  return marker;
}

Result<LockEntry> read_entry(const KeyReader& reader) {
  TORCHUP_TRY_ASSIGN(PackageName name, read_name(reader));
  TORCHUP_TRY_ASSIGN(std::optional<std::string> why_kept, why_only_kept(reader, name));
  TORCHUP_TRY_ASSIGN(std::optional<Version> written_version, reader.optional_parsed("version", &Version::parse));
  TORCHUP_TRY_ASSIGN(std::optional<Marker> marker, read_marker(reader));
  TORCHUP_TRY_ASSIGN(std::optional<SpecifierSet> requires_python, reader.optional_parsed("requires-python", &SpecifierSet::parse));
  TORCHUP_TRY_ASSIGN(auto dependencies, read_dependencies(reader));
  TORCHUP_TRY_ASSIGN(std::optional<Url> index, reader.optional_parsed("index", &Url::parse));
  if (why_kept) return KeptEntry{std::move(name), std::move(marker), *std::move(why_kept), kept_toml(reader)};
  std::vector<LockedFile> wheels;
  std::optional<Version> version;
  TORCHUP_TRY(read_wheels(reader, std::move(written_version), wheels, version));
  TORCHUP_TRY_ASSIGN(std::optional<LockedFile> sdist, read_sdist(reader));
  return LockedPackage{std::move(name),         *std::move(version), std::move(marker), std::move(requires_python),
                       std::move(dependencies), std::move(index),    std::move(wheels), std::move(sdist)};
}

}  // namespace

Result<LockEntry> read_lock_entry(const KeyReader& reader) {
  Result<LockEntry> entry = read_entry(reader);
  if (entry) return entry;
  const Result<std::string> name = reader.text("name");
  return name ? with_context(std::move(entry), fmt::format("while reading package `{}`", *name)) : entry;
}

}  // namespace torchup
