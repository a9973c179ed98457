#include "src/build_system.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

std::string error_of(const std::string& toml) {
  const auto system = parse_build_system(toml);
  if (system) return "no error";
  CHECK(system.error().kind == ErrorKind::integrity);
  return system.error().message;
}

}  // namespace

TEST_CASE("a build system is read (PEP 517, 518)") {
  const auto system = parse_build_system(R"([build-system]
requires = ["flit_core >=3.2,<4", "wheel ; python_version < '3'"]
build-backend = "flit_core.buildapi:one.two"
backend-path = ["tools", "."]
)");
  REQUIRE(system);
  REQUIRE(system->requirements.size() == 2);
  CHECK(system->requirements[0].text() == "flit-core<4,>=3.2");
  CHECK(system->backend == "flit_core.buildapi:one.two");
  CHECK(system->folders == std::vector<std::string>{"tools", "."});
}

TEST_CASE("without a backend it is setuptools as it always was") {
  for (const char* toml : {"", "[project]\nname = 'x'\n"}) {
    const auto system = parse_build_system(toml);
    REQUIRE(system);
    CHECK(system->backend == "setuptools.build_meta:__legacy__");
    REQUIRE(system->requirements.size() == 1);
    CHECK(system->requirements[0].text() == "setuptools>=40.8.0");
  }
  const auto own = parse_build_system("[build-system]\nrequires = ['setuptools']\n");
  REQUIRE(own);
  CHECK(own->backend == "setuptools.build_meta:__legacy__");
  CHECK(own->requirements[0].text() == "setuptools");
}

TEST_CASE("a build system that breaks the standards is refused") {
  CHECK(error_of("build-system = 1") == "`build-system` of pyproject.toml is no table");
  CHECK(error_of("[build-system]\nbuild-backend = 'x'") == "`build-system` of pyproject.toml has no `requires`");
  CHECK(error_of("[build-system]\nrequires = ['a b']").starts_with("`build-system.requires[0]` is no requirement: "));
  const std::string head = "[build-system]\nrequires = []\n";
  for (const char* backend : {"''", "1", "'a; import os'", "'a b'", "':x'", "'-c'"})
    CHECK(error_of(head + "build-backend = " + backend) ==
          "`build-system` of pyproject.toml has a `build-backend` that is no Python object");
  for (const char* folder : {"'/etc'", "'..'", "'a/../../b'", "''", "'a:b'", "1"})
    CHECK(error_of(head + "backend-path = [" + folder + "]") ==
          "`build-system` of pyproject.toml has a `backend-path` that leaves the source");
  CHECK(error_of(head + "backend-path = 'x'") == "`build-system` of pyproject.toml has a `backend-path` that is no array");
  CHECK(parse_build_system("[build-system").error().kind == ErrorKind::integrity);
}
