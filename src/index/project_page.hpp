#pragma once
// What an index says of one project, whatever form it said it in (packaging.python.org "simple repository API"): the
// value that both page parsers give and that candidates are made of.

#include "torchup/core/digest.hpp"
#include "torchup/core/url.hpp"
#include "torchup/resolver/package_name.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// `.metadata` lies beside the file (PEP 658, 714).
struct CoreMetadata {
  std::optional<Sha256> sha256;  ///< Of the `.metadata` file: never the wheel's own.
  bool operator==(const CoreMetadata&) const = default;
};

/// One file of a project.
struct ProjectFile {
  std::string filename;
  Url url;  ///< Absolute; carries the index's credentials where it lies on the same origin.
  std::optional<Sha256> sha256 = {};
  std::optional<std::uint64_t> size = {};
  std::optional<std::string> requires_python = {};
  std::optional<std::string> yanked = {};  ///< The reason, perhaps empty; nothing where it is not yanked (PEP 592).
  std::optional<CoreMetadata> core_metadata = {};
  std::optional<std::string> upload_time = {};  ///< "2026-10-28T15:04:05.123456Z"
};

/// What an index says of a whole project (PEP 792) where it is not simply active.
struct ProjectStatus {
  enum class Marker { archived, deprecated, quarantined };
  Marker marker;
  std::string reason = {};  ///< Perhaps empty.
  bool operator==(const ProjectStatus&) const = default;
};

struct ProjectPage {
  PackageName name;
  std::vector<ProjectFile> files;  ///< In the page's order.
  std::optional<ProjectStatus> status = {};
};

/// "archived", "deprecated", "quarantined"; nothing for "active" and for what later versions of the standard may add.
std::optional<ProjectStatus::Marker> parse_status_marker(std::string_view text);
std::string_view status_text(ProjectStatus::Marker marker);

inline constexpr std::uint64_t k_page_limit = 64ULL << 20;  ///< Bytes of one page.
inline constexpr std::size_t k_most_page_files = 500'000;
inline constexpr std::size_t k_longest_page_string = 16'384;

/// Reads the JSON form (PEP 691 and its 1.x versions). `base` is where it was found, `name` what was asked for. Broken
/// JSON, more than 64 levels, doubled keys in what counts, a version 2 or another project's page are ErrorKind::network.
Result<ProjectPage> parse_simple_json(std::string_view text, const Url& base, const PackageName& name);

/// Reads the HTML form (PEP 503), of which only anchors and `pypi:repository-version` count. A web page that is no index
/// page, such as a login form, and a page that ends early are ErrorKind::network.
Result<ProjectPage> parse_simple_html(std::string_view text, const Url& base, const PackageName& name);

}  // namespace torchup
