#pragma once
// The .netrc file, where users of private indexes keep their names and passwords. An entry is bound to nothing but a machine's name,
// so that it is taken only for URLs that the user has set as indexes, and only where nobody can listen: https, or this machine.
// From there on it is bound to that URL's scheme, host and port, as a password written in the URL is.

#include "torchup/core/url.hpp"
#include "torchup/system/host_system.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct NetrcEntry {
  std::string machine, login, password;
  bool operator==(const NetrcEntry&) const = default;
};

/// The entries that name a machine and have a password, in their order. `default` and macros are passed over, and what is malformed ends
/// the reading: an entry is taken whole or not at all. Values may be quoted, with '\' before a character that counts as it is.
std::vector<NetrcEntry> parse_netrc(std::string_view text);

/// The URL with the first entry for its host of the file that NETRC names, or else of ~/.netrc. The URL as it is where it has credentials
/// already, where others could listen, and where there is no such entry.
Url with_netrc_login(const Url& url, HostSystem& host);

}  // namespace torchup
