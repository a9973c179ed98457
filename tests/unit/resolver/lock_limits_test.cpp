#include "torchup/resolver/lockfile.hpp"

#include "resolver/lock/toml_emit.hpp"
#include "resolver/lock/toml_limits.hpp"
#include "resolver/lock/toml_parse.hpp"
#include "resolver/lock/upload_time.hpp"

#include <catch2/catch.hpp>

#include <string>

using torchup::canonical_upload_time;
using torchup::check_toml_limits;
using torchup::parse_toml;
using torchup::toml_string;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

const std::string k_too_deep = "the lock file is nested more than 64 levels deep";

}  // namespace

TEST_CASE("brackets, inline tables, dotted keys and headers all count as depth") {
  const std::string text = GENERATE(
      as<std::string>(), "a = " + repeated("[", 65) + repeated("]", 65), "a = " + repeated("{b = ", 65) + "1" + repeated("}", 65),
      "a" + repeated(".a", 65) + " = 1", "[a" + repeated(".a", 65) + "]\nb = 1",
      "[a" + repeated(".a", 40) + "]\nb" + repeated(".b", 40) + " = 1", "a = " + repeated("[{b.c.d = ", 20) + "1" + repeated("}]", 20));
  const auto result = check_toml_limits(text);
  REQUIRE_FALSE(result);
  CHECK(result.error().message == k_too_deep);
  CHECK(result.error().kind == torchup::ErrorKind::lock);
}

TEST_CASE("a million levels are refused without being parsed") {
  CHECK(parse_toml("a = " + repeated("[", 1'000'000)).error().message == k_too_deep);
  CHECK(parse_toml("a" + repeated(".a", 1'000'000) + " = 1").error().message == k_too_deep);
}

TEST_CASE("breadth, strings and comments are no depth") {
  const std::string text =
      GENERATE(as<std::string>(), "a = [" + repeated("[1.5], ", 200) + "]", "a = \"" + repeated("[.", 200) + "\"",
               "a = '" + repeated("{.", 200) + "'", "# " + repeated("[", 200), "a = \"\"\"" + repeated("[\"\n", 200) + "\"\"\"\"\"\nb = 1",
               "a = '''" + repeated("['\n", 200) + "'''", R"(a = "\")" + repeated("[", 200) + "\"", repeated("[[a]]\nb.c = 1\n", 200),
               "a = {" + std::string("b = [1], c = [2]") + "}");
  CHECK(check_toml_limits(text));
  CHECK(parse_toml(text));
}

TEST_CASE("64 levels are allowed") {
  const std::string text = "a = " + repeated("[", 64) + repeated("]", 64);
  CHECK(parse_toml(text));
}

TEST_CASE("size and number of values are limited") {
  const std::string big(torchup::k_toml_bytes + 1, '\n');
  CHECK(parse_toml(big).error().message == "the lock file has 67108865 bytes, more than 67108864");
  CHECK(parse_toml("a = [" + repeated("1,", torchup::k_toml_values + 1) + "]").error().message ==
        "the lock file has more than 4000000 values");
}

TEST_CASE("bad TOML is refused with its place") {
  const auto doubled = parse_toml("a = 1\na = 2\n");
  REQUIRE_FALSE(doubled);
  CHECK_THAT(doubled.error().message, Catch::StartsWith("the lock file is not valid TOML at line 2, column "));
  CHECK_FALSE(parse_toml("a = \"\xff\""));
  CHECK_FALSE(parse_toml("a = 99999999999999999999"));
  CHECK_FALSE(parse_toml("a = [1"));
  CHECK_FALSE(parse_toml("a = \"open\nb = 1"));
}

TEST_CASE("strings are written so that any parser reads the same back") {
  CHECK(toml_string("plain") == "\"plain\"");
  CHECK(toml_string("q\" b\\ n\n t\t r\r") == R"("q\" b\\ n\n t\t r\r")");
  CHECK(toml_string(std::string_view("\0\x1b\x7f", 3)) == R"("\u0000\u001B\u007F")");
  CHECK(toml_string("é€😀") == "\"é€😀\"");
  CHECK(toml_string("\xff\xc0\x80\xed\xa0\x80\xe2\x82") == "\"" + repeated("\xEF\xBF\xBD", 8) + "\"");
  CHECK(torchup::toml_strings({}) == "[]");
  CHECK(torchup::toml_strings({"a", "b"}) == "[\"a\", \"b\"]");
}

TEST_CASE("upload times have one spelling") {
  CHECK(canonical_upload_time("2026-10-28T15:04:05Z") == "2026-10-28T15:04:05Z");
  CHECK(canonical_upload_time("2026-10-28T15:04:05.120000Z") == "2026-10-28T15:04:05.12Z");
  CHECK(canonical_upload_time("2026-10-28T15:04:05.000+00:00") == "2026-10-28T15:04:05Z");
  CHECK(canonical_upload_time("2024-02-29T00:00:00Z"));
}

TEST_CASE("TOML has no white space beyond ASCII") {
  CHECK(parse_toml("\n\xC3\xA9 = 1").error().message.starts_with("the lock file is not valid TOML at line 2, column 1: "));
  CHECK_FALSE(parse_toml("a = [1,\xC2\xA0 2]"));
  CHECK_FALSE(parse_toml("a =\xE3\x80\x80 2"));
  CHECK(parse_toml("# \xC3\xA9\n\"\xC3\xA9\" = '\xC2\xA0'\n"));
}

TEST_CASE("what is no UTC time is dropped") {
  const auto text = GENERATE("", "2026-10-28", "2026-10-28T15:04:05", "2026-10-28T15:04:05+02:00", "2026-10-28T15:04:05Z\n[x]",
                             "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-10-28T24:00:00Z", "2026-10-28T15:04:05.Z",
                             "2026-10-28T15:04:05.1234567890Z", "2026-10-28T15:04:05.1x", "2026-10-28 15:04:05Z");
  CHECK(canonical_upload_time(text) == std::nullopt);
}
