#include "torchup/resolver/universal_lock.hpp"

#include "torchup/resolver/target.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <random>

using namespace torchup;

namespace {

ResolvedTarget target(const std::string& platform, const std::string& python, const std::vector<std::string>& packages,
                      const std::string& variant = "") {
  const auto facts = named_host(platform).value();
  ResolvedTarget made{make_target(facts, named_python(python).value())->markers, variant, {}};
  for (const std::string& pin : packages) {
    const auto equals = pin.find("==");
    LockedPackage package{PackageName::parse(pin.substr(0, equals)).value(), Version::parse(pin.substr(equals + 2)).value()};
    const auto name = fmt::format("{}-{}-{}-{}.whl", package.name.text(), package.version.text(), platform, python);
    package.wheels = {{name, Url::parse("https://files.example/" + name).value(), 1, Sha256::parse(std::string(64, 'a')).value()}};
    made.packages.push_back(std::move(package));
  }
  return made;
}

/// "name version: marker", one for each entry.
std::vector<std::string> entries(const std::vector<ResolvedTarget>& targets) {
  const auto lock = universal_lock(targets);
  REQUIRE(lock);
  std::vector<std::string> lines;
  for (const auto& package : lock->packages) {
    lines.push_back(package.name.text() + " " + package.version.text() + (package.marker ? ": " + package.marker->text() : ""));
  }
  return lines;
}

std::vector<std::string> restricted(const Lockfile& lock, const ResolvedTarget& target) {
  MarkerEnvironment environment = target.environment;
  if (!target.variant.empty()) environment.extras = {extra_of_variant(target.variant)};
  const auto packages = select_packages(lock, environment);
  REQUIRE(packages);
  std::vector<std::string> pins;
  for (const auto& package : *packages) pins.push_back(package.name.text() + "==" + package.version.text());
  return pins;
}

std::vector<std::string> pins_of(const ResolvedTarget& target) {
  std::vector<std::string> pins;
  for (const auto& package : target.packages) pins.push_back(package.name.text() + "==" + package.version.text());
  std::sort(pins.begin(), pins.end());
  return pins;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("what every target has has no marker, and the wheels of each") {
  const auto lock = universal_lock({target("linux-x86_64", "3.11", {"six==1.0"}), target("macos-arm64", "3.11", {"six==1.0"})});
  REQUIRE(lock);
  REQUIRE(lock->packages.size() == 1);
  CHECK_FALSE(lock->packages[0].marker);
  CHECK(lock->packages[0].wheels.size() == 2);
  CHECK(lock->environments.size() == 2);
  CHECK(lock->requires_python->text() == "==3.11.*");
  CHECK(lock->extras.empty());
}

TEST_CASE("markers name no more than tells the targets apart") {
  CHECK(entries({target("linux-x86_64", "3.11", {"a==1", "b==1"}), target("windows-x86_64", "3.11", {"b==2", "colorama==1"})}) ==
        Lines{R"(a 1: sys_platform == "linux")", R"(b 1: sys_platform == "linux")", R"(b 2: sys_platform == "win32")",
              R"(colorama 1: sys_platform == "win32")"});
  CHECK(entries({target("linux-x86_64", "3.11", {"a==1"}), target("linux-aarch64", "3.11", {}), target("macos-arm64", "3.11", {"a==1"})}) ==
        Lines{R"(a 1: sys_platform == "darwin" or platform_machine == "x86_64")"});
}

TEST_CASE("Pythons are told by ranges of neighbours, 3.9 before 3.10") {
  std::vector<ResolvedTarget> targets;
  for (const char* python : {"3.9", "3.10", "3.11", "3.12"}) {
    const bool is_old = python == std::string("3.9"), is_edge = is_old || python == std::string("3.12");
    targets.push_back(target("linux-x86_64", python, {is_old ? "a==1" : "a==2", is_edge ? "b==1" : "b==2"}));
  }
  CHECK(entries(targets) == Lines{R"(a 1: python_version == "3.9")", R"(a 2: python_version >= "3.10")",
                                  R"(b 1: python_version == "3.9" or python_version == "3.12")",
                                  R"(b 2: python_version >= "3.10" and python_version < "3.12")"});
  CHECK(universal_lock(targets)->requires_python->text() == "<3.13,>=3.9");
}

TEST_CASE("a variant is an extra, and what all variants share stands once") {
  const std::vector<ResolvedTarget> targets = {target("linux-x86_64", "3.11", {"sympy==1", "torch==2.15.0+cpu"}, "cpu"),
                                               target("linux-x86_64", "3.11", {"nvidia==1", "sympy==1", "torch==2.15.0+cu130"}, "cu130"),
                                               target("linux-x86_64", "3.11", {"nvidia==1", "sympy==1", "torch==2.15.0+cu126"}, "cu126")};
  CHECK(entries(targets) == Lines{R"(nvidia 1: "cu126" in extras or "cu130" in extras)", "sympy 1", R"(torch 2.15.0+cpu: "cpu" in extras)",
                                  R"(torch 2.15.0+cu126: "cu126" in extras)", R"(torch 2.15.0+cu130: "cu130" in extras)"});
  const auto lock = universal_lock(targets);
  CHECK(lock->extras == Lines{"cpu", "cu126", "cu130"});
  CHECK(lock->tool.variants == lock->extras);
  for (const auto& one : targets) CHECK(restricted(*lock, one) == pins_of(one));
}

TEST_CASE("a variant with a dot in its name is an extra by its normalised name") {
  const std::vector<ResolvedTarget> targets = {target("linux-x86_64", "3.11", {"torch==2.15.0+cpu"}, "cpu"),
                                               target("linux-x86_64", "3.11", {"torch==2.15.0+rocm7.2"}, "rocm7.2")};
  CHECK(entries(targets) == Lines{R"(torch 2.15.0+cpu: "cpu" in extras)", R"(torch 2.15.0+rocm7.2: "rocm7-2" in extras)"});
  const auto lock = universal_lock(targets);
  CHECK(lock->extras == Lines{"cpu", "rocm7-2"});
  CHECK(lock->tool.variants == Lines{"cpu", "rocm7.2"});
  for (const auto& one : targets) CHECK(restricted(*lock, one) == pins_of(one));
}

TEST_CASE("a variant that one platform lacks does not reach it") {
  const std::vector<ResolvedTarget> targets = {target("linux-x86_64", "3.11", {"torch==2.15.0+cpu"}, "cpu"),
                                               target("linux-x86_64", "3.11", {"torch==2.15.0+cu130"}, "cu130"),
                                               target("macos-arm64", "3.11", {"torch==2.15.0"}, "cpu")};
  const auto lock = universal_lock(targets);
  REQUIRE(lock);
  for (const auto& one : targets) CHECK(restricted(*lock, one) == pins_of(one));
  auto nowhere = targets[2].environment;
  nowhere.extras = {"cu130"};
  CHECK(select_packages(*lock, nowhere)->empty());
}

TEST_CASE("the restriction to a target is what that target was resolved to, whatever that is") {
  std::mt19937 random(20261122);
  const Lines platforms = {"linux-x86_64", "linux-aarch64", "macos-arm64", "windows-x86_64"};
  const Lines pythons = {"3.9", "3.10", "3.11", "3.12", "3.13"};
  for (int round = 0; round < 150; ++round) {
    const Lines variants = random() % 2 == 0 ? Lines{""} : Lines{"cpu", "cu126", "cu130"};
    const std::size_t versions = 1 + random() % 3;
    std::vector<ResolvedTarget> targets;
    for (std::size_t platform = 0; platform < 1 + random() % platforms.size(); ++platform) {
      for (const auto& python : pythons) {
        for (const auto& variant : variants) {
          Lines pins;
          for (const char* name : {"a", "b", "c", "d"}) {
            if (const auto version = random() % (versions + 1)) pins.push_back(fmt::format("{}=={}", name, version));
          }
          targets.push_back(target(platforms[platform], python, pins, variant));
        }
      }
    }
    const auto lock = universal_lock(targets);
    REQUIRE(lock);
    const auto again = read_lock(write_lock(*lock));
    REQUIRE(again);
    for (const auto& one : targets) CHECK(restricted(*again, one) == pins_of(one));
  }
}

TEST_CASE("the environments are those that are locked for, not every platform with every Python") {
  const auto lock = universal_lock({target("linux-x86_64", "3.10", {"a==1"}), target("linux-x86_64", "3.11", {"a==1"}, "cpu"),
                                    target("linux-x86_64", "3.11", {"a==2"}, "cu130"), target("macos-arm64", "3.11", {"a==1"})});
  REQUIRE(lock);
  Lines texts;
  for (const auto& environment : lock->environments) texts.push_back(environment.text());
  CHECK(
      texts ==
      Lines{
          R"(sys_platform == "linux" and platform_machine == "x86_64" and platform_python_implementation == "CPython" and python_version == "3.10")",
          R"(sys_platform == "linux" and platform_machine == "x86_64" and platform_python_implementation == "CPython" and python_version == "3.11")",
          R"(sys_platform == "darwin" and platform_machine == "arm64" and platform_python_implementation == "CPython" and python_version == "3.11")"});
}

TEST_CASE("a marker names one thing where one thing tells the targets apart") {
  std::vector<ResolvedTarget> targets;
  for (const char* platform : {"linux-x86_64", "linux-aarch64", "macos-arm64", "windows-x86_64"}) {
    for (const char* python : {"3.10", "3.11", "3.12"}) {
      for (const char* variant : {"cpu", "cu126", "cu130"}) {
        const bool on_linux = platform[0] == 'l', is_gpu = variant[1] == 'u', is_old = python == std::string("3.10");
        std::vector<std::string> pins = {"six==1"};
        if (on_linux && is_gpu) pins.push_back("nvidia==1");
        if (is_old && !on_linux) pins.push_back("backport==1");
        if (is_old && (on_linux || is_gpu)) pins.push_back("either==1");
        targets.push_back(target(platform, python, pins, variant));
      }
    }
  }
  CHECK(entries(targets) ==
        Lines{R"(backport 1: sys_platform != "linux" and python_version == "3.10")",
              R"(either 1: python_version == "3.10" and (sys_platform == "linux" or "cu126" in extras or "cu130" in extras))",
              R"(nvidia 1: sys_platform == "linux" and ("cu126" in extras or "cu130" in extras))", "six 1"});
}

TEST_CASE("a host that is only named has what its name tells") {
  const auto linux_host = make_target(named_host("linux-aarch64").value(), named_python("3.12").value());
  REQUIRE(linux_host);
  CHECK(linux_host->platform == "linux-aarch64");
  CHECK(linux_host->python_version.text() == "3.12.0");
  CHECK(linux_host->tags == parse_tag_target("3.12", "linux-aarch64").value());
  const auto windows = make_target(named_host("windows-x86_64").value(), named_python("3.13.2").value());
  REQUIRE(windows);
  CHECK(windows->platform == "windows-x86_64");
  CHECK(windows->markers.values.at("platform_machine") == "AMD64");
  CHECK(windows->markers.values.at("os_name") == "nt");
  CHECK(windows->tags.machine == "amd64");
  const auto mac = make_target(named_host("macos-arm64").value(), named_python("3.13t").value());
  REQUIRE(mac);
  CHECK(mac->tags == parse_tag_target("3.13t", "macos-arm64").value());
  CHECK(mac->markers.values.at("sys_platform") == "darwin");
  CHECK(named_host("amiga").error().kind == ErrorKind::usage);
  for (const char* wrong : {"", "3", "2.7", "3.12.1.1", "x", "3.12tt"}) CHECK_FALSE(named_python(wrong));
}
