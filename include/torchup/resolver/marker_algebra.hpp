#pragma once
// Markers as the sets of environments in which they hold: joined, negated, compared, and written again as short as can be.
// Used where locks are made for several targets at once. A set is a decision diagram: one question after the other in a fixed
// order, equal parts shared, so that two sets are equal exactly where their numbers are.

#include "torchup/core/result.hpp"
#include "torchup/resolver/marker.hpp"

#include <cstdint>
#include <memory>
#include <variant>

namespace torchup {

class MarkerDiagram;  // resolver/requirements/marker_diagram.hpp

/// A marker, or whether it always or never holds, for which markers have no text.
using MarkerOrTruth = std::variant<bool, Marker>;

/// The sets and what they share. What is said of environments is said of those that interpreters have: `python_version` is the
/// first two numbers of `python_full_version`, and no version of an interpreter is a post-release. Comparisons that no order
/// can be made of (`"x" in sys_platform`, versions of kernels, text where a version belongs) are taken as independent of one
/// another, unless the variable's value is known: then two sets may be equal and not be found so, never the other way round.
///
/// Markers can be made to be exponentially large. Whatever passes the limit of an algebra, 200,000 edges, is ErrorKind::usage.
class MarkerAlgebra {
 public:
  /// A set of this algebra; of no use in another one.
  class Set {
   public:
    bool operator==(const Set&) const = default;
    bool empty() const { return m_node == 0; }
    bool is_all() const { return m_node == 1; }

   private:
    friend MarkerAlgebra;
    explicit Set(std::uint32_t node) : m_node(node) {}
    std::uint32_t m_node;
  };

  MarkerAlgebra();
  ~MarkerAlgebra();

  static Set none() { return Set(0); }
  static Set all() { return Set(1); }
  Result<Set> of(const Marker& marker);

  Result<Set> intersection(Set left, Set right);
  Result<Set> united(Set left, Set right);
  Result<Set> complement(Set set);
  Result<bool> subset_of(Set part, Set whole);  ///< Whether the one marker implies the other.
  Result<bool> disjoint(Set left, Set right);

  /// A short marker for a set: no part of it can be left out. It reads back as the same set; equal sets have equal texts.
  Result<MarkerOrTruth> marker(Set set);
  /// A short marker that holds in all of `wanted` and nowhere else in `among`, a set that has `wanted` in it.
  Result<MarkerOrTruth> marker(Set wanted, Set among);

 private:
  std::unique_ptr<MarkerDiagram> m_diagram;
};

/// The same in short: without contradictions, tautologies and what the rest says already. A marker that is too intricate stays
/// as it is.
MarkerOrTruth simplified(const Marker& marker);

}  // namespace torchup
