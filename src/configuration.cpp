#include "src/configuration.hpp"

#include "torchup/core/edit_distance.hpp"

#include "resolver/lock/toml_parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace torchup {
namespace {

constexpr std::size_t k_most_bytes = 1 << 20;

std::string shown(std::string_view key) { return std::string(key.substr(0, 100)); }

tl::unexpected<Error> refuse(std::string message) { return failure({ErrorKind::usage, std::move(message), {}, {}}); }

Result<Url> parse_web_url(std::string_view text) {
  TORCHUP_TRY_ASSIGN(Url url, Url::parse(text));
  if (url.scheme() == "file") return refuse("it names a folder, and it must be https or http");
  return url;
}

/// The URL with a path that ends in '/', credentials kept.
Result<Url> as_folder(std::string_view text) {
  TORCHUP_TRY_ASSIGN(const Url url, parse_web_url(text));
  if (!url.query().empty()) return refuse("it has a query");
  return url.path().ends_with('/') ? url : url.with_path(url.path() + "/");
}

std::optional<LinkMode> link_mode_named(std::string_view name) {
  if (name == "auto") return LinkMode::automatic;
  if (name == "clone") return LinkMode::clone;
  if (name == "hardlink") return LinkMode::hardlink;
  if (name == "copy") return LinkMode::copy;
  return std::nullopt;
}

class ConfigurationReader {
 public:
  ConfigurationReader(const std::filesystem::path& file, Diagnostics& diagnostics) : m_diagnostics(diagnostics) {
    m_read.file = file.string();
  }

  Result<Configuration> read(const TomlTable& top) {
    tell_unknown(top, "", {"index-url", "torch-index-url", "cache-dir", "shared-cache", "link-mode", "index", "mirrors"});
    TORCHUP_TRY_ASSIGN(m_read.index_url, text(top, "", "index-url"));
    TORCHUP_TRY_ASSIGN(m_read.torch_index_url, text(top, "", "torch-index-url"));
    TORCHUP_TRY_ASSIGN(const auto cache, text(top, "", "cache-dir"));
    if (cache) m_read.cache = std::filesystem::path(m_read.file).parent_path() / *cache;
    TORCHUP_TRY_ASSIGN(const auto shared, text(top, "", "shared-cache"));
    if (shared) m_read.shared_cache = std::filesystem::path(m_read.file).parent_path() / *shared;
    TORCHUP_TRY_ASSIGN(const auto mode, text(top, "", "link-mode"));
    if (mode) {
      const auto named = link_mode_named(*mode);
      if (!named) return wrong("link-mode", fmt::format("is `{}`, not auto, clone, hardlink or copy", shown(*mode)));
      m_read.link_mode = *named;
    }
    TORCHUP_TRY_ASSIGN(const TomlTable* index, table(top, "", "index"));
    if (index != nullptr) {
      tell_unknown(*index, "index.", {"pins"});
      TORCHUP_TRY_ASSIGN(const TomlTable* pins, table(*index, "index.", "pins"));
      if (pins != nullptr) TORCHUP_TRY(read_pins(*pins));
    }
    TORCHUP_TRY_ASSIGN(const TomlTable* mirrors, table(top, "", "mirrors"));
    if (mirrors != nullptr) TORCHUP_TRY(read_mirrors(*mirrors));
    return std::move(m_read);
  }

 private:
  tl::unexpected<Error> wrong(const std::string& key, std::string_view what) const {
    return refuse(fmt::format("`{}` of the configuration `{}` {}", key, m_read.file, what));
  }

