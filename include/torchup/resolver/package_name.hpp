#pragma once
// A project's or an extra's name in its normalised form (PEP 503, PEP 685): lower case, runs of `-_.` become one `-`.

#include "torchup/core/result.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace torchup {

class PackageName {
 public:
  /// Letters, digits and `-_.`, a letter or digit at both ends, at most 256 bytes. Anything else is ErrorKind::usage.
  static Result<PackageName> parse(std::string_view text);

  const std::string& text() const { return m_text; }  ///< Normalised: "typing-extensions".
  std::string underscored() const;                    ///< As wheel and dist-info names spell it: "typing_extensions".

  auto operator<=>(const PackageName&) const = default;

 private:
  explicit PackageName(std::string text) : m_text(std::move(text)) {}
  std::string m_text;
};

}  // namespace torchup
