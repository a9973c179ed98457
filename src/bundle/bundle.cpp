#include "src/bundle/bundle.hpp"

#include "torchup/system/hash.hpp"

#include "src/archive/inflate.hpp"
#include "src/archive/zip_framing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

namespace torchup {
namespace {

constexpr std::uint64_t k_most_content = 64ULL << 20;  // of what is read whole
constexpr std::size_t k_piece = 4ULL << 20;

Result<std::string> read_text(const ByteSource& source, std::uint64_t offset, std::uint64_t size) {
  std::string text(static_cast<std::size_t>(size), '\0');
  TORCHUP_TRY_ASSIGN(const std::size_t read, source.read_at(offset, std::as_writable_bytes(std::span(text))));
  text.resize(read);
  return text;
}

Ruling<void> check_entry(const PlacedEntry& placed) {
  const ZipEntry& entry = placed.entry;
  if (entry.method == k_zip_stored && !entry.is_directory()) return {};
  return broken("bundle-stored", fmt::format("`{}` is {}", entry.name, entry.is_directory() ? "a folder" : "compressed"));
}

/// Archive and manifest name the same files, in the same order and sizes. The manifest itself is the first entry.
Ruling<std::vector<PlacedMember>> place_members(const ZipLayout& layout, const BundleManifest& manifest) {
  std::vector<PlacedMember> placed;
  for (std::size_t i = 0; i < manifest.members.size(); ++i) {
    const BundleMember& member = manifest.members[i];
    if (i + 1 >= layout.entries.size()) return broken("bundle-member", fmt::format("`{}` is not in it", member.path));
    const PlacedEntry& entry = layout.entries[i + 1];
    if (entry.entry.name != member.path) {
      return broken("bundle-member", fmt::format("`{}` stands where `{}` must", entry.entry.name, member.path));
    }
    if (entry.entry.size != member.size) {
      return broken("bundle-size", fmt::format("`{}` has {} bytes, and the manifest says {}", member.path, entry.entry.size, member.size));
    }
    placed.push_back({member, entry.data_offset});
  }
  if (layout.entries.size() > placed.size() + 1) {
    return broken("bundle-member", fmt::format("the manifest does not name `{}`", layout.entries[placed.size() + 1].entry.name));
  }
  return placed;
}

Error damaged(const PlacedMember& placed, const Sha256& found, const std::string& place) {
  return {ErrorKind::integrity,
          fmt::format("`{}` is damaged in {}: sha256 is `{}`, expected `{}`", placed.member.path, place, found.hex(),
                      placed.member.sha256.hex()),
          {},
          {"copy the bundle anew; `torchup bundle verify` tells what else is damaged"}};
}

}  // namespace

Result<Ruling<Bundle>> Bundle::read(std::shared_ptr<const ByteSource> source) {
  TORCHUP_TRY_ASSIGN(const Ruling<ZipLayout> layout, frame_archive(*source));
  const auto refuse = [](BrokenRule rule) { return Ruling<Bundle>(tl::unexpected(std::move(rule))); };
  if (!layout) return refuse(layout.error());
  for (const PlacedEntry& entry : layout->entries) {
    if (const auto kept = check_entry(entry); !kept) return refuse(kept.error());
  }
  if (layout->entries.empty() || layout->entries.front().entry.name != k_bundle_manifest_name) {
    return refuse({"bundle-manifest", "its first member is no `manifest.json`"});
  }
  const PlacedEntry& first = layout->entries.front();
  if (first.entry.size > k_most_content) return refuse({"bundle-manifest", fmt::format("it has {} bytes", first.entry.size)});
  TORCHUP_TRY_ASSIGN(const std::string text, read_text(*source, first.data_offset, first.entry.size));
  // Every other member has its digest in here; this one has but the archive's own sum against damage.
  if (crc32_of(std::as_bytes(std::span(text))) != first.entry.crc32) return refuse({"bad-crc", "that of `manifest.json` is another"});
  auto manifest = parse_bundle_manifest(text);
  if (!manifest) return refuse(std::move(manifest).error());
  auto members = place_members(*layout, *manifest);
  if (!members) return refuse(std::move(members).error());

  Bundle bundle(source, sha256(std::as_bytes(std::span(text))));
  bundle.m_parts = std::dynamic_pointer_cast<const PartedFile>(source);
  bundle.m_manifest = *std::move(manifest);
  bundle.m_members = *std::move(members);
  TORCHUP_TRY_ASSIGN(bundle.m_size, source->size());
  return Ruling<Bundle>(std::move(bundle));
}

Result<Bundle> Bundle::open(const std::filesystem::path& path) {
  const auto refuse = [&](const BrokenRule& rule) {
    Error error = to_error(rule);
    error.context.push_back(fmt::format("while reading the bundle `{}`", path.string()));
    // Of a bundle that was cut short, the end record of a wheel in it may be the last.
    if (rule.rule == "no-end-record" || rule.rule == "trailing-data")
      error.hints.emplace_back("it is cut short, its last part is missing, or it is no bundle");
    return failure(std::move(error));
  };
  TORCHUP_TRY_ASSIGN(Ruling<PartedFile> file, PartedFile::open(path));
  if (!file) return refuse(file.error());
  TORCHUP_TRY_ASSIGN(Ruling<Bundle> bundle, read(std::make_shared<PartedFile>(*std::move(file))));
  if (!bundle) return refuse(bundle.error());
  return *std::move(bundle);
}

const PlacedMember* Bundle::find(const Url& url) const {
  const auto found = std::ranges::find_if(
      m_members, [&](const PlacedMember& placed) { return std::ranges::find(placed.member.urls, url) != placed.member.urls.end(); });
  return found == m_members.end() ? nullptr : &*found;
}

Result<std::string> Bundle::content(const PlacedMember& placed) const {
  if (placed.member.size > k_most_content) {
    return failure(to_error({"bundle-size", fmt::format("`{}` has {} bytes", placed.member.path, placed.member.size)}));
  }
  TORCHUP_TRY_ASSIGN(std::string text, read_text(*m_source, placed.offset, placed.member.size));
  const Sha256 found = sha256(std::as_bytes(std::span(text)));
  if (found != placed.member.sha256) return failure(damaged(placed, found, place_text(placed.offset)));
  return text;
}

std::string Bundle::place_text(std::uint64_t offset) const {
  const auto [file, within] = m_parts ? m_parts->place_of(offset) : std::pair{m_source->path(), offset};
  return fmt::format("`{}` at {}", file.string(), within);
}

Result<std::vector<DamagedMember>> verify_members(const Bundle& bundle, Diagnostics& diagnostics, const Cancellation& cancellation) {
  std::vector<DamagedMember> found;
  std::vector<std::byte> room(k_piece);
  std::uint64_t total = 0;
  for (const PlacedMember& placed : bundle.members()) {
    Sha256Stream stream;
    std::uint64_t done = 0;
    while (done < placed.member.size) {
      TORCHUP_TRY(cancellation.check());
      const auto wanted = std::min<std::uint64_t>(room.size(), placed.member.size - done);
      TORCHUP_TRY_ASSIGN(const std::size_t read,
                         bundle.source().read_at(placed.offset + done, std::span(room).first(static_cast<std::size_t>(wanted))));
      if (read == 0) break;
      stream.update(std::span(room).first(read));
      done += read;
      total += read;
      diagnostics.progress("verifying the bundle", std::min(total, bundle.size() - 1), bundle.size());
    }
    const Sha256 sum = stream.finish();
    const bool is_whole = done == placed.member.size;
    if (is_whole && sum == placed.member.sha256) continue;
    found.push_back({placed, is_whole ? std::optional(sum) : std::nullopt, bundle.place_text(placed.offset)});
  }
  diagnostics.progress("verifying the bundle", bundle.size(), bundle.size());
  return found;
}

}  // namespace torchup
