#include "torchup/resolver/marker.hpp"

#include <catch2/catch.hpp>

using torchup::Marker;
using torchup::MarkerEnvironment;

namespace {

MarkerEnvironment debian() {
  return {{{"implementation_name", "cpython"},
           {"implementation_version", "3.11.2"},
           {"os_name", "posix"},
           {"platform_machine", "x86_64"},
           {"platform_python_implementation", "CPython"},
           {"platform_release", "6.1.0-13-amd64"},
           {"platform_system", "Linux"},
           {"platform_version", "10.0.22631"},
           {"python_full_version", "3.11.2"},
           {"python_version", "3.11"},
           {"sys_platform", "linux"}}};
}

bool holds(std::string_view marker, const MarkerEnvironment& environment = debian()) {
  return Marker::parse(marker).value().evaluate(environment);
}

std::string canonical(std::string_view marker) { return Marker::parse(marker).value().text(); }

std::string refusal(std::string_view marker) { return Marker::parse(marker).error().message; }

}  // namespace

TEST_CASE("Python versions compare as versions") {
  CHECK(holds("python_version >= '3.8'"));  // as text it would not hold
  CHECK_FALSE(holds("python_version < '3.8'"));
  CHECK(holds("python_version == '3.11.0'"));
  CHECK(holds("python_version == '3.*'"));
  CHECK(holds("python_version ~= '3.8'"));
  CHECK(holds("python_version != '3.12'"));
  CHECK(holds("'3.8' <= python_version"));
  CHECK(holds("python_full_version > '3.11.1'"));
  CHECK(holds("implementation_version === '3.11.2'"));
}

TEST_CASE("a pre-release of Python is below its release and not asked whether it may be") {
  MarkerEnvironment environment = debian();
  environment.values["python_full_version"] = "3.13.0rc1";
  CHECK(holds("python_full_version >= '3.12'", environment));
  CHECK_FALSE(holds("python_full_version >= '3.13'", environment));
  CHECK_FALSE(holds("python_full_version < '3.13'", environment));
}

TEST_CASE("an interpreter built between releases still has a version") {
  MarkerEnvironment environment = debian();
  environment.values["python_full_version"] = "3.14.0a1+";
  CHECK(holds("python_full_version >= '3.13'", environment));
}

TEST_CASE("a version variable falls back to text where a side is no version") {
  CHECK(holds("python_version != 'three'"));
  CHECK_FALSE(holds("python_version >= 'three'"));
  CHECK(holds("python_version in '2.7, 3.11'"));
  CHECK(holds("python_version not in '2.7, 3.10'"));
}

TEST_CASE("strings have equality and containment, and no order") {
  CHECK(holds("sys_platform == 'linux'"));
  CHECK_FALSE(holds("sys_platform == 'Linux'"));
  CHECK(holds("platform_system != 'Windows'"));
  CHECK(holds("'lin' in sys_platform"));
  CHECK(holds("platform_machine in 'x86_64 amd64'"));
  CHECK(holds("platform_machine not in 'arm64 aarch64'"));
  CHECK(holds("sys_platform >= 'linux'"));
  CHECK(holds("sys_platform <= 'linux'"));
  CHECK_FALSE(holds("sys_platform > 'darwin'"));
  CHECK_FALSE(holds("sys_platform < 'win32'"));
}

TEST_CASE("a kernel's release compares as a version where it is one, else as text") {
  CHECK(holds("platform_version >= '10.0.19041'"));
  CHECK_FALSE(holds("platform_release >= '5.0'"));  // 6.1.0-13-amd64 is no version
  CHECK(holds("platform_release == '6.1.0-13-amd64'"));
  CHECK(holds("platform_release != '5.0'"));
  CHECK(holds("'amd64' in platform_release"));
}

TEST_CASE("`extra` asks for membership, whatever the spelling") {
  MarkerEnvironment environment = debian();
  environment.extras = {"opt-einsum", "test"};
  CHECK(holds("extra == 'opt-einsum'", environment));
  CHECK(holds("extra == 'Opt_Einsum'", environment));
  CHECK(holds("'test' == extra", environment));
  CHECK_FALSE(holds("extra == 'docs'", environment));
  CHECK(holds("extra != 'docs'", environment));
  CHECK_FALSE(holds("extra != 'test'", environment));
  CHECK_FALSE(holds("extra == 'test'"));
  CHECK_FALSE(holds("extra >= 'test'", environment));
  CHECK_FALSE(holds("'t' in extra", environment));
}

TEST_CASE("`extras` and `dependency_groups` know membership only") {
  MarkerEnvironment environment = debian();
  environment.extras = {"cu130"};
  environment.dependency_groups = {"dev-tools"};
  CHECK(holds("'CU130' in extras", environment));
  CHECK_FALSE(holds("'cpu' in extras", environment));
  CHECK(holds("'cpu' not in extras", environment));
  CHECK(holds("'Dev.Tools' in dependency_groups", environment));
  CHECK_FALSE(holds("'cu130' in dependency_groups", environment));
  CHECK_FALSE(holds("'cu130' == extras", environment));
  CHECK_FALSE(holds("'cpu' != extras", environment));
  CHECK_FALSE(holds("extras in 'cu130'", environment));
}

