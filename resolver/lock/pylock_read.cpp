#include "torchup/resolver/lockfile.hpp"

#include "resolver/lock/key_reader.hpp"
#include "resolver/lock/pylock_order.hpp"
#include "resolver/lock/pylock_package.hpp"
#include "resolver/lock/toml_parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace torchup {
namespace {

constexpr std::array k_top_keys = {"lock-version",   "environments", "requires-python", "extras", "dependency-groups",
                                   "default-groups", "created-by",   "packages",        "tool"};

// PEP 751: an unknown major version must be refused; a later minor one only adds keys.
Status check_version(const KeyReader& top) {
  TORCHUP_TRY_ASSIGN(const std::string version, top.text("lock-version"));
  const bool digits = version.size() > 2 && std::all_of(version.begin() + 2, version.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (version.substr(0, 2) == "1." && digits) return {};
  return failure({ErrorKind::lock,
                  fmt::format("`lock-version` of the lock file is `{}`, and only 1.0 is understood", version),
                  {},
                  {"write the lock again with `torchup lock`, or use a newer torchup"}});
}

Result<std::vector<Marker>> read_environments(const KeyReader& top) {
  TORCHUP_TRY_ASSIGN(const std::vector<std::string> texts, top.texts("environments"));
  std::vector<Marker> markers;
  for (const std::string& text : texts) {
    Result<Marker> marker = Marker::parse(text);
    if (!marker)
      return lock_failure(fmt::format("`environments[{}]` of the lock file cannot be read: {}", markers.size(), marker.error().message));
    markers.push_back(*std::move(marker));
  }
  return markers;
}

Status read_packages(const KeyReader& top, Lockfile& lock) {
  if (!top.has("packages")) return lock_failure("`packages` is missing from the lock file");
  TORCHUP_TRY_ASSIGN(const std::vector<KeyReader> tables, top.tables("packages"));
  lock.packages.reserve(tables.size());
  for (const KeyReader& table : tables) {
    TORCHUP_TRY_ASSIGN(LockEntry entry, read_lock_entry(table));
    if (auto* kept = std::get_if<KeptEntry>(&entry)) {
      lock.kept.push_back(std::move(*kept));
    } else {
      lock.packages.push_back(std::get<LockedPackage>(std::move(entry)));
    }
  }
  return {};
}

std::vector<VariantNeeds> read_needs(const KeyReader& ours) {
  std::vector<VariantNeeds> needs;
  for (const KeyReader& table : ours.tables("needs").value_or(std::vector<KeyReader>())) {
    needs.push_back({table.text("variant").value_or(""), table.text("platform").value_or(""), table.text("toolkit").value_or(""),
                     table.text("driver").value_or(""), table.text("minor-driver").value_or(""),
                     table.texts("architectures").value_or(std::vector<std::string>())});
  }
  return needs;
}

// PEP 751: what stands under `tool` never affects installation, so what cannot be read counts as not there.
LockTool read_tool(const KeyReader& top) {
  const Result<KeyReader> tools = top.table("tool");
  if (!tools) return {};
  const Result<KeyReader> ours = tools->table("torchup");
  if (!ours) return {};
  const auto texts = [&](const char* key) { return ours->texts(key).value_or(std::vector<std::string>()); };
  return {.variant = ours->text("variant").value_or(""),
          .variant_reason = ours->text("variant-reason").value_or(""),
          .requests = texts("requests"),
          .variants = texts("variants"),
          .needs = read_needs(*ours),
          .repairs = texts("repairs"),
          .computed_hashes = texts("computed-hashes")};
}

std::vector<std::string> unknown_keys(const KeyReader& top) {
  std::vector<std::string> keys = top.keys();
  std::erase_if(keys, [](const std::string& key) { return std::find(k_top_keys.begin(), k_top_keys.end(), key) != k_top_keys.end(); });
  return keys;
}

}  // namespace

Result<Lockfile> read_lock(std::string_view toml) {
  TORCHUP_TRY_ASSIGN(const TomlTable document, parse_toml(toml));
  const KeyReader top(document, "");
  TORCHUP_TRY(check_version(top));

  Lockfile lock;
  TORCHUP_TRY_ASSIGN(lock.environments, read_environments(top));
  TORCHUP_TRY_ASSIGN(lock.requires_python, top.optional_parsed("requires-python", &SpecifierSet::parse));
  TORCHUP_TRY_ASSIGN(lock.extras, top.texts("extras"));
  TORCHUP_TRY_ASSIGN(lock.dependency_groups, top.texts("dependency-groups"));
  TORCHUP_TRY_ASSIGN(lock.default_groups, top.texts("default-groups"));
  TORCHUP_TRY_ASSIGN(lock.created_by, top.text("created-by"));
  TORCHUP_TRY(read_packages(top, lock));
  lock.tool = read_tool(top);
  lock.unknown_keys = unknown_keys(top);
  return in_canonical_order(std::move(lock));
}

}  // namespace torchup
