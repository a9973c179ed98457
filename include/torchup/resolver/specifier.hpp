#pragma once
// Version specifiers (PEP 440): `>=2.0`, `~=1.4`, `==2.9.*`, `===x`, and sets of them joined by commas.

#include "torchup/resolver/version.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

enum class SpecifierOperator { compatible, equal, not_equal, less_equal, greater_equal, less, greater, arbitrary };

struct Specifier {
  SpecifierOperator op;
  std::string text;                ///< The version as written; what `===` compares.
  std::optional<Version> version;  ///< Nothing only for `===` with text that is no version.
  bool prefix = false;             ///< `==2.9.*`, `!=2.9.*`.

  /// Reads one clause such as `>=2.0`. Anything else is ErrorKind::usage with the rule that it breaks.
  static Result<Specifier> parse(std::string_view text);

  /// Whether the version satisfies it; pre-releases are not treated apart here (see `SpecifierSet::admits_prereleases`).
  bool contains(const Version& candidate) const;

  std::string canonical() const;  ///< ">=2.0"
};

class SpecifierSet {
 public:
  SpecifierSet() = default;  ///< Any version.

  /// Reads ">=2.0, <3"; at most 4096 bytes. Empty clauses are skipped, as published Requires-Python fields have them; a
  /// list in parentheses is for `Requirement` alone. Anything else is ErrorKind::usage.
  static Result<SpecifierSet> parse(std::string_view text);

  const std::vector<Specifier>& specifiers() const { return m_specifiers; }  ///< As written, in order.
  bool empty() const { return m_specifiers.empty(); }

  /// Whether every specifier holds, pre-releases not treated apart.
  bool contains(const Version& candidate) const;

  /// Whether a specifier itself names a pre-release, which lets pre-releases match (PEP 440, "Handling of pre-releases").
  bool admits_prereleases() const;

  std::string text() const;  ///< Canonical, sorted: "<3,>=2.0".

 private:
  std::vector<Specifier> m_specifiers;
};

}  // namespace torchup
