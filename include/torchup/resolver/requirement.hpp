#pragma once
// One dependency specifier (PEP 508): `torch[opt]>=2.0,<3 ; sys_platform == "linux"` or `name @ URL`.

#include "torchup/resolver/marker.hpp"
#include "torchup/resolver/package_name.hpp"
#include "torchup/resolver/specifier.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct Requirement {
  PackageName name;
  std::vector<PackageName> extras = {};  ///< Sorted, no doubles.
  SpecifierSet specifiers = {};
  std::optional<std::string> url = {};  ///< With `@`; then `specifiers` is empty.
  std::optional<Marker> marker = {};

  /// Reads one requirement, at most 16384 bytes; parentheses round the version list are accepted. Anything else is
  /// ErrorKind::usage with the place that could not be read.
  static Result<Requirement> parse(std::string_view text);

  std::string text() const;  ///< Canonical: `torch[opt]<3,>=2.0 ; sys_platform == "linux"`.
};

}  // namespace torchup
