#include "resolver/pubgrub/explain.hpp"

#include "resolver/pubgrub/hints.hpp"
#include "resolver/pubgrub/proof.hpp"
#include "resolver/pubgrub/wording.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace torchup::pubgrub {
namespace {

constexpr std::size_t k_first_lines = 20, k_last_lines = 8;  // of a text that is too long to read whole
constexpr std::size_t k_deepest = 200;                       // levels of the tree, which readers may walk by recursion

std::string joined(const std::vector<std::string>& parts, std::string_view last_separator) {
  if (parts.size() < 2) return parts.empty() ? "" : parts.front();
  return fmt::format("{}{}{}", fmt::join(parts.begin(), parts.end() - 1, ", "), last_separator, parts.back());
}

// Everything outside that a step rests on, the user's own requirements last and in one phrase, and so with many versions of one
// package that depend on another.
std::vector<std::string> reasons(const Search& search, const Wording& wording, const Step& step) {
  constexpr std::size_t k_many = 3;
  std::map<std::pair<PackageId, PackageId>, std::vector<const Depends*>> pairs;
  for (const IncompatibilityId id : step.facts) {
    if (const auto* depends = std::get_if<Depends>(&search.store()[id].reason)) {
      pairs[{depends->package, depends->dependency}].push_back(depends);
    }
  }
  std::vector<std::string> result, requirements;
  for (const IncompatibilityId id : step.facts) {
    const Incompatibility& fact = search.store()[id];
    const auto* depends = std::get_if<Depends>(&fact.reason);
    const std::size_t alike = depends != nullptr ? pairs[{depends->package, depends->dependency}].size() : 0;
    if (depends != nullptr && depends->package == k_root) {
      requirements.push_back(wording.wanted(*depends));
    } else if (alike < k_many) {
      result.push_back(wording.fact(fact));
    } else if (pairs[{depends->package, depends->dependency}].front() == depends) {
      result.push_back(wording.dependencies(pairs[{depends->package, depends->dependency}]));
    }
  }
  if (!requirements.empty()) result.push_back("you require " + joined(requirements, " and "));
  return result;
}

// "You require x, but ..." where the whole proof is one requirement and what is wrong with it; else nothing.
std::string plain_refusal(const Search& search, const Wording& wording, const std::vector<Step>& proof) {
  if (proof.size() != 1 || proof.front().facts.size() > 2) return "";
  const auto& facts = proof.front().facts;
  const Incompatibility& first = search.store()[facts.front()];
  if (facts.size() == 1) {
    std::string text = wording.fact(first);
    text.front() = 'Y';  // "you require ..."
    return text + ".";
  }
  const Incompatibility& second = search.store()[facts.back()];
  const Incompatibility& requirement = is_requirement(first) ? first : second;
  const Incompatibility& problem = is_requirement(first) ? second : first;
  if (!is_requirement(requirement) || is_requirement(problem)) return "";
  const std::string you = "Y" + wording.fact(requirement).substr(1);
  if (std::holds_alternative<Unknown>(problem.reason)) return you + ", but it is not on the index.";
  if (std::holds_alternative<NoVersions>(problem.reason)) return you + ", but " + wording.fact(problem) + ".";
  return "";
}

class Text {
 public:
  Text(const Search& search, const std::vector<Step>& proof) : m_search(search), m_wording(search), m_proof(proof) { number_steps(); }

  std::string make() const {
    if (std::string text = plain_refusal(m_search, m_wording, m_proof); !text.empty()) return text;
    std::string text;
    const std::size_t left_out = m_proof.size() > k_first_lines + k_last_lines + 1 ? m_proof.size() - k_first_lines - k_last_lines : 0;
    for (std::size_t i = 0; i < m_proof.size(); ++i) {
      if (left_out != 0 && i == k_first_lines) text += fmt::format("... {} more steps like these ...\n", left_out);
      if (left_out != 0 && i >= k_first_lines && i < k_first_lines + left_out) continue;
      text += line(i) + "\n";
    }
    text.pop_back();
    return text;
  }

