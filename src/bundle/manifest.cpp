#include "src/bundle/manifest.hpp"

#include "torchup/resolver/wheel_name.hpp"

#include "src/archive/entry_names.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

constexpr int k_schema = 1;
constexpr int k_depth_limit = 4;
constexpr std::size_t k_most_bytes = 64ULL << 20;
constexpr std::size_t k_most_members = 100'000;
constexpr std::array k_kinds = {MemberKind::lock, MemberKind::catalog, MemberKind::page, MemberKind::wheel};

Json member_json(const BundleMember& member) {
  Json json = {{"path", member.path}, {"kind", kind_name(member.kind)}, {"size", member.size}, {"sha256", member.sha256.hex()}};
  for (const Url& url : member.urls) json["urls"].push_back(url.text());
  return json;
}

tl::unexpected<BrokenRule> refuse(std::string detail) { return broken("bundle-manifest", std::move(detail)); }

/// A text member; nothing where it is missing or of another type.
const std::string* text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

Ruling<std::vector<std::string>> texts_of(const Json& object, const char* key) {
  std::vector<std::string> texts;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return refuse(fmt::format("its `{}` is no list", key));
  for (const Json& entry : *found) {
    const auto* text = entry.get_ptr<const std::string*>();
    if (text == nullptr) return refuse(fmt::format("its `{}` holds what is no text", key));
    texts.push_back(*text);
  }
  return texts;
}

bool is_in_folder(std::string_view path, std::string_view folder, std::string_view ending) {
  return path.starts_with(folder) && path.ends_with(ending) && path.size() > folder.size() + ending.size();
}

/// Whether a member of that kind may lie there.
bool is_place_of(MemberKind kind, std::string_view path) {
  switch (kind) {
    case MemberKind::lock:
      return (path == "pylock.toml" || is_in_folder(path, "pylock.", ".toml")) && path.find('/') == std::string_view::npos;
    case MemberKind::catalog:
      return path == "catalog.json";
    case MemberKind::page:
      return is_in_folder(path, "simple/", ".json");
    case MemberKind::wheel:
      return is_in_folder(path, "wheels/", ".whl") && WheelName::parse(path.substr(path.rfind('/') + 1)).has_value();
  }
  return false;
}

/// Pages and wheels have at least one, others none.
Ruling<void> add_urls(const Json& json, BundleMember& member) {
  const bool has_some = member.kind == MemberKind::page || member.kind == MemberKind::wheel;
  if (has_some != json.contains("urls")) return refuse(fmt::format("`{}` has {} URLs", member.path, has_some ? "no" : "some"));
  if (!has_some) return {};
  const auto texts = texts_of(json, "urls");
  if (!texts || texts->empty()) return refuse(fmt::format("`{}` has no URLs", member.path));
  for (const std::string& text : *texts) {
    const auto url = Url::parse(text);
    if (!url || url->has_credentials() || url->scheme() == "file")
      return refuse(fmt::format("the URL `{}` of `{}` is none", text, member.path));
    member.urls.push_back(*url);
  }
  return {};
}

Ruling<BundleMember> member_from(const Json& json) {
  const std::string* path = json.is_object() ? text_of(json, "path") : nullptr;
  if (path == nullptr) return refuse("a member has no path");
  TORCHUP_KEEPS(check_entry_name(*path));
  const std::string* kind_text = text_of(json, "kind");
  const auto kind = std::ranges::find_if(k_kinds, [&](MemberKind each) { return kind_text != nullptr && *kind_text == kind_name(each); });
  if (kind == k_kinds.end()) return refuse(fmt::format("`{}` is of no known kind", *path));
  if (!is_place_of(*kind, *path)) return broken("bundle-path", fmt::format("`{}` is no place for a {}", *path, kind_name(*kind)));

  const auto size = json.find("size");
  if (size == json.end() || !size->is_number_unsigned() || size->get<std::uint64_t>() > k_most_member_bytes)
    return refuse(fmt::format("`{}` has no size that a member may have", *path));
  const std::string* hex = text_of(json, "sha256");
  const auto digest = Sha256::parse(hex != nullptr ? *hex : "");
  if (!digest) return refuse(fmt::format("`{}` has no sha256", *path));

  BundleMember member{.path = *path, .kind = *kind, .size = size->get<std::uint64_t>(), .sha256 = *digest};
  TORCHUP_KEEPS(add_urls(json, member));
  return member;
}

Ruling<void> check_together(const std::vector<BundleMember>& members) {
  std::set<std::string> paths = {k_bundle_manifest_name}, urls;
  for (const BundleMember& member : members) {
    if (!paths.insert(member.path).second) return broken("bundle-duplicate", fmt::format("`{}` stands in it twice", member.path));
    for (const Url& url : member.urls) {
      if (!urls.insert(url.text()).second) return broken("bundle-duplicate", fmt::format("`{}` is the URL of two members", url.text()));
    }
  }
  if (std::ranges::count(members, MemberKind::lock, &BundleMember::kind) == 0) return broken("bundle-lock", "it holds no lock");
  if (std::ranges::count(members, MemberKind::catalog, &BundleMember::kind) != 1)
    return broken("bundle-catalog", "it does not hold one catalog");
  return {};
}

}  // namespace

const char* kind_name(MemberKind kind) {
  switch (kind) {
    case MemberKind::lock:
      return "lock";
    case MemberKind::catalog:
      return "catalog";
    case MemberKind::page:
      return "page";
    case MemberKind::wheel:
      return "wheel";
  }
  return "";
}

std::string print_bundle_manifest(const BundleManifest& manifest) {
  Json members = Json::array();
  for (const BundleMember& member : manifest.members) members.push_back(member_json(member));
  const Json document = {{"format", "torchup-bundle"},    {"schema", k_schema},
                         {"requests", manifest.requests}, {"platforms", manifest.platforms},
                         {"variants", manifest.variants}, {"members", std::move(members)}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Ruling<BundleManifest> parse_bundle_manifest(std::string_view json) {
  if (json.size() > k_most_bytes) return refuse(fmt::format("it has {} bytes", json.size()));
  const auto keep = [](int depth, Json::parse_event_t, Json&) { return depth <= k_depth_limit; };
  const Json document = Json::parse(json, keep, /*allow_exceptions=*/false);
  const std::string* format = document.is_object() ? text_of(document, "format") : nullptr;
  if (format == nullptr || *format != "torchup-bundle") return refuse("it is no JSON object of the format `torchup-bundle`");
  const auto schema = document.find("schema");
  if (schema == document.end() || *schema != k_schema) return refuse("this program does not know its schema");

  BundleManifest manifest;
  for (const auto& [key, list] : {std::pair{"requests", &manifest.requests}, std::pair{"platforms", &manifest.platforms},
                                  std::pair{"variants", &manifest.variants}}) {
    auto texts = texts_of(document, key);
    if (!texts) return tl::unexpected(std::move(texts).error());
    *list = *std::move(texts);
  }
  const auto members = document.find("members");
  if (members == document.end() || !members->is_array()) return refuse("its `members` is no list");
  if (members->size() > k_most_members) return refuse(fmt::format("it lists {} members", members->size()));
  for (const Json& entry : *members) {
    auto member = member_from(entry);
    if (!member) return tl::unexpected(std::move(member).error());
    manifest.members.push_back(*std::move(member));
  }
  TORCHUP_KEEPS(check_together(manifest.members));
  return manifest;
}

}  // namespace torchup
