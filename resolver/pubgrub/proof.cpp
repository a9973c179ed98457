#include "resolver/pubgrub/proof.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace torchup::pubgrub {
namespace {

struct Node {
  std::set<IncompatibilityId> facts, steps;
};
using Nodes = std::map<IncompatibilityId, Node>;  // causes have smaller ids than what follows from them

const Derived* derived(const IncompatibilityStore& store, IncompatibilityId id) { return std::get_if<Derived>(&store[id].reason); }

std::set<IncompatibilityId> reachable(const IncompatibilityStore& store, IncompatibilityId from) {
  std::set<IncompatibilityId> seen{from};
  std::vector<IncompatibilityId> open{from};
  while (!open.empty()) {
    const Derived* step = derived(store, open.back());
    open.pop_back();
    if (step == nullptr) continue;
    for (const IncompatibilityId cause : {step->first, step->second}) {
      if (seen.insert(cause).second) open.push_back(cause);
    }
  }
  return seen;
}

// That an extra has its project's version goes without saying; a step that adds only that is its other cause.
Nodes without_the_obvious(const IncompatibilityStore& store, IncompatibilityId conclusion) {
  Nodes nodes;
  std::map<IncompatibilityId, IncompatibilityId> stands_for;
  for (const IncompatibilityId id : reachable(store, conclusion)) {
    const Derived* step = derived(store, id);
    if (step == nullptr) continue;
    Node node;
    for (IncompatibilityId cause : {step->first, step->second}) {
      if (const auto other = stands_for.find(cause); other != stands_for.end()) cause = other->second;
      if (std::holds_alternative<SameVersion>(store[cause].reason)) continue;
      (derived(store, cause) == nullptr ? node.facts : node.steps).insert(cause);
    }
    if (id != conclusion && node.facts.size() + node.steps.size() == 1) {
      stands_for[id] = node.facts.empty() ? *node.steps.begin() : *node.facts.begin();
    } else {
      nodes.emplace(id, std::move(node));
    }
  }
  return nodes;
}

std::map<IncompatibilityId, int> uses_of_steps(const Nodes& nodes, IncompatibilityId conclusion) {
  std::map<IncompatibilityId, int> uses;
  std::vector<IncompatibilityId> open{conclusion};
  while (!open.empty()) {
    const Node& node = nodes.at(open.back());
    open.pop_back();
    for (const IncompatibilityId step : node.steps) {
      if (++uses[step] == 1) open.push_back(step);
    }
  }
  return uses;
}

bool is_the_users(const Incompatibility& fact) { return is_requirement(fact) || std::holds_alternative<Constrained>(fact.reason); }

// Whether every fact of both says on which versions of one package the versions of another depend.
bool same_pair(const IncompatibilityStore& store, const Node& one, const Node& other) {
  std::set<std::pair<PackageId, PackageId>> pairs;
  for (const Node* node : {&one, &other}) {
    for (const IncompatibilityId fact : node->facts) {
      const auto* depends = std::get_if<Depends>(&store[fact].reason);
      if (depends == nullptr || depends->package == k_root) return false;
      pairs.emplace(depends->package, depends->dependency);
    }
  }
  return pairs.size() == 1;
}

// "x needs y", as the steps of a chain of dependencies conclude.
bool is_need(const Incompatibility& incompatibility) {
  const auto& terms = incompatibility.terms;
  return terms.size() == 2 && terms[0].second.positive() != terms[1].second.positive();
}

// Steps that a person takes in one go are told in one sentence: "and you require this"; many versions of one package at odds with
// another; a few links of a chain of dependencies.
bool belong_together(const IncompatibilityStore& store, const Nodes& nodes, IncompatibilityId before, IncompatibilityId id) {
  constexpr std::size_t k_links_in_a_sentence = 3;
  const Node& first = nodes.at(before);
  const Node& second = nodes.at(id);
  if (std::all_of(second.facts.begin(), second.facts.end(), [&](IncompatibilityId fact) { return is_the_users(store[fact]); })) return true;
  if (same_pair(store, first, second)) return true;
  return is_need(store[before]) && is_need(store[id]) && first.facts.size() + second.facts.size() <= k_links_in_a_sentence;
}

void join_steps(const IncompatibilityStore& store, Nodes& nodes, IncompatibilityId conclusion) {
  const std::map<IncompatibilityId, int> uses = uses_of_steps(nodes, conclusion);
  for (auto& [id, node] : nodes) {
    if (node.steps.size() != 1) continue;
    const IncompatibilityId before = *node.steps.begin();
    const auto used = uses.find(before);
    if (used == uses.end() || used->second != 1 || !belong_together(store, nodes, before, id)) continue;
    const Node& joined = nodes.at(before);
    node.facts.insert(joined.facts.begin(), joined.facts.end());
    node.steps = joined.steps;
  }
}

}  // namespace

bool is_requirement(const Incompatibility& incompatibility) {
  const auto* depends = std::get_if<Depends>(&incompatibility.reason);
  return depends != nullptr && depends->package == k_root;
}

std::vector<Step> make_proof(const IncompatibilityStore& store, IncompatibilityId conclusion) {
  if (derived(store, conclusion) == nullptr) return {{conclusion, {conclusion}, {}}};
  Nodes nodes = without_the_obvious(store, conclusion);
  join_steps(store, nodes, conclusion);

  // Depth first, causes before what follows from them, without recursion: a proof may be thousands of steps deep.
  std::vector<Step> proof;
  std::map<IncompatibilityId, std::size_t> place;
  std::vector<std::pair<IncompatibilityId, bool>> open{{conclusion, false}};
  while (!open.empty()) {
    const auto [id, causes_done] = open.back();
    open.pop_back();
    if (place.contains(id)) continue;
    const Node& node = nodes.at(id);
    if (!causes_done) {
      open.emplace_back(id, true);
      for (const IncompatibilityId step : node.steps) {
        if (!place.contains(step)) open.emplace_back(step, false);
      }
      continue;
    }
    Step step{id, {node.facts.begin(), node.facts.end()}, {}};
    for (const IncompatibilityId cause : node.steps) step.steps.push_back(place.at(cause));
    std::sort(step.steps.begin(), step.steps.end());
    place[id] = proof.size();
    proof.push_back(std::move(step));
  }
  return proof;
}

}  // namespace torchup::pubgrub
