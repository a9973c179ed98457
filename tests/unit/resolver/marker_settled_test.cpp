#include "torchup/resolver/marker.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace torchup;

namespace {

/// What is left of the marker with the extra `gpu` and the group `dev`: "true", "false", or its text.
std::string settled(std::string_view text) {
  MarkerEnvironment chosen;
  chosen.extras = {"gpu"};
  chosen.dependency_groups = {"dev"};
  const auto left = Marker::parse(text).value().settled(chosen);
  if (const bool* known = std::get_if<bool>(&left)) return *known ? "true" : "false";
  return std::get<Marker>(left).text();
}

}  // namespace

TEST_CASE("a marker that asks only what is chosen is settled") {
  CHECK(settled("'gpu' in extras") == "true");
  CHECK(settled("'gpu' not in extras") == "false");
  CHECK(settled("'cpu' in extras") == "false");
  CHECK(settled("'dev' in dependency_groups") == "true");
  CHECK(settled("'docs' in dependency_groups or 'cpu' in extras") == "false");
  CHECK(settled("extra == 'gpu'") == "true");
}

TEST_CASE("what depends on the target stays as it is") {
  CHECK(settled("os_name == 'nt' and python_version < '3.12'") == "os_name == \"nt\" and python_version < \"3.12\"");
}

TEST_CASE("what is settled leaves no trace in the rest") {
  CHECK(settled("'gpu' in extras and os_name == 'nt'") == "os_name == \"nt\"");
  CHECK(settled("'cpu' in extras and os_name == 'nt'") == "false");
  CHECK(settled("'gpu' in extras or os_name == 'nt'") == "true");
  CHECK(settled("'cpu' in extras or os_name == 'nt'") == "os_name == \"nt\"");
  CHECK(settled("'gpu' in extras and (os_name == 'nt' or 'cpu' in extras and os_name == 'x')") == "os_name == \"nt\"");
}

TEST_CASE("what is left keeps its meaning without needless parentheses") {
  CHECK(settled("os_name == 'a' and ('cpu' in extras or os_name == 'b' and os_name == 'c')") ==
        "os_name == \"a\" and os_name == \"b\" and os_name == \"c\"");
  CHECK(settled("os_name == 'a' and ('gpu' not in extras or os_name == 'b' or os_name == 'c')") ==
        "os_name == \"a\" and (os_name == \"b\" or os_name == \"c\")");
  CHECK(settled("os_name == 'a' or ('gpu' in extras and (os_name == 'b' or os_name == 'c'))") ==
        "os_name == \"a\" or os_name == \"b\" or os_name == \"c\"");
}
