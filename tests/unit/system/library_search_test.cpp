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

TEST_CASE("a library is found where the loader would take it, and files of other machines are passed over") {
  const TemporaryFolder folder;
  const std::string no_cache = (folder.path() / "no-cache").string();
  const auto libc = LibraryFinder().find("libc.so.6");
  REQUIRE(libc.has_value());
  const std::filesystem::path wrong = folder.path() / "wrong", right = folder.path() / "right";
  folder.write("wrong/libmine.so.1",
               "\x7f"
               "ELF of no machine that there is");
  std::filesystem::create_directory(right);
  std::filesystem::copy_file(*libc, right / "libmine.so.1");
  LibraryFinder finder({.cache = no_cache, .told = wrong.string() + ":" + right.string()});
  CHECK(finder.find("libmine.so.1") == (right / "libmine.so.1").string());
  CHECK(finder.find("libnowhere.so.7") == std::nullopt);
}
