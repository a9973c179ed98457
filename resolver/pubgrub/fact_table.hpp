#pragma once
// Finds the newest `Depends` between two packages: a big search has hundreds of thousands, so that a slot is no more than the fact's
// place in the store, which knows the two packages itself.

#include "resolver/pubgrub/incompatibility.hpp"

#include <cstddef>
#include <vector>

namespace torchup::pubgrub {

class FactTable {
 public:
  /// `store` must outlive it.
  explicit FactTable(const IncompatibilityStore& store) : m_store(store) {}

  /// Where the newest fact between the two stands, `k_no_fact` where there is none: then one has to be written there before the next
  /// call, after which the reference holds no more.
  IncompatibilityId& newest(PackageId package, PackageId dependency);

  void clear() { *this = FactTable(m_store); }
  FactTable& operator=(FactTable&& other) noexcept;
  FactTable(const FactTable&) = delete;

 private:
  std::size_t slot_of(PackageId package, PackageId dependency) const;
  void grow();

  const IncompatibilityStore& m_store;
  std::vector<IncompatibilityId> m_slots;  // a power of two of them, or none
  std::size_t m_taken = 0;
};

}  // namespace torchup::pubgrub
