#pragma once
// What pip's own configuration files say, for those who have an index, a certificate authority or a proxy set up there. Used for
// the main index, for the network's settings, and to tell of what is set there and does not count.

#include "torchup/system/host_system.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace torchup {

struct PipSetting {
  std::string value;   ///< Lines that continue it are joined with a blank.
  std::string source;  ///< "`index-url` in `/etc/pip.conf`", "`PIP_CERT`".
};

/// The value of `key`, such as "index-url", in the sections [global] and [install] of a pip.conf, of which the second counts more;
/// nothing where it is not set or empty.
std::optional<std::string> pip_conf_value(std::string_view text, std::string_view key);

/// The same of the first of pip's files that sets it: PIP_CONFIG_FILE, the active environment's, the user's, the system's.
std::optional<PipSetting> pip_conf_setting(HostSystem& host, std::string_view key);

/// PIP_CERT and the like, then the files.
std::optional<PipSetting> pip_setting(HostSystem& host, std::string_view key);

/// An index, or a page or folder of files, that pip or uv would search beside the main one: UV_INDEX, UV_EXTRA_INDEX_URL, and pip's
/// extra-index-url and find-links. The value is not for showing: it may hold a password.
std::optional<PipSetting> index_beside_main(HostSystem& host);

}  // namespace torchup
