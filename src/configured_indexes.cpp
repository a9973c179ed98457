#include "src/configured_indexes.hpp"

#include "src/index/netrc.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

std::optional<ConfiguredIndex> configured(const Configuration& configuration, const std::optional<std::string>& url, const char* key) {
  return url ? std::optional(ConfiguredIndex{*url, fmt::format("`{}` in `{}`", key, configuration.file)}) : std::nullopt;
}

}  // namespace

std::optional<ConfiguredIndex> configured_main_index(const Configuration& configuration) {
  return configured(configuration, configuration.index_url, "index-url");
}

std::optional<ConfiguredIndex> configured_torch_index(const Configuration& configuration) {
  return configured(configuration, configuration.torch_index_url, "torch-index-url");
}

std::map<PackageName, Url> pinned_indexes(const Configuration& configuration, HostSystem& host) {
  std::map<PackageName, Url> pins;
  for (const auto& [name, url] : configuration.pins) pins.emplace(name, with_netrc_login(url, host));
  return pins;
}

std::vector<Url> indexes_with_login(const Configuration& configuration, HostSystem& host) {
  std::vector<Url> indexes;
  const auto add = [&](const Url& url) {
    if (url.has_credentials()) indexes.push_back(url);
  };
  if (const auto main = main_index_setting(std::nullopt, host, configured_main_index(configuration)); main && *main) add((*main)->url);
  if (const auto torch = choose_torch_index(std::nullopt, host, configured_torch_index(configuration))) add(torch->url);
  for (const auto& [name, url] : pinned_indexes(configuration, host)) add(url);
  return indexes;
}

Url with_login_of(const std::vector<Url>& indexes, const Url& url) {
  if (url.has_credentials()) return url;
  for (const Url& index : indexes) {
    if (index.same_origin(url)) return url.with_userinfo(index.userinfo()).value_or(url);
  }
  return url;
}

}  // namespace torchup
