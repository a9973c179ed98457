#include "resolver/pubgrub/term.hpp"

namespace torchup::pubgrub {

Term negation(const Term& term) { return {term.positive() ? Sign::negative : Sign::positive, term.set}; }

Term intersection(const Term& a, const Term& b) {
  if (a.positive() && b.positive()) return chosen_from(a.set.intersection(b.set));
  if (!a.positive() && !b.positive()) return not_from(a.set.united(b.set));
  const Term& yes = a.positive() ? a : b;
  const Term& no = a.positive() ? b : a;
  if (yes.set.disjoint_from(no.set)) return yes;
  return chosen_from(yes.set.intersection(no.set.complement()));
}

Term either(const Term& a, const Term& b) { return negation(intersection(negation(a), negation(b))); }

Relation relation(const Term& known, const Term& asked) {
  if (known.positive() && asked.positive()) {
    if (known.set.subset_of(asked.set)) return Relation::satisfied;
    return known.set.disjoint_from(asked.set) ? Relation::contradicted : Relation::open;
  }
  if (known.positive()) {
    if (known.set.disjoint_from(asked.set)) return Relation::satisfied;
    return known.set.subset_of(asked.set) ? Relation::contradicted : Relation::open;
  }
  // Nothing says yet that the package is chosen at all.
  if (!asked.set.subset_of(known.set)) return Relation::open;
  return asked.positive() ? Relation::contradicted : Relation::satisfied;
}

}  // namespace torchup::pubgrub
