#include "src/record/sqlite_library.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

TEST_CASE("without SQLite the reason is told") {
  const auto missing = load_sqlite("libsqlite-nowhere.so.0");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::host);
  CHECK(missing.error().message ==
        "the library `libsqlite-nowhere.so.0` cannot be loaded: cannot open shared object file: No such file or directory");
  const auto other = load_sqlite("libm.so.6");
  REQUIRE_FALSE(other);
  CHECK(other.error().message == "the library `libm.so.6` has no function `sqlite3_bind_double`");
}
