#include "src/commands/print_bundle.hpp"

#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <system_error>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

std::size_t count_of(const BundleManifest& manifest, MemberKind kind) {
  return static_cast<std::size_t>(std::ranges::count(manifest.members, kind, &BundleMember::kind));
}

/// "linux-x86_64, windows-x86_64; cpu, cu130"
std::string purpose(const BundleManifest& manifest) {
  std::string text = manifest.platforms.empty() ? "any platform" : fmt::format("{}", fmt::join(manifest.platforms, ", "));
  if (!manifest.variants.empty()) text += fmt::format("; {}", fmt::join(manifest.variants, ", "));
  return text;
}

std::string whole(const BundleManifest& manifest, std::uint64_t bytes) {
  return fmt::format("{} in {} of {}", count_text(count_of(manifest, MemberKind::wheel), "wheel"), bytes_text(bytes),
                     count_text(count_of(manifest, MemberKind::lock), "lock"));
}

void add_manifest(Json& document, const BundleManifest& manifest, const Sha256& identity, std::uint64_t bytes) {
  document["bytes"] = bytes;
  document["identity"] = identity.hex();
  document["requests"] = manifest.requests;
  document["platforms"] = manifest.platforms;
  document["variants"] = manifest.variants;
  document["wheels"] = count_of(manifest, MemberKind::wheel);
}

}  // namespace

std::string bundle_plan_text(const PreparedBundle& prepared, const Terminal& terminal) {
  const BundleManifest& manifest = prepared.plan.manifest;
  std::string cost = prepared.download_wheels > 0 ? fmt::format("{} to download in {}", bytes_text(prepared.download_bytes),
                                                                count_text(prepared.download_wheels, "wheel"))
                                                  : "nothing to download";
  if (prepared.goes_on) cost += ", less what an interrupted run has left";
  std::error_code unknown;
  const auto space = std::filesystem::space(std::filesystem::absolute(prepared.wish.output, unknown).parent_path(), unknown);
  if (!unknown) cost += fmt::format("; {} free", bytes_text(space.available));
  Table table;
  table.rows.push_back({{"bundle", Style::dim}, {whole(manifest, prepared.layout.size)}});
  table.rows.push_back({{"for", Style::dim}, {purpose(manifest)}});
  table.rows.push_back({{"plan", Style::dim}, {cost}});
  return table_text(table, terminal);
}

std::string made_bundle_text(const PreparedBundle& prepared, const MadeBundle& made, const Terminal& terminal) {
  const std::string file = prepared.wish.output.string();
  const std::string first = prepared.wish.part_bytes ? part_name(prepared.wish.output, 1).string() : file;
  Table table;
  std::string parts = made.files > 1 ? fmt::format(" to {}", part_name(prepared.wish.output, made.files).filename().string()) : "";
  std::string fetched = made.downloaded_bytes == 0 ? "nothing" : bytes_text(made.downloaded_bytes);
  if (made.reused_bytes > 0) fetched += fmt::format("; {} were here", bytes_text(made.reused_bytes));
  table.rows.push_back({{"fetched", Style::dim}, {fetched}});
  table.rows.push_back(
      {{"made", Style::dim}, {fmt::format("{}{}, {} in {}", first, parts, bytes_text(prepared.layout.size), seconds_text(made.seconds))}});
  table.rows.push_back({{"identity", Style::dim}, {prepared.identity().hex()}});
  return table_text(table, terminal) + "\n" + terminal.styled(Style::dim, "use it with ") + fmt::format("torchup sync --bundle {}\n", file);
}

Json bundle_json(const PreparedBundle& prepared, const MadeBundle& made) {
  Json document = new_document();
  document["file"] = prepared.wish.output.string();
  document["files"] = made.files;
  add_manifest(document, prepared.plan.manifest, prepared.identity(), prepared.layout.size);
  document["to_download"] = prepared.download_bytes;
  document["downloaded"] = made.downloaded_bytes;
  document["reused"] = made.reused_bytes;
  document["seconds"] = made.seconds;
  return document;
}

std::string bundle_list_text(const Bundle& bundle, const Terminal& terminal) {
  const BundleManifest& manifest = bundle.manifest();
  Table head;
  head.rows.push_back({{"bundle", Style::dim}, {whole(manifest, bundle.size())}});
  head.rows.push_back({{"for", Style::dim}, {purpose(manifest)}});
  if (!manifest.requests.empty()) head.rows.push_back({{"requests", Style::dim}, {fmt::format("{}", fmt::join(manifest.requests, ", "))}});
  head.rows.push_back({{"identity", Style::dim}, {bundle.identity().hex()}});
  Table members{.header = {"size", "kind", "member"}, .rows = {}, .right = {0}};
  for (const BundleMember& member : manifest.members)
    members.rows.push_back({{bytes_text(member.size)}, {kind_name(member.kind), Style::dim}, {member.path}});
  return table_text(head, terminal) + "\n" + table_text(members, terminal);
}

std::string bundle_list_json(const Bundle& bundle) {
  Json document = new_document();
  document["file"] = bundle.path().string();
  add_manifest(document, bundle.manifest(), bundle.identity(), bundle.size());
  Json members = Json::array();
  for (const PlacedMember& placed : bundle.members()) {
    const BundleMember& member = placed.member;
    Json urls = Json::array();
    for (const Url& url : member.urls) urls.push_back(url.text());
    members.push_back({{"path", member.path},
                       {"kind", kind_name(member.kind)},
                       {"size", member.size},
                       {"sha256", member.sha256.hex()},
                       {"offset", placed.offset},
                       {"urls", std::move(urls)}});
  }
  document["members"] = std::move(members);
  return json_document(document);
}

std::string bundle_verification_text(const Bundle& bundle, const std::vector<DamagedMember>& damaged) {
  std::string text;
  for (const DamagedMember& each : damaged) {
    const BundleMember& member = each.placed.member;
    text += fmt::format("damaged: {}, {} from {}\n", member.path, count_text(member.size, "byte"), each.place);
    text += each.found ? fmt::format("  sha256 is {}\n  expected  {}\n", each.found->hex(), member.sha256.hex())
                       : std::string("  it could not be read to its end\n");
  }
  text += fmt::format("{}, {}: ", count_text(bundle.members().size(), "member"), bytes_text(bundle.size()));
  if (damaged.empty()) return text + "all is as it was bundled";
  return text + fmt::format("{} damaged; copy the bundle anew", damaged.size());
}

std::string bundle_verification_json(const Bundle& bundle, const std::vector<DamagedMember>& damaged) {
  Json document = new_document();
  document["file"] = bundle.path().string();
  document["whole"] = damaged.empty();
  document["identity"] = bundle.identity().hex();
  document["members"] = bundle.members().size();
  document["bytes"] = bundle.size();
  Json list = Json::array();
  for (const DamagedMember& each : damaged) {
    const BundleMember& member = each.placed.member;
    list.push_back({{"path", member.path},
                    {"offset", each.placed.offset},
                    {"size", member.size},
                    {"place", each.place},
                    {"sha256", each.found ? Json(each.found->hex()) : Json(nullptr)},
                    {"expected", member.sha256.hex()}});
  }
  document["damaged"] = std::move(list);
  return json_document(document);
}

}  // namespace torchup
