#pragma once
// What a marker asks of an environment, and the answers in which one comparison holds. The questions have an order that does
// not depend on the marker. Private to the marker algebra.

#include "torchup/resolver/version_set.hpp"

#include "resolver/requirements/marker_tree.hpp"

#include <compare>
#include <optional>
#include <string>
#include <variant>

namespace torchup {

struct MarkerQuestion {
  enum class Kind {
    version,  ///< Which version it is: the answers are ranges.
    text,     ///< Which text it is: the answers are those named, and any other.
    yes_no,   ///< Whether one comparison holds, of which no more is known.
  };
  const MarkerVariable* variable;                   ///< `python_full_version` stands for `python_version`, too.
  Kind kind;                                        ///< The text before what is asked of it.
  std::optional<MarkerComparison> comparison = {};  ///< Of Kind::yes_no, never a negative one.

  std::strong_ordering operator<=>(const MarkerQuestion& other) const;
  bool operator==(const MarkerQuestion& other) const { return (*this <=> other) == 0; }
};

/// One comparison: a truth, or a question with the answers in which it holds (of yes or no: yes).
struct MarkerReading {
  std::optional<MarkerQuestion> question = {};  ///< Nothing: it holds always or never.
  bool negated = false;                         ///< It holds where the answers are others; without a question: always.
  VersionSet versions = {};                     ///< Of Kind::version, canonical bounds only.
  std::string text = {};                        ///< Of Kind::text.
};

MarkerReading read_comparison(const MarkerComparison& comparison);

}  // namespace torchup