 private:
  // A step gets a number where a later sentence than the next speaks of it.
  void number_steps() {
    m_numbers.resize(m_proof.size());
    std::size_t next = 1;
    std::vector<bool> spoken_of(m_proof.size());
    for (std::size_t i = 0; i < m_proof.size(); ++i) {
      for (const std::size_t step : m_proof[i].steps) {
        if (step + 1 != i) spoken_of[step] = true;
      }
    }
    for (std::size_t i = 0; i < m_proof.size(); ++i) {
      if (spoken_of[i]) m_numbers[i] = next++;
    }
  }

  std::string line(std::size_t i) const {
    const Step& step = m_proof[i];
    std::vector<std::string> because = reasons(m_search, m_wording, step);
    bool goes_on = false;
    for (const std::size_t before : step.steps) {
      if (before + 1 == i) {
        goes_on = true;
      } else {
        because.push_back(fmt::format("{} ({})", m_wording.conclusion(m_search.store()[m_proof[before].conclusion]), m_numbers[before]));
      }
    }
    const std::string therefore = m_wording.conclusion(m_search.store()[step.conclusion]);
    const std::string number = m_numbers[i] != 0 ? fmt::format(" ({})", m_numbers[i]) : "";
    if (because.empty()) return fmt::format("So {}.{}", therefore, number);
    const std::string separator = because.size() > 2 ? ", and " : " and ";
    return fmt::format("{} {}, {}.{}", goes_on ? "And because" : "Because", joined(because, separator), therefore, number);
  }

  const Search& m_search;
  Wording m_wording;
  const std::vector<Step>& m_proof;
  std::vector<std::size_t> m_numbers;
};

std::shared_ptr<const DerivationNode> leaf(std::string statement) {
  return std::make_shared<DerivationNode>(DerivationNode{.statement = std::move(statement)});
}

// A step that is used twice has its causes in one place, so that the tree is no larger than the proof, and what lies below the
// deepest level has none.
std::shared_ptr<const DerivationNode> make_tree(const Search& search, const std::vector<Step>& proof) {
  std::vector<std::size_t> owner(proof.size(), proof.size());
  std::vector<std::size_t> level(proof.size());
  for (std::size_t i = proof.size(); i-- > 0;) {
    for (const std::size_t before : proof[i].steps) {
      if (owner[before] != proof.size()) continue;
      owner[before] = i;
      level[before] = level[i] + 1;
    }
  }

  const Wording wording(search);
  std::vector<std::shared_ptr<const DerivationNode>> nodes;
  for (std::size_t i = 0; i < proof.size(); ++i) {
    DerivationNode node{.statement = wording.conclusion(search.store()[proof[i].conclusion])};
    if (level[i] < k_deepest) {
      for (const std::size_t before : proof[i].steps) {
        node.causes.push_back(owner[before] == i ? nodes[before] : leaf(nodes[before]->statement));
      }
      for (const IncompatibilityId fact : proof[i].facts) node.causes.push_back(leaf(wording.fact(search.store()[fact])));
    }
    nodes.push_back(std::make_shared<DerivationNode>(std::move(node)));
  }
  return nodes.back();
}

}  // namespace

Explanation explain(const Search& search, IncompatibilityId conclusion) {
  const std::vector<Step> proof = make_proof(search.store(), conclusion);
  return {Text(search, proof).make(), hints(search, proof), make_tree(search, proof)};
}

Explanation explain_giving_up(const Search& search, std::size_t steps) {
  constexpr std::size_t k_most_pairs = 3;
  std::string text = fmt::format("No solution was found within {} steps, and none was ruled out.", steps);
  std::vector<std::string> pairs;
  for (const Opponents& pair : search.priorities().worst_opponents(k_most_pairs)) {
    pairs.push_back(fmt::format("{} and {} ({} {})", search.packages().text(pair.one), search.packages().text(pair.other), pair.conflicts,
                                pair.conflicts == 1 ? "time" : "times"));
  }
  if (!pairs.empty()) text += fmt::format("\nMost often at odds were {}.", joined(pairs, pairs.size() > 2 ? ", and " : " and "));
  return {.text = text,
          .hints = hints_after_giving_up(search),
          .derivation = std::make_shared<DerivationNode>(DerivationNode{.statement = text}),
          .gave_up = true};
}

}  // namespace torchup::pubgrub
