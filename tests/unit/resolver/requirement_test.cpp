#include "torchup/resolver/requirement.hpp"

#include <catch2/catch.hpp>

using torchup::Requirement;

namespace {

std::string canonical(std::string_view text) { return Requirement::parse(text).value().text(); }

std::string refusal(std::string_view text) { return Requirement::parse(text).error().message; }

}  // namespace

TEST_CASE("a requirement has one canonical text") {
  const auto [written, text] = GENERATE(table<const char*, const char*>({
      {"torch", "torch"},
      {"  Torch_Vision  ", "torch-vision"},
      {"torch>=2.0,<3", "torch<3,>=2.0"},
      {"torch (>=2.0, <3)", "torch<3,>=2.0"},
      {"torch()", "torch"},
      {"torch >= 2.0 , ", "torch>=2.0"},
      {"torch[opt.einsum, Test,opt-einsum] ==2.9.*", "torch[opt-einsum,test]==2.9.*"},
      {"torch[]", "torch"},
      {"torch [a]", "torch[a]"},
      {"torch===2.9+weird_", "torch===2.9+weird_"},
      {"torch;python_version<'3.8'", "torch ; python_version < \"3.8\""},
      {"torch>=2;os_name=='nt'and extra=='x'", "torch>=2 ; os_name == \"nt\" and extra == \"x\""},
      {"torch @ https://index.example/torch.whl", "torch @ https://index.example/torch.whl"},
      {"torch[a]@https://index.example/a;b ; os_name=='nt'", "torch[a] @ https://index.example/a;b ; os_name == \"nt\""},
      {"cuda-toolkit[cublas,cudart]==13.0.2; platform_system == 'Linux'",
       "cuda-toolkit[cublas,cudart]==13.0.2 ; platform_system == \"Linux\""},
  }));
  CAPTURE(written);
  CHECK(canonical(written) == text);
  CHECK(canonical(text) == text);
}

TEST_CASE("a requirement's parts can be read") {
  const Requirement requirement = Requirement::parse("torch[b,a]>=2 ; sys_platform == 'linux'").value();
  CHECK(requirement.name.text() == "torch");
  REQUIRE(requirement.extras.size() == 2);
  CHECK(requirement.extras[0].text() == "a");
  CHECK(requirement.specifiers.text() == ">=2");
  CHECK_FALSE(requirement.url.has_value());
  CHECK(requirement.marker->text() == "sys_platform == \"linux\"");
}

TEST_CASE("a URL takes the place of versions") {
  const Requirement requirement = Requirement::parse("torch @ file:///torch.whl").value();
  CHECK(requirement.url == "file:///torch.whl");
  CHECK(requirement.specifiers.empty());
}

TEST_CASE("a malformed requirement is refused with the place") {
  CHECK(refusal("") == "`` is not a requirement: where a package name should stand, it ends");
  CHECK(refusal(">=2") == "`>=2` is not a requirement: where a package name should stand, there is `>=2`");
  CHECK(refusal("-torch") == "`-torch` is not a package name");
  CHECK(refusal("torch_") == "`torch_` is not a package name");
  CHECK(refusal("torch[a") == "`torch[a` is not a requirement: where `,` or `]` should stand, it ends");
  CHECK(refusal("torch[a,]") == "`torch[a,]` is not a requirement: where the name of an extra should stand, there is `]`");
  CHECK(refusal("torch[a b]") == "`torch[a b]` is not a requirement: where `,` or `]` should stand, there is `b]`");
  CHECK(refusal("torch (>=2") == "`torch (>=2` is not a requirement: where `)` should stand, it ends");
  CHECK(refusal("torch >=2)") == "`torch >=2)` is not a requirement: where `;` or the end should stand, there is `)`");
  CHECK(refusal("torch (>=2) <3") == "`torch (>=2) <3` is not a requirement: where `;` or the end should stand, there is `<3`");
  CHECK(refusal("torch 2.0") == "`2.0` is not a version specifier: it begins with no operator");
  CHECK(refusal("torch >=1,,<2") == "`torch >=1,,<2` is not a requirement: `>=1,,<2` is no list of versions");
  CHECK(refusal("torch ,>=1") == "`torch ,>=1` is not a requirement: `,>=1` is no list of versions");
  CHECK(refusal("torch\n") == "`torch\n` is not a requirement: `\n` is no list of versions");
  CHECK(refusal("torch @") == "`torch @` is not a requirement: where a URL should stand, it ends");
  CHECK(refusal("torch @ a b") == "`torch @ a b` is not a requirement: where `;` or the end should stand, there is `b`");
  CHECK(refusal("torch ; ") == "` ` is not an environment marker: where a variable or a quoted text should stand, it ends");
  CHECK(refusal(std::string(17000, 'a')) == "the requirement `" + std::string(80, 'a') + "…` is longer than 16384 bytes");
}
