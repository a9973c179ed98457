#include "src/commands/debug_answers.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

TEST_CASE("debug version-key answers the normal form") {
  CHECK(answer_version_key("v1.0-RC_1") == "1.0rc1");
  CHECK(answer_version_key("1.x") == "invalid");
}

TEST_CASE("debug compare answers the order of two versions") {
  CHECK(answer_compare("1.0 1.0.post1") == "<");
  CHECK(answer_compare("1.0 1.0.0") == "=");
  CHECK(answer_compare("2.9.1+xpu \t 2.9.1+cu130") == ">");
  CHECK(answer_compare("1.0") == "invalid");
  CHECK(answer_compare("1 2 3") == "invalid");
  CHECK(answer_compare("1 x") == "invalid");
}

TEST_CASE("debug filter answers what may be chosen, the newest first") {
  CHECK(answer_filter(">=1.0\t0.9 1.0 1.2 1.1") == "1.2 1.1 1.0");
  CHECK(answer_filter(">=1.0\t1.0 2.0a1") == "1.0");
  CHECK(answer_filter(">=1.0\t1.0 2.0a1\tpre") == "2.0a1 1.0");
  CHECK(answer_filter(">1.0\t1.0 2.0a1 2.0b1") == "2.0b1 2.0a1");
  CHECK(answer_filter(">1.0\t1.0 2.0a1\tfinal").empty());
  CHECK(answer_filter("\t1.0") == "1.0");
  CHECK(answer_filter(">=1.0\tx") == "invalid");
  CHECK(answer_filter("1.0\t1.0") == "invalid");
  CHECK(answer_filter(">=1.0\t1.0\tpost") == "invalid");
}

TEST_CASE("debug specifier answers membership, pre-releases only where they are asked for") {
  CHECK(answer_specifier(">=1.0\t1.1") == "true");
  CHECK(answer_specifier(">=1.0\t0.9") == "false");
  CHECK(answer_specifier(">=1.0\t1.1a1") == "false");
  CHECK(answer_specifier(">=1.0\t1.1a1\tpre") == "true");
  CHECK(answer_specifier(">=1.0a1\t1.1a1") == "true");
  CHECK(answer_specifier("\t1.0") == "true");
  CHECK(answer_specifier("===1.0\t01.0") == "true");  // the version's normal form is compared
  CHECK(answer_specifier("1.0\t1.0") == "invalid");
  CHECK(answer_specifier(">=1.0\tx") == "invalid");
  CHECK(answer_specifier(">=1.0") == "invalid");
  CHECK(answer_specifier(">=1.0\t1.0\tpost") == "invalid");
}

TEST_CASE("debug marker answers whether it holds under the object") {
  CHECK(answer_marker("python_version >= '3.8'\t{\"python_version\": \"3.11\"}") == "true");
  CHECK(answer_marker("python_version >= '3.8'\t{}") == "false");
  CHECK(answer_marker("extra == 'Test'\t{\"extra\": \"test\"}") == "true");
  CHECK(answer_marker("extra != 'test'\t{\"extra\": \"\"}") == "true");
  CHECK(answer_marker("'a' in extras and 'b' in extras\t{\"extras\": [\"a\", \"b\"]}") == "true");
  CHECK(answer_marker("'dev' in dependency_groups\t{\"dependency_groups\": \"dev\"}") == "true");
  CHECK(answer_marker("os_name ~= 'posix'\t{\"os_name\": \"posix\"}") == "invalid");
  CHECK(answer_marker("os_name == posix\t{}") == "invalid");
  CHECK(answer_marker("os_name == 'posix'\t{\"os_name\": 1}") == "invalid");
  CHECK(answer_marker("os_name == 'posix'\t[]") == "invalid");
  CHECK(answer_marker("os_name == 'posix'\t{") == "invalid");
  CHECK(answer_marker("'a' in extras\t{\"extras\": [\"a\", [1]]}") == "invalid");
  CHECK(answer_marker("os_name == 'posix'") == "invalid");
}

TEST_CASE("debug requirement answers the canonical form, or why there is none") {
  CHECK(answer_requirement("Torch[B,a] (>=2.0,<3) ; os_name=='nt'") == "torch[a,b]<3,>=2.0 ; os_name == \"nt\"");
  CHECK(answer_requirement("torch=2") == "invalid: `=2` is not a version specifier: it begins with no operator");
}

TEST_CASE("debug wheel-name answers the parts, or why there are none") {
  CHECK(answer_wheel_name("Torch-2.10.0-3b-cp312-cp312-linux_x86_64.whl") == "torch\t2.10.0\t3b\tcp312-cp312-linux_x86_64");
  CHECK(answer_wheel_name("a_b-1-py2.py3-none-any.whl") == "a-b\t1\t-\tpy2-none-any,py3-none-any");
  CHECK(answer_wheel_name("torch.whl") == "invalid: `torch.whl` is not a wheel's name: 5 or 6 parts are joined by `-`, not 1");
}

TEST_CASE("debug tags answers every supported tag, best first") {
  const std::string answer = answer_tags(parse_tag_target("3.2", "win_amd64").value());
  CHECK(answer.starts_with("cp32-cp32m-win_amd64\ncp32-abi3-win_amd64\ncp32-none-win_amd64\npy32-none-win_amd64\n"));
  CHECK(answer.ends_with("\npy30-none-any\n"));
}
