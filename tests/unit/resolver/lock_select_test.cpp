#include "torchup/resolver/lockfile.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace torchup;

namespace {

MarkerEnvironment linux_311() {
  return {{{"python_full_version", "3.11.7"}, {"python_version", "3.11"}, {"sys_platform", "linux"}, {"platform_machine", "x86_64"}}};
}

LockedPackage locked(std::string_view name, std::string_view version, std::string_view marker = {}, std::string_view python = {}) {
  LockedPackage package{PackageName::parse(name).value(), Version::parse(version).value()};
  if (!marker.empty()) package.marker = Marker::parse(marker).value();
  if (!python.empty()) package.requires_python = SpecifierSet::parse(python).value();
  return package;
}

std::vector<std::string> selected(const Lockfile& lock, const MarkerEnvironment& environment) {
  const auto packages = select_packages(lock, environment);
  REQUIRE(packages);
  std::vector<std::string> names;
  for (const LockedPackage& package : *packages) names.push_back(package.name.text() + " " + package.version.text());
  return names;
}

Error refused(const Lockfile& lock, const MarkerEnvironment& environment) {
  const auto packages = select_packages(lock, environment);
  REQUIRE_FALSE(packages);
  CHECK(packages.error().kind == ErrorKind::lock);
  CHECK(packages.error().hints.size() == 1);
  return packages.error();
}

}  // namespace

TEST_CASE("only packages whose marker holds are selected, sorted by name") {
  Lockfile lock;
  lock.packages = {locked("torch", "2.15.0"), locked("colorama", "0.4.6", "sys_platform == 'win32'"), locked("filelock", "3.20.0"),
                   locked("triton", "3.6.0", "sys_platform == 'linux'")};
  CHECK(selected(lock, linux_311()) == std::vector<std::string>{"filelock 3.20.0", "torch 2.15.0", "triton 3.6.0"});
}

TEST_CASE("two entries of a name may stand for different environments, not for one") {
  Lockfile lock;
  lock.packages = {locked("torch", "2.15.0", "sys_platform == 'darwin'"), locked("torch", "2.15.0+cpu", "sys_platform == 'linux'")};
  CHECK(selected(lock, linux_311()) == std::vector<std::string>{"torch 2.15.0+cpu"});
  lock.packages.push_back(locked("torch", "2.14.0"));
  CHECK(refused(lock, linux_311()).message == "the lock file has two entries of `torch` for this environment, 2.15.0+cpu and 2.14.0");
}

TEST_CASE("an entry that cannot be installed is in the way only where it is selected") {
  Lockfile lock;
  lock.packages = {locked("torch", "2.15.0")};
  lock.kept = {{PackageName::parse("ours").value(), Marker::parse("'dev' in extras").value(), "it comes from a folder"}};
  CHECK(selected(lock, linux_311()) == std::vector<std::string>{"torch 2.15.0"});
  MarkerEnvironment with_dev = linux_311();
  with_dev.extras = {"dev"};
  CHECK(refused(lock, with_dev).message == "`ours` cannot be installed from the lock file: it comes from a folder");
  lock.kept.front().marker.reset();
  CHECK(refused(lock, linux_311()).message == "`ours` cannot be installed from the lock file: it comes from a folder");
}

TEST_CASE("a lock for another platform is refused with what it was made for") {
  Lockfile lock;
  lock.environments = {Marker::parse("sys_platform == 'win32'").value(), Marker::parse("python_version >= '3.12'").value()};
  CHECK(refused(lock, linux_311()).message ==
        "the lock file was not made for this platform and Python, only for "
        "`sys_platform == \"win32\"`, `python_version >= \"3.12\"`");
  lock.environments.push_back(Marker::parse("sys_platform == 'linux'").value());
  CHECK(select_packages(lock, linux_311()));
}

TEST_CASE("requires-python is checked for the lock and for each live package") {
  Lockfile lock;
  lock.requires_python = SpecifierSet::parse(">=3.12").value();
  CHECK(refused(lock, linux_311()).message == "the lock file needs Python `>=3.12`, and the environment's is 3.11.7");

  lock.requires_python = SpecifierSet::parse(">=3.11").value();
  lock.packages = {locked("numpy", "2.4.0", "sys_platform == 'win32'", ">=3.12"), locked("six", "1.17.0", "", "<3.11")};
  CHECK(refused(lock, linux_311()).message == "`six` 1.17.0 needs Python `<3.11`, and the environment's is 3.11.7");
}

TEST_CASE("a pre-release of Python counts as its release") {
  Lockfile lock;
  lock.requires_python = SpecifierSet::parse(">=3.15").value();
  MarkerEnvironment environment = linux_311();
  environment.values["python_full_version"] = "3.15.0rc1";
  CHECK(select_packages(lock, environment));
}

TEST_CASE("default groups hold unless the environment names its own") {
  Lockfile lock;
  lock.default_groups = {"base"};
  lock.packages = {locked("a", "1", "'base' in dependency_groups"), locked("b", "1", "'dev' in dependency_groups"),
                   locked("c", "1", "'gpu' in extras")};
  CHECK(selected(lock, linux_311()) == std::vector<std::string>{"a 1"});
  MarkerEnvironment environment = linux_311();
  environment.dependency_groups = {"dev"};
  environment.extras = {"gpu"};
  CHECK(selected(lock, environment) == std::vector<std::string>{"b 1", "c 1"});
}
