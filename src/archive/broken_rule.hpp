#pragma once
// The strict archive rules by name. Every check of this layer that an archive can fail says which rule it broke, so that
// `torchup debug wheel-check`, tests and users speak of the same thing. Nothing above `verify` needs it.

#include "torchup/core/result.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace torchup {

/// A rule that an archive broke.
struct BrokenRule {
  std::string_view rule;  ///< Stable and always a literal: "duplicate-name".
  std::string detail;     ///< What stood there, one clause: "`a.py` occurs twice".
  bool operator==(const BrokenRule&) const = default;
};

/// A value of an archive that kept the rules, or the rule that it broke.
template <class T>
using Ruling = tl::expected<T, BrokenRule>;

inline tl::unexpected<BrokenRule> broken(std::string_view rule, std::string detail) {
  return tl::unexpected<BrokenRule>(BrokenRule{rule, std::move(detail)});
}

/// The same as an ErrorKind::integrity error: "the archive breaks the rule `overlap`: ...".
inline Error to_error(const BrokenRule& broken_rule) {
  return {ErrorKind::integrity, "the archive breaks the rule `" + std::string(broken_rule.rule) + "`: " + broken_rule.detail, {}, {}};
}

}  // namespace torchup

// Leaves a function that returns a Ruling with the broken rule, or goes on.
#define TORCHUP_KEEPS(expression)                                                                 \
  do {                                                                                            \
    if (auto ruling_ = (expression); !ruling_) return tl::unexpected(std::move(ruling_).error()); \
  } while (false)