  void tell_unknown(const TomlTable& table, const std::string& above, std::initializer_list<std::string_view> known) {
    for (const TomlEntry& entry : table.entries) {
      const std::string_view key = entry.key;
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const auto distance = [&](std::string_view name) { return edit_distance(key.substr(0, 64), name); };
      const auto* nearest =
          std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) { return distance(a) < distance(b); });
      const std::string guess = distance(*nearest) <= 2 ? fmt::format("; did you mean `{}{}`?", above, *nearest) : "";
      m_diagnostics.warn(fmt::format("`{}{}` of the configuration `{}` is not known{}", above, shown(key), m_read.file, guess));
    }
  }

  Result<std::optional<std::string>> text(const TomlTable& table, const std::string& above, const char* key) const {
    const TomlValue* value = table.find(key);
    if (value == nullptr) return std::nullopt;
    const auto* text = std::get_if<std::string>(&value->data);
    if (text == nullptr) return wrong(above + key, fmt::format("must be a string, not {}", value->kind()));
    if (text->empty()) return wrong(above + key, "is empty");
    return *text;
  }

  Result<const TomlTable*> table(const TomlTable& above, const std::string& path, const char* key) const {
    const TomlValue* value = above.find(key);
    if (value == nullptr) return nullptr;
    const auto* found = std::get_if<TomlTable>(&value->data);
    if (found == nullptr) return wrong(path + key, fmt::format("must be a table, not {}", value->kind()));
    return found;
  }

  Status read_pins(const TomlTable& pins) {
    for (const auto& [written, value] : pins.entries) {
      const std::string key = "index.pins." + shown(written);
      const auto name = PackageName::parse(written);
      if (!name) return wrong(key, "is no package name");
      const auto* text = std::get_if<std::string>(&value.data);
      if (text == nullptr) return wrong(key, fmt::format("must be a string, not {}", value.kind()));
      auto url = parse_web_url(*text);
      if (!url) return wrong(key, fmt::format("is no index URL: {}", url.error().message));
      if (!m_read.pins.emplace(*name, *std::move(url)).second) return wrong(key, fmt::format("pins `{}` a second time", name->text()));
    }
    return {};
  }

  Status read_mirrors(const TomlTable& mirrors) {
    for (const auto& [from, value] : mirrors.entries) {
      const auto* several = std::get_if<TomlArray>(&value.data);
      if (several == nullptr) {
        TORCHUP_TRY(read_mirror(from, value));
        continue;
      }
      for (const TomlValue& one : *several) TORCHUP_TRY(read_mirror(from, one));
    }
    return {};
  }

  Status read_mirror(const std::string& from, const TomlValue& value) {
    const auto* to = std::get_if<std::string>(&value.data);
    const std::string key = fmt::format("mirrors[{}]", m_read.mirrors.size());  // a URL may hold a password
    if (to == nullptr) return wrong(key, fmt::format("must be a string or an array of strings, not {}", value.kind()));
    auto mirror = make_mirror(from, *to);
    if (!mirror) return wrong(key, fmt::format("cannot be used: {}", mirror.error().message));
    m_read.mirrors.push_back(*std::move(mirror));
    return {};
  }

  Diagnostics& m_diagnostics;
  Configuration m_read;
};

}  // namespace

Result<Mirror> make_mirror(std::string_view from, std::string_view to) {
  TORCHUP_TRY_ASSIGN(Url before, as_folder(from));
  TORCHUP_TRY_ASSIGN(Url after, as_folder(to));
  return Mirror{std::move(before), std::move(after)};
}

std::vector<Url> sources_of(const Url& url, const std::vector<Mirror>& mirrors) {
  const auto plain = url.with_path(url.path());  // without `..`, which could lead out of the mirror's folder
  if (!plain) return {url};
  const auto is_below = [&](const Mirror& mirror) {
    return plain->same_origin(mirror.from) && plain->path().starts_with(mirror.from.path());
  };
  std::size_t longest = 0;
  for (const Mirror& mirror : mirrors) {
    if (is_below(mirror)) longest = std::max(longest, mirror.from.path().size());
  }
  std::vector<Url> sources;
  const std::string query = url.query().empty() ? "" : "?" + url.query();
  for (const Mirror& mirror : mirrors) {
    if (!is_below(mirror) || mirror.from.path().size() != longest) continue;
    if (auto moved = mirror.to.with_path(mirror.to.path() + plain->path().substr(longest) + query)) sources.push_back(*std::move(moved));
  }
  if (sources.empty()) sources.push_back(url);
  return sources;
}

Result<Configuration> parse_configuration(std::string_view toml, const std::filesystem::path& file, Diagnostics& diagnostics) {
  if (toml.size() > k_most_bytes) return refuse(fmt::format("the configuration `{}` is longer than {} bytes", file.string(), k_most_bytes));
  TORCHUP_TRY_ASSIGN(const TomlTable top, with_context(parse_toml(toml, {"the configuration", ErrorKind::usage}),
                                                       fmt::format("while reading the configuration `{}`", file.string())));
  return ConfigurationReader(file, diagnostics).read(top);
}

}  // namespace torchup
