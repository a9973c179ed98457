// What an explanation names must be enough: its facts alone, without the rest of the universe, leave no choice of versions.

#include "resolver/pubgrub/proof.hpp"
#include "resolver/pubgrub/search.hpp"
#include "tests/property/made_up_worlds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <optional>

using namespace torchup;
using namespace torchup::test;

namespace {

using pubgrub::Incompatibility;
using pubgrub::IncompatibilityId;
using pubgrub::PackageId;

// A search that ended without a solution, with what it refers to.
struct Failed {
  SolverRequest request;
  std::unique_ptr<pubgrub::Universe> universe;
  std::unique_ptr<pubgrub::Search> search;
  IncompatibilityId conclusion = 0;
};

pubgrub::SearchResult search_through(pubgrub::Search& search, pubgrub::Universe& universe, const MadeUpIndex& index) {
  while (true) {
    pubgrub::SearchResult result = search.advance();
    if (const auto* versions = std::get_if<NeedVersions>(&result)) {
      universe.project(versions->name).second.answer_versions(index.candidates(versions->name));
    } else if (const auto* needed = std::get_if<NeedMetadata>(&result)) {
      universe.answer_metadata(needed->name, needed->version, index.metadata_of(needed->name, needed->version));
    } else {
      return result;
    }
  }
}

// Nothing where the world has a solution.
std::unique_ptr<Failed> failed_search(const World& world) {
  auto failed = std::make_unique<Failed>();
  failed->request = request_of(world);
  failed->universe = std::make_unique<pubgrub::Universe>(failed->request);
  do {
    failed->search = std::make_unique<pubgrub::Search>(failed->request, *failed->universe);
    const pubgrub::SearchResult result = search_through(*failed->search, *failed->universe, index_of(world));
    if (!std::holds_alternative<pubgrub::NoSolution>(result)) return nullptr;
    failed->conclusion = std::get<pubgrub::NoSolution>(result).root;
  } while (failed->universe->admit_noted_yanked());
  return failed;
}

std::vector<const Incompatibility*> facts_named(const Failed& failed) {
  std::vector<IncompatibilityId> ids;
  for (const pubgrub::Step& step : pubgrub::make_proof(failed.search->store(), failed.conclusion)) {
    ids.insert(ids.end(), step.facts.begin(), step.facts.end());
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::vector<const Incompatibility*> facts;
  for (const IncompatibilityId id : ids) facts.push_back(&failed.search->store()[id]);
  return facts;
}

// Tries every choice that the facts can tell apart: each project at each of the versions 1 to 4, between any two of them, or not at
// all, and each extra, which has its project's version, or not.
class Choices {
 public:
  Choices(const pubgrub::PackageTable& packages, std::vector<const Incompatibility*> facts)
      : m_packages(packages), m_facts(std::move(facts)) {
    for (const char* version : {"0", "1", "1.5", "2", "2.5", "3", "3.5", "4", "5"}) m_versions.push_back(version_of(version));
    for (PackageId package = 1; package < packages.size(); ++package) {
      if (packages.is_project(package)) m_order.push_back(package);
    }
    for (PackageId package = 1; package < packages.size(); ++package) {
      if (packages.is_extra(package)) m_order.push_back(package);
    }
    m_chosen.resize(packages.size());
    m_settled.resize(packages.size());
    m_settled[pubgrub::k_root] = true;
    m_chosen[pubgrub::k_root] = &m_versions.front();
  }

  bool any_possible(std::size_t place = 0) {
    if (violated()) return false;
    if (place == m_order.size()) return true;
    const PackageId package = m_order[place];
    m_settled[package] = true;
    bool possible = try_version(place, nullptr);
    if (m_packages.is_extra(package)) {
      const Version* same = m_chosen[m_packages.project_of(package)];
      possible = possible || (same != nullptr && try_version(place, same));
    } else {
      for (std::size_t i = 0; i < m_versions.size() && !possible; ++i) possible = try_version(place, &m_versions[i]);
    }
    m_settled[package] = false;
    return possible;
  }

 private:
  bool try_version(std::size_t place, const Version* version) {
    m_chosen[m_order[place]] = version;
    return any_possible(place + 1);
  }

  bool violated() const {
    return std::any_of(m_facts.begin(), m_facts.end(), [&](const Incompatibility* fact) {
      return std::all_of(fact->terms.begin(), fact->terms.end(), [&](const auto& entry) {
        const auto& [package, term] = entry;
        if (!m_settled[package]) return false;
        const bool in = m_chosen[package] != nullptr && (package == pubgrub::k_root || term.set.contains(*m_chosen[package]));
        return term.positive() == in;
      });
    });
  }

  const pubgrub::PackageTable& m_packages;
  std::vector<const Incompatibility*> m_facts;
  std::vector<Version> m_versions;
  std::vector<PackageId> m_order;
  std::vector<const Version*> m_chosen;
  std::vector<bool> m_settled;
};

bool leaves_a_choice(const Failed& failed, const std::vector<const Incompatibility*>& facts) {
  return Choices(failed.search->packages(), facts).any_possible();
}

}  // namespace

TEST_CASE("the facts that an explanation names leave no choice") {
  Worlds worlds(4711);
  int unsolvable = 0;
  std::size_t dropped = 0;
  std::size_t needed = 0;
  for (int round = 0; round < 2000; ++round) {
    const World world = worlds.next();
    const auto failed = failed_search(world);
    if (failed == nullptr) continue;
    INFO("universe " << round << "\n" << told(world));
    ++unsolvable;
    const auto facts = facts_named(*failed);
    REQUIRE_FALSE(leaves_a_choice(*failed, facts));
    // That the check can fail: nearly every fact is needed, so that one left out would be noticed.
    for (std::size_t i = 0; i < facts.size(); ++i) {
      auto without = facts;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
      ++dropped;
      if (leaves_a_choice(*failed, without)) ++needed;
    }
    std::vector<const Incompatibility*> not_the_users;
    std::copy_if(facts.begin(), facts.end(), std::back_inserter(not_the_users), [](const Incompatibility* fact) {
      return !pubgrub::is_requirement(*fact) && !std::holds_alternative<pubgrub::Unsupported>(fact->reason);
    });
    REQUIRE(leaves_a_choice(*failed, not_the_users));
  }
  CHECK(unsolvable > 500);
  CHECK(needed * 10 > dropped * 9);
}
