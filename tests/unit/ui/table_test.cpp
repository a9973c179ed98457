#include "src/ui/table.hpp"

#include "src/ui/print_error.hpp"
#include "src/ui/quantities.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

const Terminal k_plain(false, false, 40);

}  // namespace

TEST_CASE("columns are aligned and the last one wraps below itself") {
  const Table table{.header = {"name", "size", "why"},
                    .rows = {{{"cpu"}, {"9 B"}, {"short"}}, {{"cu132"}, {"120 MB"}, {"a long reason that does not fit in here"}}},
                    .right = {1}};
  CHECK(table_text(table, k_plain) ==
        "name     size  why\n"
        "cpu       9 B  short\n"
        "cu132  120 MB  a long reason that does\n"
        "               not fit in here\n");
}

TEST_CASE("colour changes no column") {
  const Table table{.rows = {{{"a", Style::good}, {"b"}}, {{"ccc"}, {"d"}}}};
  CHECK(table_text(table, Terminal(true, true, 40)) == "\x1b[32ma\x1b[0m    b\nccc  d\n");
}

TEST_CASE("cells are made printable") { CHECK(table_text(Table{.rows = {{{"\x1b[2J"}}}}, k_plain) == "\\u{1b}[2J\n"); }

TEST_CASE("an error shows its frames innermost first and its hints last") {
  const Error error{ErrorKind::integrity,
                    "wheel `a.whl` has sha256 `ab`, expected `cd`",
                    {"while verifying 3 of 14 wheels"},
                    {"run `torchup cache clean`"}};
  CHECK(error_text(error, Terminal(false, false, 80)) ==
        "error: wheel `a.whl` has sha256 `ab`, expected `cd`\n"
        "  while verifying 3 of 14 wheels\n"
        "hint: run `torchup cache clean`\n");
}

TEST_CASE("quantities round to three digits and never to four") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(999) == "999 B");
  CHECK(bytes_text(1000) == "1.00 kB");
  CHECK(bytes_text(999'499) == "999 kB");
  CHECK(bytes_text(999'500) == "1.00 MB");
  CHECK(bytes_text(3'030'000'000) == "3.03 GB");
  CHECK(seconds_text(0.0004) == "0.4 ms");
  CHECK(seconds_text(0.9999) == "1.0 s");
  CHECK(seconds_text(59.96) == "1m 00s");
  CHECK(seconds_text(7380) == "2h 03m");
  CHECK(count_text(1, "wheel") == "1 wheel");
  CHECK(count_text(0, "wheel") == "0 wheels");
}
