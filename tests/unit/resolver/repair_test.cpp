#include "torchup/resolver/repair.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace torchup;

namespace {

constexpr const char* k_good = R"({"id": "one", "package": "demo", "versions": "==1.0", "wheels": "*x86_64.whl", "remove": ["cuda-*"],
  "add": ["base>=2"], "reason": "r", "source": "s"})";

std::string table_of(const std::string& rows) { return fmt::format(R"({{"schema": 1, "repairs": [{}]}})", rows); }

std::string with(std::string row, const std::string& key, const std::string& value) {
  const auto at = row.find("\"" + key + "\": ") + key.size() + 4;
  const char close = row[at] == '[' ? ']' : '"';
  return row.replace(at, row.find(close, at + 1) + 1 - at, value);
}

std::string error_of(const std::string& text) {
  const auto table = RepairTable::parse(text);
  return table ? "no error" : table.error().message;
}

/// The requirements after a repair, and the ids of the repairs that are told.
struct Repaired {
  std::vector<std::string> requirements, told;
};

Repaired repaired(const RepairTable& table, const std::string& name, const std::string& version, const std::string& wheel,
                  const std::vector<std::string>& texts) {
  std::vector<Requirement> requirements;
  for (const auto& text : texts) requirements.push_back(Requirement::parse(text).value());
  const MarkerEnvironment linux{.values = {{"sys_platform", "linux"}, {"platform_machine", "aarch64"}}};
  const auto told = table.apply(PackageName::parse(name).value(), Version::parse(version).value(), wheel, linux, requirements);
  Repaired outcome;
  for (const auto& one : requirements) outcome.requirements.push_back(one.text());
  for (const Repair* one : told) outcome.told.push_back(one->id);
  return outcome;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a repair takes out and adds what its row says, and says so") {
  const auto table = RepairTable::parse(table_of(k_good));
  REQUIRE(table);
  const auto outcome = repaired(*table, "demo", "1.0", "demo-1.0-x86_64.whl", {"cuda-a==1", "kept", "my-cuda-a", "cuda"});
  CHECK(outcome.requirements == Texts{"kept", "my-cuda-a", "cuda", "base>=2"});
  CHECK(outcome.told == Texts{"one"});
  CHECK(change_text(table->rows()[0]) == "it no longer needs cuda-*, and needs base>=2");
}

TEST_CASE("a repair is for its package, versions and wheels alone") {
  const auto table = RepairTable::parse(table_of(k_good));
  REQUIRE(table);
  const Texts published{"cuda-a"};
  CHECK(repaired(*table, "other", "1.0", "other-1.0-x86_64.whl", published).requirements == published);
  CHECK(repaired(*table, "demo", "1.1", "demo-1.1-x86_64.whl", published).requirements == published);
  CHECK(repaired(*table, "demo", "1.0", "demo-1.0-arm64.whl", published).requirements == published);
  CHECK(repaired(*table, "demo", "1.0", "demo-1.0-arm64.whl", published).told.empty());
}

TEST_CASE("a local label in a row's versions is for builds with that label") {
  const auto table = RepairTable::parse(table_of(with(k_good, "versions", "\"==1.0+cpu\"")));
  REQUIRE(table);
  CHECK(repaired(*table, "demo", "1.0+cpu", "a-x86_64.whl", {"cuda-a"}).told == Texts{"one"});
  CHECK(repaired(*table, "demo", "1.0", "a-x86_64.whl", {"cuda-a"}).told.empty());
  CHECK(repaired(*table, "demo", "1.0+cu126", "a-x86_64.whl", {"cuda-a"}).told.empty());
}

TEST_CASE("metadata that is right by now is left as it is") {
  const auto table = RepairTable::parse(table_of(k_good));
  REQUIRE(table);
  const auto outcome = repaired(*table, "demo", "1.0", "demo-1.0-x86_64.whl", {"base>=1"});
  CHECK(outcome.requirements == Texts{"base>=1"});
  CHECK(outcome.told.empty());
}

TEST_CASE("what makes no difference on this target is not told") {
  const auto table = RepairTable::parse(table_of(with(k_good, "add", "[]")));
  REQUIRE(table);
  const auto outcome = repaired(*table, "demo", "1.0", "a-x86_64.whl", {"cuda-a ; platform_machine == 'x86_64'"});
  CHECK(outcome.requirements.empty());
  CHECK(outcome.told.empty());
  CHECK(repaired(*table, "demo", "1.0", "a-x86_64.whl", {"cuda-a ; platform_machine == 'aarch64'"}).told == Texts{"one"});
}

TEST_CASE("a table that is wrong is refused with the place") {
  CHECK(error_of("{") == "the repairs are not a JSON document of schema 1 with a list `repairs`");
  CHECK(error_of(R"({"schema": 2, "repairs": []})") == "the repairs are not a JSON document of schema 1 with a list `repairs`");
  CHECK(error_of(table_of("7")) == "`repairs[0]` of the repairs is not an object");
  CHECK(error_of(table_of("{}")) == "`repairs[0].id` of the repairs is not a text");
  CHECK(error_of(table_of(std::string(k_good) + "," + k_good)) == "`repairs[1].id` of the repairs is `one` a second time");
  CHECK(error_of(table_of(with(k_good, "add", R"(["a b"])"))) == "`repairs[0].add` of the repairs has `a b`, which is no requirement");
  CHECK(error_of(table_of(with(with(k_good, "add", "[]"), "remove", "[]"))) == "`repairs[0]` of the repairs changes nothing");
  CHECK(error_of(table_of(with(k_good, "versions", "\",\""))) == "`repairs[0].versions` of the repairs is about every version");
  CHECK(error_of(std::string(2 << 20, ' ')) == "the repairs are longer than 1048576 bytes");
}

TEST_CASE("the table that the program carries is read, each row with reason and source") {
  const auto& rows = RepairTable::built_in().rows();
  REQUIRE_FALSE(rows.empty());
  for (const Repair& row : rows) CHECK((!row.reason.empty() && !row.source.empty() && !row.versions.empty()));
}

TEST_CASE("torch 2.7.0+cpu for aarch64 asks for nothing of CUDA") {
  const auto outcome = repaired(RepairTable::built_in(), "torch", "2.7.0+cpu", "torch-2.7.0+cpu-cp312-cp312-manylinux_2_28_aarch64.whl",
                                {"filelock", "nvidia-cublas-cu12==12.6.4.1", "triton==3.3.0"});
  CHECK(outcome.requirements == Texts{"filelock"});
  CHECK(outcome.told == Texts{"torch-2.7.0-cpu-aarch64"});
  const Texts cuda{"nvidia-cublas-cu12==12.6.4.1"};
  CHECK(
      repaired(RepairTable::built_in(), "torch", "2.7.0+cpu", "torch-2.7.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl", cuda).requirements ==
      cuda);
  CHECK(repaired(RepairTable::built_in(), "torch", "2.7.0+cu128", "torch-2.7.0+cu128-cp312-cp312-manylinux_2_28_aarch64.whl", cuda)
            .requirements == cuda);
}

TEST_CASE("torchaudio 2.11.0 needs the torch that it imports") {
  const auto outcome =
      repaired(RepairTable::built_in(), "torchaudio", "2.11.0+cu130", "torchaudio-2.11.0+cu130-cp312-cp312-linux_x86_64.whl", {});
  CHECK(outcome.requirements == Texts{"torch>=2.11.0"});
}
