#include "src/index/default_index.hpp"

#include "src/index/cache_file.hpp"
#include "src/index/netrc.hpp"
#include "src/index/pip_settings.hpp"

#include <fmt/format.h>

#include <chrono>

namespace torchup {
namespace {

constexpr const char* k_torch_index = "https://download.pytorch.org/whl";
constexpr std::chrono::milliseconds k_pip_limit{20'000};
constexpr const char* k_question = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)";

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

Result<ChosenIndex> read_setting(const std::string& value, const std::string& source, HostSystem& host) {
  auto url = Url::parse(trimmed(value));
  if (!url) return failure({ErrorKind::usage, fmt::format("{} is no index URL: {}", source, url.error().message), {}, url.error().hints});
  if (url->scheme() == "file")
    return failure({ErrorKind::usage, fmt::format("{} names a folder, and an index must be https or http", source), {}, {}});
  return ChosenIndex{with_netrc_login(*url, host), source};
}

/// pip's own default, from the first Python that has pip.
std::optional<ChosenIndex> ask_pip(HostSystem& host) {
  for (const char* python : {"/usr/bin/python3", "python3", "python", "/usr/local/bin/python3"}) {
    // -I: a pip.conf or a PYTHONPATH must not answer in pip's place.
    const auto answer = host.run({python, "-I", "-c", k_question}, k_pip_limit);
    if (!answer || answer->exit_status != 0) continue;
    if (auto url = Url::parse(trimmed(answer->out))) return ChosenIndex{*std::move(url), fmt::format("pip's own default ({})", python)};
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<ChosenIndex>> main_index_setting(const std::optional<std::string>& option, HostSystem& host,
                                                      const std::optional<ConfiguredIndex>& configured) {
  if (option) return read_setting(*option, "`--index-url`", host);
  for (const char* variable : {"TORCHUP_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_INDEX_URL"}) {
    const auto value = host.environment(variable);
    if (!value) continue;
    // uv lets an index have a name: NAME=URL.
    const auto equals = value->find('=');
    const bool named = std::string_view(variable) == "UV_DEFAULT_INDEX" && equals < value->find("://");
    return read_setting(named ? value->substr(equals + 1) : *value, fmt::format("`{}`", variable), host);
  }
  if (configured) return read_setting(configured->url, configured->source, host);
  if (const auto set = pip_conf_setting(host, "index-url")) return read_setting(set->value, set->source, host);
  return std::nullopt;
}

Result<ChosenIndex> choose_main_index(const std::optional<std::string>& option, HostSystem& host, const std::filesystem::path& remembered,
                                      const std::optional<ConfiguredIndex>& configured) {
  TORCHUP_TRY_ASSIGN(std::optional<ChosenIndex> set, main_index_setting(option, host, configured));
  if (set) return *std::move(set);
  if (const auto file = read_cache_file(remembered)) {
    if (auto url = Url::parse(file->field("url"))) return ChosenIndex{*std::move(url), file->field("source")};
  }
  auto asked = ask_pip(host);
  if (!asked) {
    return failure({ErrorKind::host,
                    "no package index is set, and no Python here has pip to ask for its default",
                    {},
                    {"set TORCHUP_INDEX_URL or `--index-url` to a package index",
                     "or install pip, on Debian and Ubuntu with `apt install python3-pip`"}});
  }
  // Asking again next time is slower and nothing worse.
  (void)write_cache_file(remembered, {{{"url", asked->url.text()}, {"source", asked->source}}, ""});
  return *std::move(asked);
}

Result<ChosenIndex> choose_torch_index(const std::optional<std::string>& option, HostSystem& host,
                                       const std::optional<ConfiguredIndex>& configured) {
  if (option) return read_setting(*option, "`--torch-index-url`", host);
  if (const auto value = host.environment("TORCHUP_TORCH_INDEX_URL")) return read_setting(*value, "`TORCHUP_TORCH_INDEX_URL`", host);
  if (configured) return read_setting(configured->url, configured->source, host);
  return read_setting(k_torch_index, "the PyTorch project", host);
}

Result<Url> torch_variant_index(const Url& base, const std::string& variant) {
  std::string path = base.path();
  if (!path.ends_with('/')) path += '/';
  return base.with_path(path + variant + "/");
}

}  // namespace torchup
