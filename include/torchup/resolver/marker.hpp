#pragma once
// Environment markers (PEP 508, packaging.python.org "dependency specifiers" with the January 2026 amendments).

#include "torchup/core/result.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace torchup {

/// The values that markers are evaluated against: one target interpreter on one platform.
struct MarkerEnvironment {
  std::map<std::string, std::string, std::less<>> values;  ///< "python_version" -> "3.11", "sys_platform" -> "linux", ... (no extras)
  std::set<std::string, std::less<>> extras = {};          ///< Normalised names that `extra == "x"` and `"x" in extras` hold for.
  std::set<std::string, std::less<>> dependency_groups = {};
  bool operator==(const MarkerEnvironment&) const = default;
};

struct MarkerNode;  // the parsed tree; resolver/requirements/marker_tree.hpp

class Marker {
 public:
  /// Reads a marker, at most 8192 bytes and 64 levels deep. Unknown variables, chains and bad quotes are ErrorKind::usage.
  static Result<Marker> parse(std::string_view text);

  /// Whether it holds. A variable without a value counts as "0" where it is a version, else as empty; a comparison without
  /// a meaning does not hold.
  bool evaluate(const MarkerEnvironment& environment) const;

  /// The first comparison that has no meaning under this environment, such as `os_name ~= "posix"` or one of two literals;
  /// nothing in sound markers.
  std::optional<std::string> meaningless_comparison(const MarkerEnvironment& environment) const;

  /// What is left to ask where the extras and dependency groups are those chosen: whether it then holds or not, or a marker
  /// without them. For formats that have no word for them; `values` of `chosen` are not looked at.
  std::variant<bool, Marker> settled(const MarkerEnvironment& chosen) const;

  /// Canonical: one space round operators, double quotes where possible, no needless parentheses.
  std::string text() const;

  /// Its parts, for those who compute with them (resolver/requirements/).
  const MarkerNode& tree() const { return *m_root; }

  bool operator==(const Marker& other) const { return text() == other.text(); }

 private:
  explicit Marker(std::shared_ptr<const MarkerNode> root) : m_root(std::move(root)) {}
  std::shared_ptr<const MarkerNode> m_root;  // immutable, shared by copies
};

}  // namespace torchup
