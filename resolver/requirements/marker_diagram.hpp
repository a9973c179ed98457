#pragma once
// The decision diagrams of the marker algebra. A node asks one question and has a child for each kind of answer; questions come
// in their order on every way down, no node has only one child, and no two nodes are the same (Bryant 1986, with more than two
// answers to a question). Private to the marker algebra.

#include "torchup/core/result.hpp"

#include "resolver/requirements/marker_question.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace torchup {

class MarkerDiagram {
 public:
  using Id = std::uint32_t;
  static constexpr Id k_never = 0, k_always = 1;

  struct Node {
    const MarkerQuestion* question = nullptr;
    std::vector<VersionBound> bounds = {};  ///< Of Kind::version: between them lie the children's ranges.
    std::vector<std::string> texts = {};    ///< Of Kind::text: the answers of all children but the last, sorted.
    std::vector<Id> children = {};          ///< Of Kind::yes_no: no, yes.
  };

  MarkerDiagram() : m_nodes(2) {}

  const Node& node(Id id) const { return m_nodes[id]; }

  Result<Id> of(const MarkerNode& marker);
  Result<Id> of_versions(const MarkerQuestion& question, const VersionSet& versions);
  Result<Id> of_texts(const MarkerQuestion& question, const std::vector<std::string>& sorted, bool others);
  Result<Id> of_answer(const MarkerQuestion& question, bool yes);

  Result<Id> both(Id left, Id right);
  Result<Id> either(Id left, Id right);
  Result<Id> negation(Id id);

 private:
  struct Order {
    bool operator()(const Node& left, const Node& right) const;
  };

  const MarkerQuestion* interned(const MarkerQuestion& question);
  Result<Id> interned(Node node);
  Result<Id> of_comparison(const MarkerComparison& comparison);
  Result<Id> joined(const std::vector<MarkerNode>& parts, MarkerNode::Kind kind);
  Node aligned(Id left, Id right, std::vector<std::pair<Id, Id>>& pairs) const;
  Result<Id> both_nodes(Id left, Id right);
  Result<Id> reduced(const Node& node);
  /// The diagram where the variable has this value.
  Id where(Id id, const MarkerVariable& variable, const std::string& value) const;

  std::set<MarkerQuestion> m_questions;
  std::vector<Node> m_nodes;  // the first two are the truths
  std::map<Node, Id, Order> m_ids;
  std::map<std::pair<Id, Id>, Id> m_both;
  std::map<Id, Id> m_negations;
  std::size_t m_edges = 0;
};

}  // namespace torchup
