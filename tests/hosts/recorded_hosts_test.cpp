// Walks tests/hosts: each folder is a machine, and its expected.json says what probing finds there and what is chosen for it.
// A new machine is a new folder; nothing here changes.
#include "tests/hosts/recorded_hosts.hpp"

#include "torchup/probes/named_facts.hpp"
#include "torchup/probes/probe.hpp"
#include "torchup/resolver/target.hpp"
#include "torchup/resolver/variant.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

using namespace torchup;
using torchup::test::recorded_hosts;
using Json = nlohmann::json;

namespace {

HostFacts probe_folder(const std::filesystem::path& folder) {
  const auto host = open_recorded_host_system(folder).value();
  return probe_host(*host);
}

Json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return Json::parse(file);
}

VariantWish wish_of(const Json& json) {
  VariantWish wish;
  if (json.contains("release")) wish.release = json.at("release").get<std::string>();
  wish.variant = json.value("variant", "auto");
  wish.companions = json.value("companions", std::vector<std::string>{});
  return wish;
}

std::set<std::string> codes_of(const RankedVariant& variant) {
  std::set<std::string> codes;
  for (const auto& reason : variant.reasons) codes.insert(reason.code);
  return codes;
}

void check_facts(const Json& expected, const HostFacts& facts) {
  const auto rows = name_facts(facts);
  const Json wanted = expected.value("facts", Json::object());
  for (const auto& [name, value] : wanted.items()) {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
    INFO(name);
    REQUIRE(at != rows.end());
    CHECK(at->value == value.get<std::string>());
    CHECK_FALSE(at->evidence.source.empty());
  }
  for (const auto& name : expected.value("no_facts", std::vector<std::string>{})) {
    INFO(name);
    CHECK(std::none_of(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; }));
  }
}

void check_gaps(const Json& expected, const HostFacts& facts) {
  for (const auto& text : expected.value("failures", std::vector<std::string>{})) {
    INFO(text);
    CHECK(std::any_of(facts.failures.begin(), facts.failures.end(),
                      [&](const auto& failed) { return failed.source + ": " + failed.reason == text; }));
  }
  for (const auto& text : expected.value("absent", std::vector<std::string>{})) {
    INFO(text);
    CHECK(std::any_of(facts.absent.begin(), facts.absent.end(), [&](const auto& absent) { return absent.evidence.raw == text; }));
  }
}

/// A row of the table by release, variant and the code of a reason against it.
void check_rejected(const Json& row, const VariantChoice& choice) {
  INFO("rejected: " << row.dump());
  const auto at = std::find_if(choice.ranked.begin(), choice.ranked.end(),
                               [&](const auto& variant) { return variant.release == row.at(0) && variant.name == row.at(1); });
  REQUIRE(at != choice.ranked.end());
  CHECK_FALSE(at->fits);
  CHECK(std::any_of(at->reasons.begin(), at->reasons.end(), [&](const auto& reason) { return !reason.fits && reason.code == row.at(2); }));
}

void check_choice(const Json& expected, const HostFacts& facts) {
  INFO("wish: " << expected.at("wish").dump());
  const auto choice = choose_variant(facts, VariantCatalog::built_in(), wish_of(expected.at("wish")));
  REQUIRE(choice.has_value());
  CHECK(choice->summary == expected.at("summary").get<std::string>());
  for (const auto& row : expected.at("rejected")) check_rejected(row, *choice);
  if (expected.at("release").is_null()) {
    CHECK_FALSE(choice->chosen.has_value());
    return;
  }
  REQUIRE(choice->chosen.has_value());
  CHECK(choice->chosen->release == expected.at("release").get<std::string>());
  CHECK(choice->chosen->name == expected.at("variant").get<std::string>());
  CHECK((choice->chosen->index == VariantIndex::main ? "main" : "torch") == expected.at("index").get<std::string>());
  CHECK(codes_of(*choice->chosen) == expected.at("codes").get<std::set<std::string>>());
}

}  // namespace

TEST_CASE("every recorded machine gives the facts and the choice that it should") {
  const auto folders = recorded_hosts();
  REQUIRE(folders.size() >= 45);
  for (const auto& folder : folders) {
    INFO("host " << folder.filename().string());
    const auto expected = read_json(folder / "expected.json");
    const auto facts = probe_folder(folder);
    check_facts(expected, facts);
    check_gaps(expected, facts);
    for (const auto& choice : expected.at("choices")) check_choice(choice, facts);
  }
}

TEST_CASE("a recorded machine that is recorded again gives the same facts") {
  for (const auto& folder : recorded_hosts()) {
    INFO("host " << folder.filename().string());
    const auto host = open_recorded_host_system(folder).value();
    const auto recorder = make_recording_host_system(*host);
    const auto facts = probe_host(*recorder);
    const auto copy = std::filesystem::temp_directory_path() / ("torchup-rerecorded-" + folder.filename().string());
    std::filesystem::remove_all(copy);
    REQUIRE(recorder->write(copy).has_value());
    CHECK(probe_folder(copy) == facts);
    std::filesystem::remove_all(copy);
  }
}

TEST_CASE("a recorded machine's target is found without looking for accelerators") {
  for (const auto& folder : recorded_hosts()) {
    INFO("host " << folder.filename().string());
    const auto host = open_recorded_host_system(folder).value();
    const HostFacts whole = probe_host(*host), part = probe_target(*host, {});
    CHECK(part.pythons == whole.pythons);
    CHECK((part.drivers.empty() && part.displays.empty() && part.libraries.empty()));
    for (const auto& python : whole.pythons) {
      const auto expected = make_target(whole, python.value), found = make_target(part, python.value);
      REQUIRE(found.has_value() == expected.has_value());
      if (!found) continue;
      CHECK(found->markers == expected->markers);
      CHECK(found->tags == expected->tags);
    }
  }
}
