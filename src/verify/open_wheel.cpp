#include "src/verify/open_wheel.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include "src/verify/dist_info_files.hpp"
#include "src/verify/known_mistakes.hpp"
#include "src/verify/wheel_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <optional>
#include <set>

namespace torchup {
namespace {

constexpr std::uint64_t k_most_text = 32ULL << 20;

const PlacedEntry* find_entry(const ZipLayout& layout, std::string_view name) {
  const auto found = std::ranges::find_if(layout.entries, [&](const PlacedEntry& placed) { return placed.entry.name == name; });
  return found == layout.entries.end() ? nullptr : &*found;
}

/// A .dist-info file's text; nothing where the wheel has none.
Result<Ruling<std::optional<std::string>>> read_text(const OpenWheel& wheel, std::string_view file_name) {
  const PlacedEntry* placed = find_entry(wheel.layout, fmt::format("{}/{}", wheel.dist_info, file_name));
  if (placed == nullptr) return std::nullopt;
  if (placed->entry.size > k_most_text)
    return broken("too-large", fmt::format("`{}` has {} bytes", placed->entry.name, placed->entry.size));
  std::string text;
  ContentBuffers buffers;
  const auto append = [&](AlignedBuffer& piece, std::size_t size) -> Status {
    text.append(reinterpret_cast<const char*>(piece.room(size).data()), size);
    return {};
  };
  TORCHUP_TRY_ASSIGN(std::optional<BrokenRule> broken_rule, read_content(*wheel.source, *placed, buffers, append));
  if (broken_rule) return Ruling<std::optional<std::string>>(tl::unexpected(*std::move(broken_rule)));
  return Ruling<std::optional<std::string>>(std::move(text));
}

/// RECORD itself and its signatures are the only files without a digest (PEP 427).
bool is_record(const OpenWheel& wheel, std::string_view path) {
  const std::string record = wheel.dist_info + "/RECORD";
  return path == record || path == record + ".jws" || path == record + ".p7s";
}

/// Whether RECORD and the archive list the same files, each with a digest.
Ruling<void> check_record_lists(const OpenWheel& wheel) {
  std::size_t listed = 0;
  for (const PlacedEntry& placed : wheel.layout.entries) {
    const ZipEntry& entry = placed.entry;
    if (entry.is_directory()) continue;
    const auto row = wheel.record.find(entry.name);
    if (row != wheel.record.end()) ++listed;
    if (is_record(wheel, entry.name)) continue;
    if (row == wheel.record.end()) return broken("record-lacks", fmt::format("RECORD does not list `{}`", entry.name));
    if (!row->second.sha256) return broken("record-lacks", fmt::format("RECORD has no sha256 of `{}`", entry.name));
  }
  if (listed == wheel.record.size()) return {};
  std::set<std::string_view> files;
  for (const PlacedEntry& placed : wheel.layout.entries) files.insert(placed.entry.name);
  for (const auto& [path, row] : wheel.record) {
    if (!files.contains(path)) return broken("record-phantom", fmt::format("RECORD lists `{}`, which is not there", path));
  }
  return broken("record-phantom", "RECORD lists a folder");
}

Result<Ruling<void>> read_dist_info(OpenWheel& wheel, const PackageName& name, const Version& version) {
  TORCHUP_TRY_ASSIGN(auto wheel_text, read_text(wheel, "WHEEL"));
  if (!wheel_text) return Ruling<void>(tl::unexpected(std::move(wheel_text).error()));
  if (auto kept = check_wheel_file(wheel_text->value_or("")); !kept) return kept;

  TORCHUP_TRY_ASSIGN(auto metadata, read_text(wheel, "METADATA"));
  if (!metadata) return Ruling<void>(tl::unexpected(std::move(metadata).error()));
  if (auto kept = check_metadata(metadata->value_or(""), name, version); !kept) return kept;

  TORCHUP_TRY_ASSIGN(auto entry_points, read_text(wheel, "entry_points.txt"));
  if (!entry_points) return Ruling<void>(tl::unexpected(std::move(entry_points).error()));
  if (auto kept = check_entry_points(entry_points->value_or("")); !kept) return kept;

  TORCHUP_TRY_ASSIGN(auto record, read_text(wheel, "RECORD"));
  if (!record) return Ruling<void>(tl::unexpected(std::move(record).error()));
  if (!*record) return broken("record-missing", fmt::format("there is no `{}/RECORD`", wheel.dist_info));
  auto rows = parse_record(**record);
  if (!rows) return Ruling<void>(tl::unexpected(std::move(rows).error()));
  wheel.record = *std::move(rows);
  return check_record_lists(wheel);
}

bool is_known_mistake(const OpenWheel& wheel, std::string_view path) {
  return path == wheel.dist_info + "/METADATA" && has_edited_metadata(wheel.dist_info);
}

}  // namespace

Ruling<void> check_against_record(const OpenWheel& wheel, const TreeFile& file) {
  const auto row = wheel.record.find(file.path);
  if (row == wheel.record.end() || is_record(wheel, file.path) || is_known_mistake(wheel, file.path)) return {};
  if (row->second.size && *row->second.size != file.size) {
    return broken("record-size", fmt::format("`{}` has {} bytes, RECORD says {}", file.path, file.size, *row->second.size));
  }
  if (row->second.sha256 != file.sha256) {
    const std::string expected = row->second.sha256 ? row->second.sha256->hex() : "none";
    return broken("record-hash", fmt::format("sha256 of `{}` is {}, RECORD says {}", file.path, file.sha256.hex(), expected));
  }
  return {};
}

Result<Ruling<OpenWheel>> open_wheel(std::shared_ptr<const ByteSource> source, ZipLayout layout, const PackageName& name,
                                     const Version& version) {
  OpenWheel wheel{.source = std::move(source), .layout = std::move(layout), .dist_info = {}, .record = {}};
  auto dist_info = find_dist_info(wheel.layout, name, version);
  if (!dist_info) return Ruling<OpenWheel>(tl::unexpected(std::move(dist_info).error()));
  wheel.dist_info = *std::move(dist_info);
  TORCHUP_TRY_ASSIGN(Ruling<void> kept, read_dist_info(wheel, name, version));
  if (!kept) return Ruling<OpenWheel>(tl::unexpected(std::move(kept).error()));
  return Ruling<OpenWheel>(std::move(wheel));
}

Result<Ruling<OpenWheel>> open_wheel(const std::filesystem::path& path, const PackageName& name, const Version& version) {
  TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(path, O_RDONLY));
  auto source = std::make_shared<const FileDescriptor>(std::move(file));
  TORCHUP_TRY_ASSIGN(Ruling<ZipLayout> layout, frame_archive(*source));
  if (!layout) return Ruling<OpenWheel>(tl::unexpected(std::move(layout).error()));
  return open_wheel(std::move(source), *std::move(layout), name, version);
}

Result<Ruling<TreeFile>> take_file(const ByteSource& source, const PlacedEntry& placed, UnpackBuffers& buffers, HashLanes& lanes,
                                   const HashedPieces::Use& use) {
  HashedPieces pieces(lanes, buffers.under_way, use);
  const auto take = [&](AlignedBuffer& piece, std::size_t size) { return pieces.take(piece, size); };
  TORCHUP_TRY_ASSIGN(std::optional<BrokenRule> broken_rule, read_content(source, placed, buffers.content, take));
  if (broken_rule) return Ruling<TreeFile>(tl::unexpected(*std::move(broken_rule)));
  TORCHUP_TRY_ASSIGN(const Sha256 digest, pieces.finish());
  return Ruling<TreeFile>(
      TreeFile{.path = placed.entry.name, .size = placed.entry.size, .sha256 = digest, .executable = placed.entry.is_executable()});
}

}  // namespace torchup
