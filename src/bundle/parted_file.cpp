#include "src/bundle/parted_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <stdio.h>
#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_parts = 999;

/// FILE of FILE.001.
fs::path without_first_number(const fs::path& path) {
  const std::string text = path.string();
  return text.ends_with(".001") ? fs::path(text.substr(0, text.size() - 4)) : path;
}

bool is_there(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none);
}

Status sync_folder_of(const fs::path& path) {
  const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
  TORCHUP_TRY_ASSIGN(const FileDescriptor directory, FileDescriptor::open_directory(folder));
  return directory.sync();
}

Result<FileDescriptor> open_regular(const fs::path& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return failure({ErrorKind::usage, fmt::format("`{}` is no file", path.string()), {}, {}});
  return FileDescriptor::open(path, O_RDONLY);
}

tl::unexpected<Error> another_writes(const fs::path& name) {
  return failure(
      {ErrorKind::host, fmt::format("another process writes `{}`", name.string()), {}, {"wait for it, or name another file with `-o`"}});
}

/// Removes FILE.NNN with that ending, from that number on.
void remove_parts(const fs::path& path, std::size_t number, const std::string& ending) {
  std::error_code ignored;
  while (number <= k_most_parts && fs::remove(part_name(path, number).string() + ending, ignored)) ++number;
}

}  // namespace

fs::path part_name(const fs::path& path, std::size_t number) { return path.string() + fmt::format(".{:03}", number); }

Result<Ruling<PartedFile>> PartedFile::open(const fs::path& path) {
  PartedFile file;
  file.m_path = path;
  const fs::path stem = without_first_number(path);
  const bool is_one = is_there(path) && stem == path;
  if (!is_one && !is_there(part_name(stem, 1))) {
    return failure({ErrorKind::usage, fmt::format("there is no `{}`, nor parts of it", path.string()), {}, {}});
  }
  for (std::size_t number = 1; number <= k_most_parts; ++number) {
    const fs::path name = is_one ? path : part_name(stem, number);
    if (!is_there(name)) break;
    TORCHUP_TRY_ASSIGN(FileDescriptor part, open_regular(name));
    TORCHUP_TRY_ASSIGN(const std::uint64_t bytes, part.size());
    if (number == 1) file.m_part_bytes = bytes;
    if (bytes == 0) return broken("bundle-part", fmt::format("`{}` is empty", name.string()));
    if (file.m_size != file.m_part_bytes * (number - 1) || bytes > file.m_part_bytes) {
      return broken("bundle-part", fmt::format("all parts but the last have one size, and `{}` does not go with that", name.string()));
    }
    file.m_size += bytes;
    file.m_parts.push_back(std::move(part));
    if (is_one) break;
  }
  // A part behind a missing one: nobody would see it otherwise but by a hash.
  if (!is_one && is_there(part_name(stem, file.m_parts.size() + 2))) {
    return broken("bundle-part", fmt::format("`{}` is missing", part_name(stem, file.m_parts.size() + 1).string()));
  }
  return Ruling<PartedFile>(std::move(file));
}

Result<PartedFile> PartedFile::create(const fs::path& path, std::uint64_t size, std::optional<std::uint64_t> part_bytes) {
  PartedFile file;
  file.m_path = path;
  file.m_size = size;
  file.m_part_bytes = part_bytes.value_or(size);
  file.m_is_continued = true;
  if ((size - 1) / file.m_part_bytes >= k_most_parts) {
    return failure(
        {ErrorKind::usage, fmt::format("{} bytes in parts of {} are more than {} parts", size, file.m_part_bytes, k_most_parts), {}, {}});
  }
  for (std::uint64_t at = 0; at < size; at += file.m_part_bytes) {
    const fs::path name = (part_bytes ? part_name(path, file.m_parts.size() + 1) : path).string() + ".part";
    TORCHUP_TRY_ASSIGN(FileDescriptor part, FileDescriptor::open(name, O_RDWR | O_CREAT | O_NOFOLLOW, 0644));
    TORCHUP_TRY_ASSIGN(const bool is_mine, part.try_lock());
    if (!is_mine || !part.is_still_at(name)) return another_writes(name);
    const std::uint64_t wanted = std::min(file.m_part_bytes, size - at);
    TORCHUP_TRY_ASSIGN(const std::uint64_t there, part.size());
    if (there != wanted) {
      file.m_is_continued = false;
      TORCHUP_TRY(part.truncate(0));
      TORCHUP_TRY(part.truncate(wanted));
    }
    file.m_parts.push_back(std::move(part));
  }
  return file;
}

Result<std::size_t> PartedFile::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  std::size_t done = 0;
  while (done < into.size() && offset + done < m_size) {
    const std::uint64_t at = offset + done;
    const auto part = static_cast<std::size_t>(at / m_part_bytes);
    const std::uint64_t within = at % m_part_bytes;
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(into.size() - done, m_part_bytes - within));
    TORCHUP_TRY_ASSIGN(const std::size_t read, m_parts[part].read_at(within, into.subspan(done, most)));
    if (read == 0) break;  // it became shorter meanwhile
    done += read;
  }
  return done;
}

Status PartedFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) const {
  while (!bytes.empty()) {
    const auto part = static_cast<std::size_t>(offset / m_part_bytes);
    const std::uint64_t within = offset % m_part_bytes;
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), m_part_bytes - within));
    if (part >= m_parts.size()) return failure({ErrorKind::internal, "a write behind the bundle's end", {}, {}});
    TORCHUP_TRY(m_parts[part].write_at(within, bytes.first(most)));
    bytes = bytes.subspan(most);
    offset += most;
  }
  return {};
}

Status PartedFile::clear() const {
  for (const FileDescriptor& part : m_parts) {
    TORCHUP_TRY_ASSIGN(const std::uint64_t bytes, part.size());
    TORCHUP_TRY(part.truncate(0));
    TORCHUP_TRY(part.truncate(bytes));
  }
  return {};
}

Status PartedFile::publish() {
  for (const FileDescriptor& part : m_parts) TORCHUP_TRY(part.sync());
  std::vector<fs::path> names;  // as opened, with `.part` at the end
  for (const FileDescriptor& part : m_parts) names.push_back(part.path());
  const bool is_split = names.front() != fs::path(m_path.string() + ".part");
  if (is_split) {  // the first one stands for all: without it there is no bundle
    std::error_code ignored;
    fs::remove(m_path, ignored);
    remove_parts(m_path, 1, "");
    remove_parts(m_path, names.size() + 1, ".part");  // of a run with smaller parts
  }
  for (std::size_t i = names.size(); i-- > 0;) {
    const fs::path name = names[i].parent_path() / names[i].stem();
    if (::rename(names[i].c_str(), name.c_str()) != 0) return failure(host_error("put in place", name, errno));
  }
  return sync_folder_of(m_path);
}

std::pair<fs::path, std::uint64_t> PartedFile::place_of(std::uint64_t offset) const {
  const auto part = std::min(static_cast<std::size_t>(offset / m_part_bytes), m_parts.size() - 1);
  return {m_parts[part].path(), offset - part * m_part_bytes};
}

}  // namespace torchup
