#include "resolver/requirements/marker_diagram.hpp"

#include <algorithm>
#include <compare>
#include <tuple>

namespace torchup {
namespace {

using Id = MarkerDiagram::Id;
using Node = MarkerDiagram::Node;
using Kind = MarkerQuestion::Kind;

constexpr std::size_t k_most_edges = 200'000;
constexpr std::size_t k_most_questions = 1'000;  // as deep as a diagram, and every function that walks down one

tl::unexpected<Error> too_intricate() { return failure({ErrorKind::usage, "the environment markers are too intricate", {}, {}}); }

/// Where both diagrams ask the same thing: the answers that either tells apart, and the children of each for them.
void align_versions(Node& node, const Node& left, const Node& right, std::vector<std::pair<Id, Id>>& pairs) {
  std::size_t l = 0, r = 0;
  pairs.emplace_back(left.children[0], right.children[0]);
  while (l < left.bounds.size() || r < right.bounds.size()) {
    const bool left_ends = l == left.bounds.size(), right_ends = r == right.bounds.size();
    const auto order = left_ends    ? std::strong_ordering::greater
                       : right_ends ? std::strong_ordering::less
                                    : left.bounds[l] <=> right.bounds[r];
    node.bounds.push_back(order <= 0 ? left.bounds[l] : right.bounds[r]);
    if (order <= 0) ++l;
    if (order >= 0) ++r;
    pairs.emplace_back(left.children[l], right.children[r]);
  }
}

}  // namespace

bool MarkerDiagram::Order::operator()(const Node& left, const Node& right) const {
  return std::tie(left.question, left.children, left.texts, left.bounds) <
         std::tie(right.question, right.children, right.texts, right.bounds);
}

const MarkerQuestion* MarkerDiagram::interned(const MarkerQuestion& question) { return &*m_questions.insert(question).first; }

Result<Id> MarkerDiagram::interned(Node node) {
  m_edges += node.children.size();
  if (m_edges > k_most_edges || m_questions.size() > k_most_questions) return too_intricate();
  const auto [at, fresh] = m_ids.try_emplace(node, static_cast<Id>(m_nodes.size()));
  if (fresh) m_nodes.push_back(std::move(node));
  return at->second;
}

Result<Id> MarkerDiagram::of_versions(const MarkerQuestion& question, const VersionSet& versions) {
  if (versions.empty()) return k_never;
  Node node{interned(question), {}, {}, {k_never}};
  for (const auto& [low, high] : versions.ranges()) {
    if (low == VersionBound{VersionBound::Place::before_all}) {
      node.children.back() = k_always;
    } else {
      node.bounds.push_back(low);
      node.children.push_back(k_always);
    }
    if (high.place == VersionBound::Place::after_all) break;
    node.bounds.push_back(high);
    node.children.push_back(k_never);
  }
  return node.bounds.empty() ? Result<Id>(k_always) : interned(std::move(node));
}

Result<Id> MarkerDiagram::of_texts(const MarkerQuestion& question, const std::vector<std::string>& sorted, bool others) {
  if (sorted.empty()) return others ? k_always : k_never;
  Node node{interned(question), {}, sorted, std::vector<Id>(sorted.size(), others ? k_never : k_always)};
  node.children.push_back(others ? k_always : k_never);
  return interned(std::move(node));
}

Result<Id> MarkerDiagram::of_answer(const MarkerQuestion& question, bool yes) {
  return interned(Node{interned(question), {}, {}, {yes ? k_never : k_always, yes ? k_always : k_never}});
}

Result<Id> MarkerDiagram::of_comparison(const MarkerComparison& comparison) {
  const MarkerReading reading = read_comparison(comparison);
  if (!reading.question) return reading.negated ? k_always : k_never;
  switch (reading.question->kind) {
    case Kind::version:
      return of_versions(*reading.question, reading.versions);
    case Kind::text:
      return of_texts(*reading.question, {reading.text}, reading.negated);
    case Kind::yes_no:
      break;
  }
  return of_answer(*reading.question, !reading.negated);
}

/// In halves, so that a long list does not go through its whole result once for each part.
Result<Id> MarkerDiagram::joined(const std::vector<MarkerNode>& parts, MarkerNode::Kind kind) {
  std::vector<Id> ids;
  for (const MarkerNode& part : parts) {
    TORCHUP_TRY_ASSIGN(const Id id, of(part));
    ids.push_back(id);
  }
  while (ids.size() > 1) {
    std::vector<Id> half;
    for (std::size_t i = 0; i + 1 < ids.size(); i += 2) {
      TORCHUP_TRY_ASSIGN(const Id id, kind == MarkerNode::Kind::all ? both(ids[i], ids[i + 1]) : either(ids[i], ids[i + 1]));
      half.push_back(id);
    }
    if (ids.size() % 2 == 1) half.push_back(ids.back());
    ids = std::move(half);
  }
  return ids.front();
}

Result<Id> MarkerDiagram::of(const MarkerNode& marker) {
  return marker.kind == MarkerNode::Kind::comparison ? of_comparison(*marker.comparison) : joined(marker.children, marker.kind);
}

Id MarkerDiagram::where(Id id, const MarkerVariable& variable, const std::string& value) const {
  while (id != k_never && id != k_always) {
    const Node& node = m_nodes[id];
    if (node.question->variable != &variable) break;
    if (node.question->kind == Kind::text) {
      const auto at = std::lower_bound(node.texts.begin(), node.texts.end(), value);
      const bool is_named = at != node.texts.end() && *at == value;
      id = is_named ? node.children[static_cast<std::size_t>(at - node.texts.begin())] : node.children.back();
      continue;
    }
    if (variable.type != MarkerType::string) break;
    id = node.children[holds(*node.question->comparison, {{{std::string(variable.name), value}}}) ? 1 : 0];
  }
  return id;
}

Result<Id> MarkerDiagram::both(Id left, Id right) {
  if (left == k_never || right == k_never) return k_never;
  if (left == k_always || left == right) return right;
  if (right == k_always) return left;
  const auto key = std::minmax(left, right);
  if (const auto known = m_both.find(key); known != m_both.end()) return known->second;
  TORCHUP_TRY_ASSIGN(const Id id, both_nodes(left, right));
  m_both.emplace(key, id);
  return id;
}

/// The answers that either of two diagrams tells apart, as a node without children, and what stands in both for each.
Node MarkerDiagram::aligned(Id left_id, Id right_id, std::vector<std::pair<Id, Id>>& pairs) const {
  const Node &left = m_nodes[left_id], &right = m_nodes[right_id];
  Node node{*left.question <= *right.question ? left.question : right.question};
  const bool left_asks = left.question == node.question, right_asks = right.question == node.question;
  if (node.question->kind == Kind::text) {
    if (left_asks) node.texts = left.texts;
    if (right_asks) node.texts.insert(node.texts.end(), right.texts.begin(), right.texts.end());
    std::sort(node.texts.begin(), node.texts.end());
    node.texts.erase(std::unique(node.texts.begin(), node.texts.end()), node.texts.end());
    const MarkerVariable& variable = *node.question->variable;
    for (const auto& text : node.texts) pairs.emplace_back(where(left_id, variable, text), where(right_id, variable, text));
    pairs.emplace_back(left_asks ? left.children.back() : left_id, right_asks ? right.children.back() : right_id);
  } else if (left_asks && right_asks && node.question->kind == Kind::version) {
    align_versions(node, left, right, pairs);
  } else {
    node.bounds = left_asks ? left.bounds : right.bounds;
    for (std::size_t i = 0; i < (left_asks ? left : right).children.size(); ++i)
      pairs.emplace_back(left_asks ? left.children[i] : left_id, right_asks ? right.children[i] : right_id);
  }
  return node;
}

Result<Id> MarkerDiagram::both_nodes(Id left, Id right) {
  std::vector<std::pair<Id, Id>> pairs;
  Node node = aligned(left, right, pairs);
  m_edges += pairs.size();
  if (m_edges > k_most_edges) return too_intricate();
  for (const auto& [one, other] : pairs) {
    TORCHUP_TRY_ASSIGN(const Id child, both(one, other));
    node.children.push_back(child);
  }
  return reduced(node);
}

Result<Id> MarkerDiagram::reduced(const Node& node) {
  Node kept{node.question};
  switch (node.question->kind) {
    case Kind::version:
      kept.children.push_back(node.children.front());
      for (std::size_t i = 0; i < node.bounds.size(); ++i) {
        if (node.children[i + 1] == kept.children.back()) continue;
        kept.bounds.push_back(node.bounds[i]);
        kept.children.push_back(node.children[i + 1]);
      }
      break;
    case Kind::text:
      for (std::size_t i = 0; i < node.texts.size(); ++i) {
        if (node.children[i] == where(node.children.back(), *node.question->variable, node.texts[i])) continue;
        kept.texts.push_back(node.texts[i]);
        kept.children.push_back(node.children[i]);
      }
      kept.children.push_back(node.children.back());
      break;
    case Kind::yes_no:
      kept.children.push_back(node.children[0]);
      if (node.children[1] != node.children[0]) kept.children.push_back(node.children[1]);
      break;
  }
  return kept.children.size() == 1 ? Result<Id>(kept.children.front()) : interned(std::move(kept));
}

Result<Id> MarkerDiagram::negation(Id id) {
  if (id == k_never || id == k_always) return id == k_never ? k_always : k_never;
  if (const auto known = m_negations.find(id); known != m_negations.end()) return known->second;
  Node node = m_nodes[id];
  for (Id& child : node.children) {
    TORCHUP_TRY_ASSIGN(child, negation(child));
  }
  TORCHUP_TRY_ASSIGN(const Id opposite, interned(std::move(node)));
  m_negations.emplace(id, opposite);
  m_negations.emplace(opposite, id);
  return opposite;
}

Result<Id> MarkerDiagram::either(Id left, Id right) {
  TORCHUP_TRY_ASSIGN(const Id not_left, negation(left));
  TORCHUP_TRY_ASSIGN(const Id not_right, negation(right));
  TORCHUP_TRY_ASSIGN(const Id neither, both(not_left, not_right));
  return negation(neither);
}

}  // namespace torchup
