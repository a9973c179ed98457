#include "resolver/pubgrub/partial_solution.hpp"

#include <algorithm>
#include <utility>

namespace torchup::pubgrub {

PartialSolution::Package& PartialSolution::at(PackageId package) {
  if (package >= m_packages.size()) m_packages.resize(package + 1U);
  return m_packages[package];
}

void PartialSolution::touch(PackageId package) {
  Package& entry = at(package);
  if (entry.touched) return;
  entry.touched = true;
  m_touched.push_back(package);
}

std::vector<PackageId> PartialSolution::take_touched() {
  for (const PackageId package : m_touched) m_packages[package].touched = false;
  return std::exchange(m_touched, {});
}

std::vector<PackageId> PartialSolution::spoken_of() const {
  std::vector<PackageId> packages = m_trail;
  std::sort(packages.begin(), packages.end());
  packages.erase(std::unique(packages.begin(), packages.end()), packages.end());
  return packages;
}

const Term& PartialSolution::known(PackageId package) const {
  static const Term nothing_said = anything();
  if (package >= m_packages.size() || m_packages[package].assignments.empty()) return nothing_said;
  return m_packages[package].assignments.back().known;
}

const Version* PartialSolution::decision(PackageId package) const {
  if (package == k_root || !is_decided(package)) return nullptr;
  return &*known(package).set.ranges().front().low.version;  // the set is that version alone
}

void PartialSolution::open_level(PackageId package, const Term& term) {
  m_decided.push_back(package);
  Package& entry = at(package);
  entry.decided_at = level();
  entry.assignments.push_back({m_order++, level(), std::nullopt, term});
  m_trail.push_back(package);
  touch(package);
}

void PartialSolution::decide_root() { open_level(k_root, chosen_from(VersionSet::all())); }

void PartialSolution::decide(PackageId package, const Version& version) { open_level(package, chosen_from(VersionSet::exactly(version))); }

void PartialSolution::derive(PackageId package, const Term& term, IncompatibilityId cause) {
  const Term together = intersection(known(package), term);
  at(package).assignments.push_back({m_order++, level(), cause, together});
  m_trail.push_back(package);
  touch(package);
}

void PartialSolution::go_back_to(std::uint32_t level) {
  while (!m_trail.empty()) {
    Package& package = m_packages[m_trail.back()];
    if (package.assignments.back().level <= level) break;
    package.assignments.pop_back();
    if (package.decided_at > level) package.decided_at = 0;
    touch(m_trail.back());
    m_trail.pop_back();
  }
  m_decided.resize(std::min<std::size_t>(m_decided.size(), level));
}

const PartialSolution::Assignment& PartialSolution::first_satisfying(PackageId package, const Term& term) const {
  // What is known of a package only grows, so that once true a term stays true.
  const auto& assignments = m_packages[package].assignments;
  const auto found = std::partition_point(assignments.begin(), assignments.end(), [&](const Assignment& assignment) {
    return relation(assignment.known, term) != Relation::satisfied;
  });
  return found == assignments.end() ? assignments.back() : *found;
}

Satisfier PartialSolution::satisfier(const Incompatibility& incompatibility, const IncompatibilityStore& store) const {
  const Assignment* last = nullptr;
  Satisfier result;
  std::uint32_t others = 1;  // the root's level is never left
  for (const auto& [package, term] : incompatibility.terms) {
    const Assignment& assignment = first_satisfying(package, term);
    if (last != nullptr) others = std::max(others, std::min(last->level, assignment.level));
    if (last == nullptr || assignment.order > last->order) {
      last = &assignment;
      result.package = package;
    }
  }
  if (last == nullptr) return result;
  result.cause = last->cause;
  result.level = last->level;
  result.previous_level = others;
  if (!last->cause) return result;

  // What the last assignment says by itself may not suffice: then an earlier one of the same package had its part in it.
  const Term own = negation(*store[*last->cause].term_of(result.package));
  const Term missing = intersection(own, negation(*incompatibility.term_of(result.package)));
  if (!is_impossible(missing)) {
    result.previous_level = std::max(result.previous_level, first_satisfying(result.package, negation(missing)).level);
  }
  return result;
}

}  // namespace torchup::pubgrub
