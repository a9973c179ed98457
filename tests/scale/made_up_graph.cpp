#include "tests/scale/made_up_graph.hpp"

#include "tests/support/made_up_index.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup::test {
namespace {

constexpr std::uint32_t k_versions = 10;
constexpr std::uint32_t k_middle = 5;
constexpr std::uint32_t k_needs = 3;

// The same number for the same question on every machine (Vigna's splitmix64).
std::uint32_t draw(std::uint32_t package, std::uint32_t version, std::uint32_t number, std::uint32_t below) {
  std::uint64_t x = (std::uint64_t{package} << 32) + (std::uint64_t{version} << 16) + number + 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return static_cast<std::uint32_t>((x ^ (x >> 31)) % below);
}

std::string named(std::uint32_t package) { return fmt::format("p{}", package); }

}  // namespace

std::string_view text(GraphKind kind) {
  switch (kind) {
    case GraphKind::chain:
      return "chain";
    case GraphKind::fan:
      return "fan";
    case GraphKind::layers:
      return "layers";
    case GraphKind::backing:
      return "backing";
  }
  return "";
}

SolverRequest MadeUpGraph::request() const {
  SolverRequest request;
  std::vector<std::string> wanted{named(0)};
  if (m_kind == GraphKind::layers || m_kind == GraphKind::backing) {
    for (std::uint32_t package = 1; package < std::max(m_packages / 10, 1U); ++package) wanted.push_back(named(package));
  }
  request.requirements = requirements_of(wanted);
  return request;
}

std::vector<Candidate> MadeUpGraph::candidates() const {
  static const std::vector<Candidate> candidates = [] {
    std::vector<Candidate> all;
    for (std::uint32_t version = 1; version <= k_versions; ++version) all.push_back({version_of(std::to_string(version))});
    return all;
  }();
  return candidates;
}

PackageMetadata MadeUpGraph::metadata(const PackageName& name, const Version& version) const {
  const auto package = static_cast<std::uint32_t>(std::stoul(name.text().substr(1)));
  return {requirements_of(requirements(package, static_cast<std::uint32_t>(version.release().front())))};
}

std::vector<std::string> MadeUpGraph::requirements(std::uint32_t package, std::uint32_t version) const {
  switch (m_kind) {
    case GraphKind::chain:
      if (package + 1 == m_packages) return {};
      return {fmt::format("p{}>={}", package + 1, std::min(version, k_middle))};
    case GraphKind::fan: {
      std::vector<std::string> result;
      if (package == 0) {
        for (std::uint32_t other = 1; other < m_packages; ++other) result.push_back(named(other));
      } else if (package + 1 != m_packages) {
        result.push_back(fmt::format("p{}>=1.{},<={}", m_packages - 1, draw(package, 0, 0, 1000), k_middle + draw(package, 0, 1, 5)));
      }
      return result;
    }
    case GraphKind::layers:
      return of_layers(package, version, 20);
    case GraphKind::backing:
      return of_layers(package, version, 200);
  }
  return {};
}

// A tenth of the packages is a layer. Version 5 takes any from 5 to 5; newer ones may refuse the newest of what they need.
std::vector<std::string> MadeUpGraph::of_layers(std::uint32_t package, std::uint32_t version, std::uint32_t at_odds_in_thousand) const {
  const std::uint32_t width = std::max(m_packages / 10, 1U);
  const std::uint32_t next = (package / width + 1) * width;
  std::vector<std::string> result;
  for (std::uint32_t number = 0; number < k_needs && next + width <= m_packages; ++number) {
    const std::uint32_t other = next + draw(package, 0, number, width);
    const bool at_odds = version > k_middle && draw(package, version, number, 1000) < at_odds_in_thousand;
    const std::uint32_t newest = at_odds ? k_middle + draw(package, version, number + k_needs, 4) : k_versions;
    result.push_back(fmt::format("p{}>={},<={}", other, std::min(version, k_middle) - draw(package, version, number, 3) % 2, newest));
  }
  return result;
}

Question MadeUpGraph::solve(Solver& solver) const {
  while (true) {
    Question question = solver.advance();
    if (const auto* versions = std::get_if<NeedVersions>(&question)) {
      solver.answer_versions(versions->name, candidates());
    } else if (const auto* needed = std::get_if<NeedMetadata>(&question)) {
      solver.answer_metadata(needed->name, needed->version, metadata(needed->name, needed->version));
    } else {
      return question;
    }
  }
}

}  // namespace torchup::test
