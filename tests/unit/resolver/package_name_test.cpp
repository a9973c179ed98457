#include "torchup/resolver/package_name.hpp"

#include <catch2/catch.hpp>

using torchup::PackageName;

// PEP 503, "Normalized Names".
TEST_CASE("names that differ in case and separators are the same name") {
  const auto written = GENERATE("typing-extensions", "Typing_Extensions", "typing.extensions", "TYPING-_.extensions");
  const PackageName name = PackageName::parse(written).value();
  CHECK(name.text() == "typing-extensions");
  CHECK(name.underscored() == "typing_extensions");
  CHECK(name == PackageName::parse("typing-extensions").value());
}

TEST_CASE("one letter or digit is a name") {
  CHECK(PackageName::parse("a").value().text() == "a");
  CHECK(PackageName::parse("3").value().text() == "3");
}

TEST_CASE("what is no name is refused, with the value in the message") {
  const auto written = GENERATE("", "-a", "a-", "_a", "a.", "a b", "a/b", "../a", "tørch", "a\n", " a");
  const auto result = PackageName::parse(written);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == torchup::ErrorKind::usage);
  CHECK(result.error().message == std::string("`") + written + "` is not a package name");
}

TEST_CASE("a name of more than 256 bytes is refused") {
  CHECK(PackageName::parse(std::string(256, 'a')).has_value());
  CHECK(PackageName::parse(std::string(257, 'a')).error().message == "the name `" + std::string(80, 'a') + "…` is longer than 256 bytes");
}
