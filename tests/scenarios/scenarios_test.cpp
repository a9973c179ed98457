#include "tests/scenarios/scenario.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

using namespace torchup;
using namespace torchup::test;

namespace {

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string pins_without_extras(const Question& question) {
  std::string text = pins_of(question);
  while (text.find('[') != std::string::npos) text.erase(text.find('['), text.find(']') + 1 - text.find('['));
  return text;
}

std::string told(const Question& question) {
  const auto* unsolvable = std::get_if<Unsolvable>(&question);
  if (unsolvable == nullptr) return "solved as " + pins_of(question);
  std::string text = unsolvable->explanation.text + "\n";
  for (const std::string& hint : unsolvable->explanation.hints) text += "hint: " + hint + "\n";
  return text;
}

// Whether it came out as expected; says how it did where not.
bool run(Scenario& scenario) {
  const Question question = scenario.index.solve(scenario.request);
  UNSCOPED_INFO(told(question));
  if (std::holds_alternative<Solved>(question) != scenario.satisfiable) return false;
  if (scenario.pins && pins_without_extras(question) != *scenario.pins) return false;
  return !scenario.text || told(question) == *scenario.text;
}

}  // namespace

TEST_CASE("the project's own scenarios come out as expected") {
  const auto files = files_below(TORCHUP_SCENARIO_FOLDER);
  REQUIRE(files.size() >= 10);
  for (const auto& file : files) {
    INFO(file.string());
    Scenario scenario = read_scenario(file);
    REQUIRE(scenario.not_run.empty());
    CHECK(run(scenario));
  }
}

TEST_CASE("further scenarios come out as expected", "[.][further]") {
  const char* folder = std::getenv("TORCHUP_SCENARIOS");
  REQUIRE(folder != nullptr);
  int ran = 0;
  int not_run = 0;
  for (const auto& file : files_below(folder)) {
    INFO(file.string());
    Scenario scenario = read_scenario(file);
    const bool came_out = run(scenario);
    if (!scenario.not_run.empty() || (!came_out && scenario.offers_source)) {
      ++not_run;
      continue;
    }
    ++ran;
    CHECK(came_out);
  }
  WARN(ran << " further scenarios ran, " << not_run << " ask for what torchup does not do");
}
