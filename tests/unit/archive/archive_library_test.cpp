#include "src/archive/archive_library.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

TEST_CASE("without libarchive the reason is told") {
  const auto missing = load_archive("libarchive-nowhere.so.13");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::host);
  CHECK(missing.error().message ==
        "the library `libarchive-nowhere.so.13` cannot be loaded: cannot open shared object file: No such file or directory");
  CHECK(missing.error().hints == std::vector<std::string>{"install it, on Debian and Ubuntu with `apt install libarchive13`"});
  const auto other = load_archive("libm.so.6");
  REQUIRE_FALSE(other);
  CHECK(other.error().message == "the library `libm.so.6` has no function `archive_read_new`");
}
