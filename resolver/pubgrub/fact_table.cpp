#include "resolver/pubgrub/fact_table.hpp"

#include <utility>

namespace torchup::pubgrub {

FactTable& FactTable::operator=(FactTable&& other) noexcept {
  m_slots = std::move(other.m_slots);
  m_taken = std::exchange(other.m_taken, 0);
  return *this;
}

IncompatibilityId& FactTable::newest(PackageId package, PackageId dependency) {
  if (m_taken * 3 >= m_slots.size() * 2) grow();
  IncompatibilityId& slot = m_slots[slot_of(package, dependency)];
  if (slot == k_no_fact) ++m_taken;
  return slot;
}

/// The slot of the two packages, or the empty one that they would get.
std::size_t FactTable::slot_of(PackageId package, PackageId dependency) const {
  constexpr std::uint64_t k_spread = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio: neighbours come to lie far apart
  const std::size_t last = m_slots.size() - 1;
  std::size_t slot = (((std::uint64_t{package} << 32 | dependency) * k_spread) >> 32) & last;
  for (; m_slots[slot] != k_no_fact; slot = (slot + 1) & last) {
    const auto& fact = std::get<Depends>(m_store[m_slots[slot]].reason);
    if (fact.package == package && fact.dependency == dependency) break;
  }
  return slot;
}

void FactTable::grow() {
  std::vector<IncompatibilityId> old(m_slots.empty() ? 64 : m_slots.size() * 2, k_no_fact);
  std::swap(old, m_slots);
  for (const IncompatibilityId id : old) {
    if (id == k_no_fact) continue;
    const auto& fact = std::get<Depends>(m_store[id].reason);
    m_slots[slot_of(fact.package, fact.dependency)] = id;
  }
}

}  // namespace torchup::pubgrub
