#pragma once
// An incompatibility is a list of terms that cannot all be true, with the reason: a fact from outside, or two others that
// it follows from. The search learns them, the explanation reads them back.

#include "torchup/core/shared_value.hpp"

#include "resolver/pubgrub/term_list.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace torchup::pubgrub {

/// An incompatibility's place in the search's store; those that it follows from stand before it.
using IncompatibilityId = std::uint32_t;
inline constexpr IncompatibilityId k_no_fact = 0xffffffff;

/// These versions of the package depend on that package; of the root: the user requires it.
struct Depends {
  PackageId package, dependency;
  VersionSet versions, wanted;
  std::uint32_t unmatchable = 0;         ///< Where `wanted` is empty: which of the search's texts says what was written, from 1.
  IncompatibilityId before = k_no_fact;  ///< Another one that counts between the same two packages.
};

/// No version in the set can be chosen: none exists, or each has its reason against it.
struct NoVersions {
  PackageId package;
  VersionSet versions;
};

/// The index does not know the package.
struct Unknown {
  PackageId package;
};

/// The user constrains the package to this set.
struct Constrained {
  PackageId package;
  VersionSet allowed;
};

/// These versions ask for something that torchup does not do: a requirement with a URL.
struct Unsupported {
  PackageId package;
  VersionSet versions;
  SharedValue<std::string> requirement;
};

/// An extra has the version of the package that it belongs to.
struct SameVersion {
  PackageId extra;
};

/// Follows from two others.
struct Derived {
  IncompatibilityId first, second;
};

using Reason = std::variant<Depends, NoVersions, Unknown, Constrained, Unsupported, SameVersion, Derived>;

struct Incompatibility {
  TermList terms;  ///< One a package, sorted by package.
  Reason reason;

  const Term* term_of(PackageId package) const {
    for (const auto& [id, term] : terms) {
      if (id == package) return &term;
    }
    return nullptr;
  }
};

/// Everything that a search knows; grows without copying what is in it.
using IncompatibilityStore = std::deque<Incompatibility>;

}  // namespace torchup::pubgrub