TEST_CASE("`and` binds closer than `or`") {
  CHECK(holds("os_name == 'posix' or os_name == 'nt' and os_name == 'nt'"));
  CHECK_FALSE(holds("(os_name == 'posix' or os_name == 'nt') and os_name == 'nt'"));
}

TEST_CASE("a variable without a value is `0` where it is a version, else empty") {
  CHECK(holds("python_version == '0'", {}));
  CHECK(holds("sys_platform == ''", {}));
  CHECK_FALSE(holds("python_version >= '3'", {}));
}

TEST_CASE("a comparison without a meaning does not hold, and can be found") {
  CHECK_FALSE(holds("os_name ~= 'posix'"));
  CHECK_FALSE(holds("'posix' == 'posix'"));
  const auto found = [](std::string_view marker) { return Marker::parse(marker).value().meaningless_comparison(debian()); };
  CHECK(found("sys_platform == 'linux' and (os_name ~= 'posix' or extra == 'x')") == "os_name ~= \"posix\"");
  CHECK(found("'dog' ~= 'fred'") == "\"dog\" ~= \"fred\"");
  CHECK(found("python_version ~= 'surprise'") == "python_version ~= \"surprise\"");
  CHECK(found("'6.1' ~= platform_release") == "\"6.1\" ~= platform_release");  // the environment's is no version
  CHECK(found("platform_release ~= '6.1'") == std::nullopt);
  CHECK(found("python_version ~= '3'") == "python_version ~= \"3\"");
  CHECK(found("os_name == sys_platform") == "os_name == sys_platform");
  CHECK(found("python_version ~= '3.8' and 'x' in extras") == std::nullopt);
}

TEST_CASE("the canonical text has one form for one tree") {
  CHECK(canonical("  os_name=='posix'  ") == R"(os_name == "posix")");
  CHECK(canonical("((os_name == 'a' and (os_name == 'b')))") == R"(os_name == "a" and os_name == "b")");
  CHECK(canonical("(os_name=='a' and os_name=='b') or os_name=='c'") == R"(os_name == "a" and os_name == "b" or os_name == "c")");
  CHECK(canonical("os_name=='a' and (os_name=='b' or os_name=='c')") == R"(os_name == "a" and (os_name == "b" or os_name == "c"))");
  CHECK(canonical("os.name=='a' or (sys.platform=='b' or python_implementation=='c')") ==
        R"(os_name == "a" or sys_platform == "b" or platform_python_implementation == "c")");
  CHECK(canonical("platform_version == 'say \"hi\"'") == R"(platform_version == 'say "hi"')");
  CHECK(canonical("'win'not  in sys_platform") == R"("win" not in sys_platform)");
  CHECK(canonical("extra=='Foo__Bar'") == R"(extra == "foo-bar")");
  CHECK(Marker::parse("os_name=='a'").value() == Marker::parse("(os_name == \"a\")").value());
}

TEST_CASE("a malformed marker is refused with the place") {
  CHECK(refusal("") == "`` is not an environment marker: where a variable or a quoted text should stand, it ends");
  CHECK(refusal("os_name") == "`os_name` is not an environment marker: where an operator should stand, it ends");
  CHECK(refusal("os_name = 'a'") == "`os_name = 'a'` is not an environment marker: where an operator should stand, there is `= 'a'`");
  CHECK(refusal("os_name == posix") == "`posix` in the environment marker `os_name == posix` is no variable that markers have");
  CHECK(refusal("os_name == 'a\"") ==
        "`os_name == 'a\"` is not an environment marker: where a text with its closing quote should stand, there is `'a\"`");
  CHECK(refusal("os_name == 'a\\n'").find("a text without backslashes and control characters") != std::string::npos);
  CHECK(refusal("(os_name == 'a'") == "`(os_name == 'a'` is not an environment marker: where `)` should stand, it ends");
  CHECK(refusal("os_name == 'a') ") ==
        "`os_name == 'a') ` is not an environment marker: where `and`, `or` or the end should stand, there is `) `");
  CHECK(refusal("os_name == 'a' == 'b'").find("`and`, `or` or the end") != std::string::npos);
  CHECK(refusal("os_name == 'a' and").find("a variable or a quoted text should stand, it ends") != std::string::npos);
  CHECK(refusal("os_name not 'a'").find("an operator should stand, there is `not 'a'`") != std::string::npos);
  CHECK(refusal("os_name notin 'a'").find("an operator") != std::string::npos);
  CHECK(refusal("os_name == 'a' andos_name == 'b'").find("`and`, `or` or the end") != std::string::npos);
}

TEST_CASE("a marker ends at 64 levels and 8192 bytes") {
  const auto nested = [](std::size_t levels) { return std::string(levels, '(') + "os_name == 'a'" + std::string(levels, ')'); };
  CHECK(Marker::parse(nested(64)).value().text() == R"(os_name == "a")");
  CHECK(refusal(nested(65)) ==
        "the environment marker `" + std::string(65, '(') + "os_name == 'a')…` has more than 64 levels of parentheses");
  CHECK(refusal(std::string(9000, '(')).ends_with("…` is longer than 8192 bytes"));
}
