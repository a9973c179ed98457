#include "src/system/library_search.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace torchup;
using namespace torchup::test;

TEST_CASE("a library is ruled out only where every place was looked through") {
  const TemporaryFolder folder;
  const std::string cache = (folder.path() / "cache").string();
  std::ofstream(cache, std::ios::binary) << std::string("ld.so-1.7.0\0\0libsomewhere.so.3\0/opt/lib/libsomewhere.so.3\0", 58);
  CHECK_FALSE(may_find_library("libnowhere.so.7", {.cache = cache}));
  CHECK(may_find_library("libsomewhere.so.3", {.cache = cache}));
  CHECK(may_find_library("libnowhere.so.7", {.cache = cache, .told = "/opt/lib"}));
  CHECK(may_find_library("libnowhere.so.7", {.cache = (folder.path() / "no-cache").string()}));
}

TEST_CASE("what this program is linked with may be found") { CHECK(may_find_library("libc.so.6")); }
