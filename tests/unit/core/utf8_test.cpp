#include "torchup/core/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace torchup;

namespace {

std::optional<char32_t> only_point(std::string_view text) {
  const auto point = take_code_point(text);
  return text.empty() ? point : std::nullopt;
}

}  // namespace

TEST_CASE("the first and the last code point of every length are read", "[utf8]") {
  CHECK(only_point(std::string_view("\0", 1)) == U'\0');
  CHECK(only_point("\x7F") == U'\x7F');
  CHECK(only_point("\xC2\x80") == U'\x80');
  CHECK(only_point("\xDF\xBF") == U'\x7FF');
  CHECK(only_point("\xE0\xA0\x80") == U'\x800');
  CHECK(only_point("\xED\x9F\xBF") == U'\xD7FF');
  CHECK(only_point("\xEE\x80\x80") == U'\xE000');
  CHECK(only_point("\xEF\xBF\xBF") == U'\xFFFF');
  CHECK(only_point("\xF0\x90\x80\x80") == U'\x10000');
  CHECK(only_point("\xF4\x8F\xBF\xBF") == U'\x10FFFF');
}

TEST_CASE("what RFC 3629 forbids is refused, and nothing is taken", "[utf8]") {
  const std::string_view wrong = GENERATE(as<std::string_view>(), "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF",
                                          "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                                          "\xF5\x80\x80\x80", "\xFF", "\xC2", "\xE2\x82", "\xF0\x9F\x92", "\xC2\x41", "\xE2\x41\x80", "");
  std::string_view rest = wrong;
  CHECK_FALSE(take_code_point(rest));
  CHECK(rest.size() == wrong.size());
}
