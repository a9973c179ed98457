#include "torchup/resolver/marker_algebra.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace torchup;

namespace {

Marker marker(const std::string& text) { return Marker::parse(text).value(); }

std::string brief(const std::string& text) {
  const MarkerOrTruth made = simplified(marker(text));
  const bool* truth = std::get_if<bool>(&made);
  return truth ? (*truth ? "true" : "false") : std::get<Marker>(made).text();
}

std::string negated(const std::string& text) {
  MarkerAlgebra algebra;
  const auto made = algebra.marker(algebra.complement(algebra.of(marker(text)).value()).value());
  if (!made) return made.error().message;
  const bool* truth = std::get_if<bool>(&*made);
  return truth ? (*truth ? "true" : "false") : std::get<Marker>(*made).text();
}

bool implies(const std::string& left, const std::string& right) {
  MarkerAlgebra algebra;
  return algebra.subset_of(algebra.of(marker(left)).value(), algebra.of(marker(right)).value()).value();
}

}  // namespace

TEST_CASE("what cannot hold and what always holds is told") {
  CHECK(brief("os_name == 'nt' and os_name == 'posix'") == "false");
  CHECK(brief("os_name == 'nt' or os_name != 'nt'") == "true");
  CHECK(brief("python_version < '3.8' and python_full_version >= '3.8.1'") == "false");
  CHECK(brief("python_version < '3.8' or python_full_version >= '3.8.0.dev0'") == "true");
  CHECK(brief("python_version == '3.8.1'") == "false");
  CHECK(brief("'a' in extras and 'a' not in extras") == "false");
  CHECK(brief("sys_platform == 'linux' and sys_platform in 'win32 darwin'") == "false");
  CHECK(brief("os_name ~= 'posix' or 'x' == 'y'") == "false");
}

TEST_CASE("what the rest says already is left out") {
  CHECK(brief("os_name == 'nt' or (os_name == 'nt' and python_version < '3.8')") == R"(os_name == "nt")");
  CHECK(brief("os_name == 'nt' or (os_name != 'nt' and python_version < '3.8')") == R"(os_name == "nt" or python_version < "3.8")");
  CHECK(brief("python_version >= '3.8' and python_version > '3.9' and python_version != '3.7'") == R"(python_version >= "3.10")");
  CHECK(brief("sys_platform == 'linux' and sys_platform in 'linux darwin'") == R"(sys_platform == "linux")");
  CHECK(brief("sys_platform != 'linux' and sys_platform != 'win32' or sys_platform == 'linux'") == R"(sys_platform != "win32")");
}

TEST_CASE("a Python's two numbers and its whole version are one question") {
  CHECK(brief("python_version >= '3.8' and python_full_version < '3.9'") == R"(python_version == "3.8")");
  CHECK(brief("python_version == '3.8' or python_version == '3.9'") == R"(python_version >= "3.8" and python_version < "3.10")");
  CHECK(brief("python_version != '3.8' and python_version >= '3.7'") == R"(python_version >= "3.7" and python_version != "3.8")");
  CHECK(brief("python_full_version >= '3.8.0' and python_version > '3.7'") == R"(python_full_version >= "3.8.0")");
  CHECK(brief("python_full_version == '3.8.*'") == R"(python_version == "3.8")");
  CHECK(brief("python_version == '3.*'") == R"(python_full_version == "3.*")");
  CHECK(brief("python_version in '2.7, 3.8'") == R"(python_version == "2.7" or python_version == "3.8")");
  CHECK(brief("'3.8' <= python_version") == R"(python_version >= "3.8")");
}

TEST_CASE("what alternatives have in common stands once") {
  CHECK(brief("os_name == 'a' and 'x' in extras or os_name == 'a' and 'y' in extras") ==
        R"(os_name == "a" and ("x" in extras or "y" in extras))");
  CHECK(brief("os_name == 'a' and platform_machine == 'm' or os_name == 'b' and platform_machine == 'm'") ==
        R"((os_name == "a" or os_name == "b") and platform_machine == "m")");
}

TEST_CASE("a marker's opposite has a text where operators have opposites") {
  CHECK(negated("os_name == 'nt'") == R"(os_name != "nt")");
  CHECK(negated("python_version < '3.8' and 'a' in extras") == R"(python_version >= "3.8" or "a" not in extras)");
  CHECK(negated("extra == 'a' or sys_platform in 'x y'") == R"(sys_platform not in "x y" and extra != "a")");
  // 3.8.0rc1 is not >= 3.8.0, and not < 3.8.0 either (PEP 440, "Exclusive ordered comparison").
  CHECK(negated("python_full_version >= '3.8.0'") == R"(python_full_version <= "3.8.0" and python_full_version != "3.8.0")");
  CHECK(negated("python_full_version < '3.8.1'") == R"(python_full_version >= "3.8.1.dev0")");
  CHECK(negated("platform_release < '6'") == "no marker says when this holds");
}

TEST_CASE("implication looks through versions and texts") {
  CHECK(implies("python_version == '3.9'", "python_full_version >= '3.9.0.dev0'"));
  CHECK_FALSE(implies("python_version == '3.9'", "python_full_version >= '3.9.0'"));  // its pre-releases
  CHECK(implies("sys_platform == 'linux'", "sys_platform != 'win32' and 'lin' in sys_platform"));
  CHECK_FALSE(implies("os_name == 'posix'", "sys_platform == 'linux'"));
}

TEST_CASE("markers that grow beyond measure are left as they are") {
  std::string text;
  for (int i = 0; i < 160; ++i) text += fmt::format("{}('a{}' in extras and 'b{}' in extras)", i == 0 ? "" : " or ", i, i);
  CHECK(brief(text) == marker(text).text());
  MarkerAlgebra algebra;
  const auto set = algebra.of(marker(text));
  REQUIRE_FALSE(set);
  CHECK(set.error().message == "the environment markers are too intricate");
}
