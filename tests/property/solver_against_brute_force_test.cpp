#include "torchup/resolver/solver.hpp"

#include "tests/property/made_up_worlds.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <random>
#include <set>

using namespace torchup;
using namespace torchup::test;

namespace {

const Release* find(const World& world, const std::string& name, int number) {
  const auto found = world.packages.find(name);
  if (found == world.packages.end()) return nullptr;
  for (const Release& release : found->second) {
    if (release.number == number) return &release;
  }
  return nullptr;
}

using Choice = std::map<std::string, int>;  // package to version; absent where it is not chosen

// Which yanked versions may be chosen: those that the user pins at the least, those that anything in the world pins at the most.
// Between both lies the question which of the releases that pin are looked at.
enum class Yanks { pinned_by_user, pinned_by_any };

bool pins(const std::string& text, const std::string& name, int number) {
  const Requirement requirement = Requirement::parse(text).value();
  if (requirement.name.text() != name || !requirement.specifiers.contains(version_of(std::to_string(number)))) return false;
  const auto& specifiers = requirement.specifiers.specifiers();
  return std::any_of(specifiers.begin(), specifiers.end(), [](const Specifier& one) { return one.op == SpecifierOperator::equal; });
}

bool is_pinned(const World& world, Yanks yanks, const std::string& name, int number) {
  const auto any = [&](const std::vector<std::string>& requirements) {
    return std::any_of(requirements.begin(), requirements.end(), [&](const std::string& text) { return pins(text, name, number); });
  };
  if (any(world.root) || any(world.constraints)) return true;
  if (yanks == Yanks::pinned_by_user) return false;
  for (const auto& [package, releases] : world.packages) {
    for (const Release& release : releases) {
      if (any(release.requirements) || any(release.of_extra)) return true;
    }
  }
  return false;
}

// Whether everything that the root reaches holds for the choice, and nothing else is in it.
class Checker {
 public:
  Checker(const World& world, const Choice& choice, Yanks yanks) : m_world(world), m_choice(choice), m_yanks(yanks) {}

  bool valid() {
    for (const std::string& requirement : m_world.root) {
      if (!meets(requirement)) return false;
    }
    while (!m_open.empty()) {
      const auto [name, extra] = m_open.back();
      m_open.pop_back();
      const Release* release = find(m_world, name, m_choice.at(name));
      for (const std::string& requirement : extra ? release->of_extra : release->requirements) {
        if (!meets(requirement)) return false;
      }
    }
    return std::all_of(m_choice.begin(), m_choice.end(),
                       [&](const auto& chosen) {
                         return m_reached.contains({chosen.first, false});
                       }) &&
           allowed();
  }

 private:
  bool meets(const std::string& text) {
    const Requirement requirement = Requirement::parse(text).value();
    const std::string name = requirement.name.text();
    const auto chosen = m_choice.find(name);
    if (chosen == m_choice.end() || !requirement.specifiers.contains(version_of(std::to_string(chosen->second)))) return false;
    for (const bool extra : {false, true}) {
      if (extra && requirement.extras.empty()) continue;
      if (m_reached.insert({name, extra}).second) m_open.emplace_back(name, extra);
    }
    return true;
  }

  bool allowed() {
    for (const std::string& text : m_world.constraints) {
      const Requirement constraint = Requirement::parse(text).value();
      const auto chosen = m_choice.find(constraint.name.text());
      if (chosen == m_choice.end()) continue;
      if (!constraint.specifiers.contains(version_of(std::to_string(chosen->second)))) return false;
    }
    return std::all_of(m_choice.begin(), m_choice.end(), [&](const auto& chosen) {
      const Release* release = find(m_world, chosen.first, chosen.second);
      return release != nullptr && release->usable && (!release->yanked || is_pinned(m_world, m_yanks, chosen.first, chosen.second));
    });
  }

  const World& m_world;
  const Choice& m_choice;
  Yanks m_yanks;
  std::set<std::pair<std::string, bool>> m_reached;
  std::vector<std::pair<std::string, bool>> m_open;
};

bool brute_force_finds_one(const World& world, Yanks yanks) {
  std::vector<std::pair<std::string, int>> wheel;  // package and the greatest version
  for (const auto& [name, releases] : world.packages) wheel.emplace_back(name, static_cast<int>(releases.size()));
  std::vector<int> at(wheel.size(), 0);  // 0: not chosen
  while (true) {
    Choice choice;
    for (std::size_t i = 0; i < wheel.size(); ++i) {
      if (at[i] != 0) choice[wheel[i].first] = at[i];
    }
    if (Checker(world, choice, yanks).valid()) return true;
    std::size_t i = 0;
    while (i < at.size() && at[i] == wheel[i].second) at[i++] = 0;
    if (i == at.size()) return false;
    ++at[i];
  }
}

}  // namespace

TEST_CASE("the solver finds a solution where trying everything finds one, and what it finds is one") {
  Worlds worlds(811);
  int solvable = 0;
  int unsolvable = 0;
  for (int round = 0; round < 2000; ++round) {
    const World world = worlds.next();
    INFO("universe " << round << "\n" << told(world));
    MadeUpIndex index = index_of(world);
    const Question question = index.solve(request_of(world));
    const auto* solved = std::get_if<Solved>(&question);
    (solved != nullptr ? solvable : unsolvable) += 1;
    if (solved == nullptr) {
      REQUIRE_FALSE(brute_force_finds_one(world, Yanks::pinned_by_user));
      REQUIRE_FALSE(std::get<Unsolvable>(question).explanation.text.empty());
      continue;
    }
    INFO("solved as " << pins_of(question));
    Choice choice;
    for (const Pin& pin : solved->pins) choice[pin.name.text()] = static_cast<int>(pin.version.release().front());
    REQUIRE(Checker(world, choice, Yanks::pinned_by_any).valid());
  }
  CHECK(solvable > 500);
  CHECK(unsolvable > 500);
}
