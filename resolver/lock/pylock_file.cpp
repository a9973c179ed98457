#include "resolver/lock/pylock_file.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

Result<Sha256> read_sha256(const KeyReader& file) {
  TORCHUP_TRY_ASSIGN(const KeyReader hashes, file.table("hashes"));
  if (!hashes.has("sha256")) {
    return failure(
        {ErrorKind::lock, fmt::format("`{}` of the lock file holds no sha256", file.place("hashes")), {}, {"write the lock again"}});
  }
  return hashes.parsed("sha256", &Sha256::parse);
}

Result<std::optional<std::uint64_t>> read_size(const KeyReader& file) {
  TORCHUP_TRY_ASSIGN(const std::optional<std::int64_t> size, file.optional_integer("size"));
  if (!size) return std::nullopt;
  if (*size < 0) return lock_failure(fmt::format("`{}` of the lock file is {}, which is no size", file.place("size"), *size));
  return static_cast<std::uint64_t>(*size);
}

}  // namespace

Status check_location(const KeyReader& reader) {
  if (!reader.has("url") && !reader.has("path")) {
    return lock_failure(fmt::format("`{}` is missing from the lock file", reader.place("url")));
  }
  if (reader.has("url")) TORCHUP_TRY(reader.text("url"));
  if (reader.has("path")) TORCHUP_TRY(reader.text("path"));
  return {};
}

Status check_hashes(const KeyReader& reader) {
  TORCHUP_TRY_ASSIGN(const KeyReader hashes, reader.table("hashes"));
  const std::vector<std::string> algorithms = hashes.keys();
  if (algorithms.empty()) return lock_failure(fmt::format("`{}` of the lock file is empty", reader.place("hashes")));
  for (const std::string& algorithm : algorithms) TORCHUP_TRY(hashes.text(algorithm));
  return {};
}

Result<LockedFile> read_locked_file(const KeyReader& reader) {
  TORCHUP_TRY_ASSIGN(Url url, reader.parsed("url", &Url::parse));
  TORCHUP_TRY_ASSIGN(std::string name, locked_file_name(reader));
  TORCHUP_TRY_ASSIGN(const std::optional<std::uint64_t> size, read_size(reader));
  TORCHUP_TRY_ASSIGN(const Sha256 sha256, read_sha256(reader));
  TORCHUP_TRY_ASSIGN(std::optional<std::string> upload_time, reader.optional_utc_time("upload-time"));
  return LockedFile{std::move(name), std::move(url), size, sha256, std::move(upload_time)};
}

Result<std::string> why_file_is_unusable(const KeyReader& reader) {
  TORCHUP_TRY(check_location(reader));
  TORCHUP_TRY(check_hashes(reader));
  TORCHUP_TRY(read_size(reader));
  TORCHUP_TRY(reader.optional_utc_time("upload-time"));
  TORCHUP_TRY_ASSIGN(const std::string name, locked_file_name(reader));
  if (!reader.has("url")) return fmt::format("`{}` has a path and no URL", name);
  TORCHUP_TRY_ASSIGN(const KeyReader hashes, reader.table("hashes"));
  return hashes.has("sha256") ? "" : fmt::format("`{}` has no sha256", name);
}

Result<std::string> locked_file_name(const KeyReader& reader) {
  TORCHUP_TRY_ASSIGN(std::optional<std::string> name, reader.optional_text("name"));
  if (name) return *std::move(name);
  TORCHUP_TRY_ASSIGN(const std::optional<std::string> path, reader.optional_text("path"));
  if (path) return path->substr(path->rfind('/') + 1);
  TORCHUP_TRY_ASSIGN(const Url url, reader.parsed("url", &Url::parse));
  return url.filename();
}

Result<WheelName> read_wheel_name(const KeyReader& reader, const std::string& file, const PackageName& package) {
  const std::string place = reader.place(reader.has("name") ? "name" : reader.has("path") ? "path" : "url");
  const Result<WheelName> wheel = WheelName::parse(file);
  if (!wheel) return lock_failure(fmt::format("`{}` of the lock file names no wheel: {}", place, wheel.error().message));
  if (wheel->name != package) return lock_failure(fmt::format("`{}` of the lock file is `{}`, a wheel of another package", place, file));
  return *wheel;
}

}  // namespace torchup
