#include "src/index/cache_writer.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace torchup;
using torchup::test::TemporaryFolder;

TEST_CASE("what is given to the writer is there once it is waited for, the last of several at one path") {
  TemporaryFolder folder;
  CacheWriter writer;
  for (int i = 0; i < 50; ++i) {
    writer.add(folder.path() / "other" / std::to_string(i), {{}, std::string(1 << 20, 'x')});  // more than waits unwritten
    writer.add(folder.path() / "one", {{{"number", std::to_string(i)}}, "body"});
  }
  writer.wait_for(folder.path() / "one");
  REQUIRE(read_cache_file(folder.path() / "one"));
  CHECK(read_cache_file(folder.path() / "one")->field("number") == "49");
  writer.wait_for(folder.path() / "never");
  CHECK(writer.finish());
  for (int i = 0; i < 50; ++i) CHECK(read_cache_file(folder.path() / "other" / std::to_string(i)));
}

TEST_CASE("the writer's end waits for what it was given, and a failure is told once") {
  TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "no folder";
  {
    CacheWriter writer;
    writer.add(folder.path() / "file" / "below", {{}, "x"});
    writer.add(folder.path() / "late", {{}, "x"});
    CHECK_FALSE(writer.finish());
    CHECK(writer.failure_so_far());
    writer.add(folder.path() / "last", {{}, "x"});
  }
  CHECK(read_cache_file(folder.path() / "late"));
  CHECK(read_cache_file(folder.path() / "last"));
}
