#include "torchup/resolver/lockfile.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace torchup;

namespace {

PackageName name(std::string_view text) { return PackageName::parse(text).value(); }
Version version(std::string_view text) { return Version::parse(text).value(); }

LockedFile wheel(const std::string& file, char digit, std::optional<std::uint64_t> size) {
  return {file, Url::parse("https://index.example/files/" + file).value(), size, Sha256::parse(std::string(64, digit)).value()};
}

Lockfile example() {
  LockedPackage torch{name("torch"), version("2.15.0+cpu")};
  torch.requires_python = SpecifierSet::parse(">=3.10").value();
  torch.dependencies = {{name("sympy"), version("1.14.0")}, {name("filelock"), version("3.20.0")}};
  torch.index = Url::parse("https://user:secret@index.example/whl/cpu/").value();
  torch.wheels = {wheel("torch-2.15.0+cpu-cp312-cp312-linux_x86_64.whl", 'b', 190'000'000),
                  wheel("torch-2.15.0+cpu-cp311-cp311-linux_x86_64.whl", 'a', std::nullopt)};
  torch.wheels[1].upload_time = "2026-10-28T15:04:05.500000+00:00";

  LockedPackage filelock{name("filelock"), version("3.20.0")};
  filelock.marker = Marker::parse("python_version >= '3.10'").value();
  filelock.wheels = {wheel("filelock-3.20.0-py3-none-any.whl", 'c', 15'701)};

  Lockfile lock;
  lock.requires_python = SpecifierSet::parse(">=3.10, <3.13").value();
  lock.environments = {Marker::parse("sys_platform == 'linux' and platform_machine == 'x86_64'").value()};
  lock.packages = {torch, filelock};
  lock.tool = {"cpu", "no accelerator: \"lspci\" shows none", {"torch", "filelock>=3"}};
  return lock;
}

const std::string k_text = R"(lock-version = "1.0"
environments = ["sys_platform == \"linux\" and platform_machine == \"x86_64\""]
requires-python = "<3.13,>=3.10"
extras = []
dependency-groups = []
created-by = "torchup"

[[packages]]
name = "filelock"
version = "3.20.0"
marker = "python_version >= \"3.10\""
wheels = [
    {name = "filelock-3.20.0-py3-none-any.whl", url = "https://index.example/files/filelock-3.20.0-py3-none-any.whl", size = 15701, hashes = {sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"}},
]

[[packages]]
name = "torch"
version = "2.15.0+cpu"
requires-python = ">=3.10"
dependencies = [
    {name = "filelock", version = "3.20.0"},
    {name = "sympy", version = "1.14.0"},
]
index = "https://index.example/whl/cpu/"
wheels = [
    {name = "torch-2.15.0+cpu-cp311-cp311-linux_x86_64.whl", upload-time = 2026-10-28T15:04:05.5Z, url = "https://index.example/files/torch-2.15.0+cpu-cp311-cp311-linux_x86_64.whl", hashes = {sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
    {name = "torch-2.15.0+cpu-cp312-cp312-linux_x86_64.whl", url = "https://index.example/files/torch-2.15.0+cpu-cp312-cp312-linux_x86_64.whl", size = 190000000, hashes = {sha256 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}},
]

[tool.torchup]
requests = ["filelock>=3", "torch"]
variant = "cpu"
variant-reason = "no accelerator: \"lspci\" shows none"
)";

}  // namespace

TEST_CASE("a lock is written in PEP 751's key order, sorted, without credentials") { CHECK(write_lock(example()) == k_text); }

TEST_CASE("the order in which a lock was put together leaves no trace") {
  Lockfile lock = example();
  std::reverse(lock.packages.begin(), lock.packages.end());
  for (LockedPackage& package : lock.packages) {
    std::reverse(package.wheels.begin(), package.wheels.end());
    std::reverse(package.dependencies.begin(), package.dependencies.end());
  }
  std::reverse(lock.tool.requests.begin(), lock.tool.requests.end());
  lock.tool.requests.push_back("torch");
  CHECK(write_lock(lock) == k_text);
}

TEST_CASE("reading what was written and writing it again gives the same bytes") {
  const auto lock = read_lock(k_text);
  REQUIRE(lock);
  CHECK(write_lock(*lock) == k_text);
  CHECK(lock->packages.at(1).wheels.at(0).upload_time == "2026-10-28T15:04:05.5Z");
  CHECK(lock->packages.at(1).wheels.at(1).size == 190'000'000U);
  CHECK(lock->tool.requests == std::vector<std::string>{"filelock>=3", "torch"});
  CHECK(lock->unknown_keys.empty());
}

TEST_CASE("a lock without packages keeps the required key and reads back") {
  const std::string text = write_lock(Lockfile{});
  CHECK(text == "lock-version = \"1.0\"\nextras = []\ndependency-groups = []\ncreated-by = \"torchup\"\npackages = []\n");
  const auto lock = read_lock(text);
  REQUIRE(lock);
  CHECK(write_lock(*lock) == text);
}

TEST_CASE("text from outside cannot add keys to a lock") {
  Lockfile lock = example();
  lock.packages[0].wheels[0].upload_time = "1979-05-27T07:32:00Z}\n[tool.evil]\nx = 1";
  lock.tool.variant_reason = "x\"\n[tool.evil]\ny = 1";
  const auto again = read_lock(write_lock(lock));
  REQUIRE(again);
  CHECK(again->packages[1].wheels[1].upload_time == std::nullopt);
  CHECK(again->tool.variant_reason == lock.tool.variant_reason);
}
