#include "src/ui/printable.hpp"

#include <catch2/catch.hpp>

#include <string>

using torchup::columns;
using torchup::printable;
using namespace std::string_literals;

TEST_CASE("ordinary text, newlines and tabs are left alone") { CHECK(printable("torch 2.15.0 – ñ 漢\n\t") == "torch 2.15.0 – ñ 漢\n\t"); }

TEST_CASE("what could steer a terminal is written out") {
  CHECK(printable("\x1b]52;c;AAAA\x07") == "\\u{1b}]52;c;AAAA\\u{7}");
  CHECK(printable("a\rb") == "a\\u{d}b");
  CHECK(printable("\x7f") == "\\u{7f}");
  CHECK(printable("\xc2\x9b") == "\\u{9b}");  // CSI as one C1 character
  CHECK(printable("\xe2\x80\xae"
                  "gnp") == "\\u{202e}gnp");  // right-to-left override
  CHECK(printable("a\0b"s) == "a\\u{0}b");
}

TEST_CASE("bytes that are no UTF-8 are written out one by one") {
  CHECK(printable("\xff") == "\\u{ff}");
  CHECK(printable("\xc0\xaf") == "\\u{c0}\\u{af}");             // overlong '/'
  CHECK(printable("\xed\xa0\x80") == "\\u{ed}\\u{a0}\\u{80}");  // a surrogate
  CHECK(printable("\xe2\x82") == "\\u{e2}\\u{82}");             // cut short
}

TEST_CASE("long text is cut with an ellipsis, never inside a character") {
  CHECK(printable("abcdef", 3) == "abc…");
  CHECK(printable("ññññ", 3) == "ññ…");
}

TEST_CASE("columns count characters and no colour") { CHECK(columns("\x1b[31mñ漢\x1b[0m") == 2); }
