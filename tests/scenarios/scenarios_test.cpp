#include "tests/scenarios/scenario.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace torchup;
using namespace torchup::test;

namespace {

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const bool in_a_topic = entry.path().parent_path() != folder;
    if (in_a_topic && entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string pins_without_extras(const Question& question) {
  std::string text = pins_of(question);
  while (text.find('[') != std::string::npos) text.erase(text.find('['), text.find(']') + 1 - text.find('['));
  return text;
}

// The explanation with its hints; of a solution its notes.
std::string told(const Question& question) {
  std::string text;
  if (const auto* solved = std::get_if<Solved>(&question)) {
    for (const std::string& note : solved->notes) text += note + "\n";
    return text;
  }
  const Explanation& explanation = std::get<Unsolvable>(question).explanation;
  text = explanation.text + "\n";
  for (const std::string& hint : explanation.hints) text += "hint: " + hint + "\n";
  return text;
}

bool takes_the_files(const Scenario& scenario, const Question& question) {
  const auto* solved = std::get_if<Solved>(&question);
  return std::all_of(scenario.files.begin(), scenario.files.end(), [&](const auto& wanted) {
    return solved != nullptr && std::any_of(solved->pins.begin(), solved->pins.end(), [&](const Pin& pin) {
             return pin.name == wanted.first && scenario.chosen_files.at(pin.name).at(pin.version) == wanted.second;
           });
  });
}

// Whether it came out as expected; says how it did where not.
bool run(Scenario& scenario) {
  const Question question = scenario.index.solve(scenario.request);
  UNSCOPED_INFO(pins_of(question) << "\n" << told(question));
  if (std::holds_alternative<Solved>(question) != scenario.satisfiable) return false;
  if (scenario.pins && pins_without_extras(question) != *scenario.pins) return false;
  if (scenario.text && told(question) != *scenario.text) return false;
  return takes_the_files(scenario, question);
}

}  // namespace

TEST_CASE("the scenarios come out as expected") {
  const auto files = files_below(TORCHUP_SCENARIO_FOLDER);
  REQUIRE(files.size() >= 100);
  for (const auto& file : files) {
    INFO(file.string());
    Scenario scenario = read_scenario(file);
    REQUIRE((scenario.satisfiable ? scenario.pins : scenario.text).has_value());  // else it would say too little
    CHECK(run(scenario));
  }
}
