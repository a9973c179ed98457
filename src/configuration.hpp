#pragma once
// The user's configuration file: which indexes to use and which mirrors to fetch from. It counts after the command line and
// the environment, and before pip's own settings. Read by the commands, passed to the pipeline.

#include "torchup/core/diagnostics.hpp"
#include "torchup/core/url.hpp"
#include "torchup/install/environment.hpp"
#include "torchup/resolver/package_name.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Whatever lies below `from` is fetched from the same place below `to`.
struct Mirror {
  Url from, to;  ///< Both paths end in '/'.
};

/// A mirror of two URLs, http or https. Anything else is ErrorKind::usage.
Result<Mirror> make_mirror(std::string_view from, std::string_view to);

/// Where to fetch `url`, in the order to try, never empty: below the mirrors whose `from` is the longest that it lies below, in their
/// order and each with its own credentials alone; `url` itself where no mirror is for it, and only then: whoever names mirrors may
/// not want the origin asked, and can name it as the last of them.
std::vector<Url> sources_of(const Url& url, const std::vector<Mirror>& mirrors);

struct Configuration {
  std::string file;                      ///< The file's path, for messages; empty where there is none.
  std::optional<std::string> index_url;  ///< As written: a bad one is told where it is used.
  std::optional<std::string> torch_index_url;
  std::map<PackageName, Url> pins;     ///< Packages that come from an index of their own, and no other.
  std::vector<Mirror> mirrors;         ///< In the order of their `from`.
  std::filesystem::path shared_cache;  ///< Another one, which is only read: its store is looked into too. Empty where it is not set.
  LinkMode link_mode = LinkMode::automatic;
  std::filesystem::path cache;  ///< Empty where it is not set; a relative one is below the file's folder.
};

/// Reads a configuration's TOML text, found at `file`. A value of the wrong kind, and text that is no TOML, are
/// ErrorKind::usage naming the key; a key that is not known is warned of and read over.
Result<Configuration> parse_configuration(std::string_view toml, const std::filesystem::path& file, Diagnostics& diagnostics);

}  // namespace torchup
