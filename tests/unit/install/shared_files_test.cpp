#include "src/install/shared_files.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace torchup;

namespace {

bool is_shared(const std::string& path, std::uint64_t size, LinkMode mode = LinkMode::automatic) {
  const TreeFile file{.path = path, .size = size, .sha256 = Sha256({})};
  return is_worth_sharing({.path = "lib/python3.11/site-packages/" + path, .source = &file}, mode);
}

}  // namespace

TEST_CASE("what nobody edits is shared, whatever its size") {
  for (const char* path : {"lib/a.so", "lib/a.pyi", "lib/a.h", "lib/a.npy", "lib/__pycache__/a.cpython-311.pyc", "lib/tests/a.py",
                           "lib/test/data", "tzdata/zoneinfo/Asia/Tokyo", "lib-1.dist-info/licenses/MIT", "lib-1.dist-info/METADATA"}) {
    INFO(path);
    CHECK(is_shared(path, 1));
  }
}

TEST_CASE("what people edit is copied, and what is unknown only where it is large") {
  for (const char* path :
       {"lib/a.py", "a.py", "attests/a.py", "lib/settings", "lib/a.toml", "lib/a.h.in", "lib/so", "lib.dist-info", "lib/libx.so.1"}) {
    INFO(path);
    CHECK_FALSE(is_shared(path, 1));
    CHECK(is_shared(path, 256 << 10) == !std::string(path).ends_with(".py"));
  }
}

TEST_CASE("a file without content is shared only where all are, one with a time of its own never") {
  CHECK_FALSE(is_shared("lib/a.h", 0));
  CHECK(is_shared("lib/a.h", 0, LinkMode::hardlink));
  CHECK(is_shared("lib/a.py", 1, LinkMode::hardlink));
  const TreeFile file{.path = "lib/tests/a.py", .size = 1, .sha256 = Sha256({})};
  const Placement timed{.path = "x", .source = &file, .modified = std::chrono::sys_seconds{}};
  CHECK_FALSE(is_worth_sharing(timed, LinkMode::hardlink));
  CHECK_FALSE(is_worth_sharing(timed, LinkMode::automatic));
}
