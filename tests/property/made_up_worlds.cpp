#include "tests/property/made_up_worlds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace torchup::test {
namespace {

std::string name(int i) { return std::string(1, static_cast<char>('a' + i)); }

}  // namespace

World Worlds::next() {
  World world;
  const int packages = 2 + below(4);
  for (int i = 0; i < packages; ++i) {
    if (below(12) == 0) continue;  // a name that the index does not know
    auto& releases = world.packages[name(i)];
    const int count = 1 + below(4);
    for (int number = 1; number <= count; ++number) {
      Release release{number, below(8) != 0, below(8) == 0, {}, {}};
      for (int n = below(3); n > 0; --n) release.requirements.push_back(requirement(packages));
      if (below(3) == 0) release.of_extra.push_back(requirement(packages));
      releases.push_back(release);
    }
  }
  for (int n = 1 + below(2); n > 0; --n) world.root.push_back(requirement(packages));
  if (below(4) == 0) world.constraints.push_back(name(below(packages)) + specifier());
  return world;
}

std::string Worlds::specifier() {
  const int number = 1 + below(4);
  const char* const operators[] = {"==", "!=", "<", ">", ">=", "<="};
  return below(3) == 0 ? "" : operators[below(6)] + std::to_string(number);
}

std::string Worlds::requirement(int packages) { return name(below(packages)) + (below(4) == 0 ? "[x]" : "") + specifier(); }

MadeUpIndex index_of(const World& world) {
  MadeUpIndex index;
  for (const auto& [name, releases] : world.packages) {
    for (const Release& release : releases) {
      std::vector<std::string> requirements = release.requirements;
      for (const std::string& requirement : release.of_extra) requirements.push_back(requirement + " ; extra == 'x'");
      const Candidate candidate{version_of("0"), release.usable ? "" : "no wheel", release.yanked};
      index.add(name, std::to_string(release.number), requirements, {"x"}, candidate);
    }
  }
  return index;
}

SolverRequest request_of(const World& world) {
  return {.requirements = requirements_of(world.root), .constraints = requirements_of(world.constraints)};
}

std::string told(const World& world) {
  std::string text;
  for (const auto& [name, releases] : world.packages) {
    for (const Release& release : releases) {
      text += fmt::format("{} {}{}{} needs [{}], with x [{}]\n", name, release.number, release.usable ? "" : " unusable",
                          release.yanked ? " yanked" : "", fmt::join(release.requirements, "; "), fmt::join(release.of_extra, "; "));
    }
  }
  return text + fmt::format("root [{}], constraints [{}]", fmt::join(world.root, "; "), fmt::join(world.constraints, "; "));
}

}  // namespace torchup::test
