#include "resolver/lock/pylock_package.hpp"

#include "torchup/resolver/wheel_name.hpp"

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

// PEP 751: vcs, directory and archive exclude wheels and a source distribution, which may stand together.
Status check_source(const KeyReader& reader) {
  for (const char* key : {"vcs", "directory", "archive"}) {
    if (!reader.has(key)) continue;
    return failure({ErrorKind::lock,
                    fmt::format("`{}` of the lock file is a source that is not supported; only wheels and sdists are", reader.place(key)),
                    {},
                    {"lock a version of the package that is published as a wheel"}});
  }
  if (reader.has("wheels") || reader.has("sdist")) return {};
  return lock_failure(fmt::format("`{}` is missing from the lock file", reader.place("wheels")));
}

Result<Sha256> read_sha256(const KeyReader& wheel) {
  TORCHUP_TRY_ASSIGN(const KeyReader hashes, wheel.table("hashes"));
  if (!hashes.has("sha256")) {
    return failure(
        {ErrorKind::lock, fmt::format("`{}` of the lock file holds no sha256", wheel.place("hashes")), {}, {"write the lock again"}});
  }
  return hashes.parsed("sha256", &Sha256::parse);
}

Result<std::optional<std::uint64_t>> read_size(const KeyReader& wheel) {
  TORCHUP_TRY_ASSIGN(const std::optional<std::int64_t> size, wheel.optional_integer("size"));
  if (!size) return std::nullopt;
  if (*size < 0) return lock_failure(fmt::format("`{}` of the lock file is {}, which is no size", wheel.place("size"), *size));
  return static_cast<std::uint64_t>(*size);
}

Result<LockedFile> read_file(const KeyReader& wheel) {
  if (wheel.has("path") && !wheel.has("url")) {
    return lock_failure(fmt::format("`{}` of the lock file is a source that is not supported; a file needs a `url`", wheel.place("path")));
  }
  TORCHUP_TRY_ASSIGN(Url url, wheel.parsed("url", &Url::parse));
  TORCHUP_TRY_ASSIGN(std::optional<std::string> name, wheel.optional_text("name"));
  TORCHUP_TRY_ASSIGN(const std::optional<std::uint64_t> size, read_size(wheel));
  TORCHUP_TRY_ASSIGN(const Sha256 sha256, read_sha256(wheel));
  TORCHUP_TRY_ASSIGN(std::optional<std::string> upload_time, wheel.optional_utc_time("upload-time"));
  std::string file = name ? *std::move(name) : url.filename();
  return LockedFile{std::move(file), std::move(url), size, sha256, std::move(upload_time)};
}

// A wheel of another project or version in a package's entry would be installed under the wrong name.
Result<WheelName> read_wheel_name(const LockedFile& file, const PackageName& package, const std::string& place) {
  const Result<WheelName> wheel = WheelName::parse(file.name);
  if (!wheel) return lock_failure(fmt::format("`{}` of the lock file names no wheel: {}", place, wheel.error().message));
  if (wheel->name != package)
    return lock_failure(fmt::format("`{}` of the lock file is `{}`, a wheel of another package", place, file.name));
  return *wheel;
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
    TORCHUP_TRY_ASSIGN(LockedFile file, read_file(table));
    const std::string place = table.place(table.has("name") ? "name" : "url");
    TORCHUP_TRY_ASSIGN(const WheelName wheel, read_wheel_name(file, package, place));
    // `version` may be left out (PEP 751, "packages.version"); then the wheels must agree.
    if (!version) version = wheel.version;
    if (wheel.version != *version) {
      return lock_failure(fmt::format("`{}` of the lock file is `{}`, which is not version {}", place, file.name, version->text()));
    }
    wheels.push_back(std::move(file));
  }
  found = std::move(version);
  return {};
}

Result<std::optional<LockedFile>> read_sdist(const KeyReader& reader) {
  if (!reader.has("sdist")) return std::nullopt;
  TORCHUP_TRY_ASSIGN(const KeyReader table, reader.table("sdist"));
  // A lone path is of use to those who have the folder; the wheels beside it do for us.
  if (reader.has("wheels") && table.has("path") && !table.has("url")) return std::nullopt;
  TORCHUP_TRY_ASSIGN(LockedFile file, read_file(table));
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

Result<LockedPackage> read_package(const KeyReader& reader) {
  TORCHUP_TRY_ASSIGN(PackageName name, read_name(reader));
  TORCHUP_TRY(check_source(reader));
  TORCHUP_TRY_ASSIGN(std::optional<Version> written_version, reader.optional_parsed("version", &Version::parse));
  std::vector<LockedFile> wheels;
  std::optional<Version> version;
  TORCHUP_TRY(read_wheels(reader, std::move(written_version), wheels, version));
  TORCHUP_TRY_ASSIGN(std::optional<Marker> marker, reader.optional_parsed("marker", &Marker::parse));
  TORCHUP_TRY(check_marker(reader, marker));
  TORCHUP_TRY_ASSIGN(std::optional<SpecifierSet> requires_python, reader.optional_parsed("requires-python", &SpecifierSet::parse));
  TORCHUP_TRY_ASSIGN(auto dependencies, read_dependencies(reader));
  TORCHUP_TRY_ASSIGN(std::optional<Url> index, reader.optional_parsed("index", &Url::parse));
  TORCHUP_TRY_ASSIGN(std::optional<LockedFile> sdist, read_sdist(reader));
  return LockedPackage{std::move(name),         *std::move(version), std::move(marker), std::move(requires_python),
                       std::move(dependencies), std::move(index),    std::move(wheels), std::move(sdist)};
}

}  // namespace

Result<LockedPackage> read_locked_package(const KeyReader& reader) {
  Result<LockedPackage> package = read_package(reader);
  if (package) return package;
  const Result<std::string> name = reader.text("name");
  return name ? with_context(std::move(package), fmt::format("while reading package `{}`", *name)) : package;
}

}  // namespace torchup
