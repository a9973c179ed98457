#pragma once
// The indexes that the configuration names, as the choice of an index wants them, and the logins of all that the user has set: what a
// lock names has no password in it, and is fetched with the one of its index.

#include "torchup/system/host_system.hpp"

#include "src/configuration.hpp"
#include "src/index/default_index.hpp"

#include <optional>
#include <vector>

namespace torchup {

std::optional<ConfiguredIndex> configured_main_index(const Configuration& configuration);
std::optional<ConfiguredIndex> configured_torch_index(const Configuration& configuration);

/// Packages with an index of their own, each with its login from .netrc where it has none.
std::map<PackageName, Url> pinned_indexes(const Configuration& configuration, HostSystem& host);

/// The indexes that are set and have credentials. A setting that is no URL has none.
std::vector<Url> indexes_with_login(const Configuration& configuration, HostSystem& host);

/// The URL with the credentials of the first index of the same scheme, host and port; as it is where it has its own, or none is.
Url with_login_of(const std::vector<Url>& indexes, const Url& url);

}  // namespace torchup
