#pragma once
// Which indexes to use where the user names none: the ecosystem's own settings, then the default that pip itself has. No
// index of the program's own is written down.

#include "torchup/core/url.hpp"
#include "torchup/system/host_system.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace torchup {

/// An index and where its URL was found: "PIP_INDEX_URL", "/etc/pip.conf", "pip's own default (/usr/bin/python3)".
struct ChosenIndex {
  Url url;
  std::string source;
};

/// What the user's configuration says: the URL as written, and where.
struct ConfiguredIndex {
  std::string url;
  std::string source;  ///< "`index-url` in `/home/me/.config/torchup/config.toml`"
};

/// What the user has set as the main index, from `option` to pip.conf as `choose_main_index` says; nothing where nothing is set. A
/// name and a password may come from .netrc (netrc.hpp), here as for every index.
Result<std::optional<ChosenIndex>> main_index_setting(const std::optional<std::string>& option, HostSystem& host,
                                                      const std::optional<ConfiguredIndex>& configured = std::nullopt);

/// The main index: `option`, TORCHUP_INDEX_URL, UV_DEFAULT_INDEX, PIP_INDEX_URL, `configured`, pip.conf's index-url (PIP_CONFIG_FILE,
/// the active environment's, the user's, the system's), `remembered` (a file of the cache), then pip's built-in default, asked of a
/// Python that has pip and written to `remembered`. A setting that is no URL is ErrorKind::usage naming it; that no pip
/// can be asked is ErrorKind::host.
Result<ChosenIndex> choose_main_index(const std::optional<std::string>& option, HostSystem& host, const std::filesystem::path& remembered,
                                      const std::optional<ConfiguredIndex>& configured = std::nullopt);

/// The base under which `cpu`, `cu130`, ... lie: `option`, TORCHUP_TORCH_INDEX_URL, `configured`, then https://download.pytorch.org/whl.
Result<ChosenIndex> choose_torch_index(const std::optional<std::string>& option, HostSystem& host,
                                       const std::optional<ConfiguredIndex>& configured = std::nullopt);

/// BASE/VARIANT: the index of one variant's builds.
Result<Url> torch_variant_index(const Url& base, const std::string& variant);

}  // namespace torchup
