#pragma once
// A term says something of one package: "a version of this set is chosen" or "none of this set is". What PubGrub's
// incompatibilities are made of; only this folder uses it.

#include "torchup/resolver/version_set.hpp"

#include <cstdint>

namespace torchup::pubgrub {

/// A package as the solver counts them: the root, a project, or one extra of a project.
using PackageId = std::uint32_t;
inline constexpr PackageId k_root = 0;

enum class Sign : std::uint8_t { positive, negative };

struct Term {
  Sign sign;
  VersionSet set;

  bool positive() const { return sign == Sign::positive; }
  bool operator==(const Term&) const = default;
};

inline Term chosen_from(VersionSet set) { return {Sign::positive, std::move(set)}; }
inline Term not_from(VersionSet set) { return {Sign::negative, std::move(set)}; }

/// True of everything: what is known of a package that nothing has been said of.
inline Term anything() { return not_from(VersionSet::none()); }
inline bool is_anything(const Term& term) { return !term.positive() && term.set.empty(); }

/// False of everything: a package cannot be chosen from no version.
inline bool is_impossible(const Term& term) { return term.positive() && term.set.empty(); }

Term negation(const Term& term);
Term intersection(const Term& a, const Term& b);
Term either(const Term& a, const Term& b);

/// Whether `known` alone makes `asked` true, makes it false, or leaves it open.
enum class Relation : std::uint8_t { satisfied, contradicted, open };
Relation relation(const Term& known, const Term& asked);

}  // namespace torchup::pubgrub
