// Bytecode beside the sources that it was made from: PEP 3147 for its names, PEP 552 for its header's time.
#include "src/install/bytecode.hpp"

#include "src/install/damaged_trees.hpp"
#include "tests/support/small_store.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace torchup;
using namespace torchup::test;

namespace fs = std::filesystem;

namespace {

const std::string k_site = "lib/python3.11/site-packages/";
const std::string k_tag = "cpython-311";

std::int64_t modified(const fs::path& path) {
  struct stat status;
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mtim.tv_sec;
}

Sha256 digest_of(const std::string& text) { return sha256(std::as_bytes(std::span(text))); }

std::int64_t time_of(const std::string& source) { return bytecode_time(digest_of(source)).time_since_epoch().count(); }

}  // namespace

TEST_CASE("bytecode is called as the interpreter calls it") {
  CHECK(cache_tag(lay_out_python(small_python()).value()) == k_tag);
  CHECK(bytecode_path("a/b.py", k_tag) == "a/__pycache__/b.cpython-311.pyc");
  CHECK(bytecode_path("top.py", k_tag) == "__pycache__/top.cpython-311.pyc");
  for (const char* source : {"a/b.py", "top.py", "a/__init__.py", "a.b/c.d.py"}) {
    CHECK(source_path(bytecode_path(source, k_tag), k_tag) == source);
  }
}

TEST_CASE("what is not called so is no bytecode of that interpreter") {
  for (const char* path : {"a/b.py", "a/b.cpython-311.pyc", "a/__pycache__/b.cpython-312.pyc", "a/__pycache__/.cpython-311.pyc",
                           "a/__pycache__/b.cpython-311.opt-1.pyc", "x__pycache__/b.cpython-311.pyc", ""}) {
    INFO(path);
    CHECK(source_path(path, k_tag).empty());
  }
}

TEST_CASE("an interpreter of another kind has no bytecode kept, and a free-threaded one has its own") {
  Python python = small_python();
  python.implementation = "pypy";
  CHECK(cache_tag(lay_out_python(python).value()).empty());
  python = small_python();
  python.version = "3.14.0";
  python.abi_flags = "t";
  CHECK(cache_tag(lay_out_python(python).value()) == "cpython-314t");
}

TEST_CASE("the time of a source follows from its content, and lies between 1980 and 2014") {
  CHECK(time_of("a = 1\n") == time_of("a = 1\n"));
  CHECK(time_of("a = 1\n") != time_of("a = 2\n"));
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t time = time_of(std::to_string(i));
    CHECK(time >= 315532800);
    CHECK(time < 315532800 + (1LL << 30));
  }
}

TEST_CASE("bytecode is known by its wheel and its interpreter") {
  const Sha256 one = digest_of("one"), other = digest_of("other");
  CHECK(bytecode_key(one, k_tag) == bytecode_key(one, k_tag));
  CHECK(bytecode_key(one, k_tag) != bytecode_key(other, k_tag));
  CHECK(bytecode_key(one, k_tag) != bytecode_key(one, "cpython-312"));
  CHECK(bytecode_key(one, k_tag) != one);
}

TEST_CASE_METHOD(SmallStore, "bytecode is placed beside its source, which gets the time that it names") {
  WantedPackage lib = wheel("lib", "1", {{"lib/a.py", {"a = 1\n"}}, {"lib/b.py", {"b = 1\n"}}, {"top.py", {"c = 1\n"}}});
  lib.bytecode = publish("lib", "1",
                         {{"lib/__pycache__/a.cpython-311.pyc", {"code of a"}},
                          {"__pycache__/top.cpython-311.pyc", {"code of top"}},
                          {"lib/__pycache__/gone.cpython-311.pyc", {"code of nothing"}},
                          {"lib/stray.txt", {"stray"}}});
  const Environment environment = install_now(root(), {lib});
  const fs::path site = root() / k_site;
  CHECK(read_text(site / "lib/__pycache__/a.cpython-311.pyc") == "code of a");
  CHECK(read_text(site / "__pycache__/top.cpython-311.pyc") == "code of top");
  CHECK(modified(site / "lib/a.py") == time_of("a = 1\n"));
  CHECK(modified(site / "top.py") == time_of("c = 1\n"));
  CHECK(modified(site / "lib/b.py") != time_of("b = 1\n"));
  CHECK_FALSE(fs::exists(site / "lib/__pycache__/gone.cpython-311.pyc"));
  CHECK_FALSE(fs::exists(site / "lib/stray.txt"));
  CHECK(read_text(site / "lib-1.dist-info/RECORD").find("pyc") == std::string::npos);

  SmallStore without;
  const Environment plain = install_now(
      without.root(), {without.wheel("lib", "1", {{"lib/a.py", {"a = 1\n"}}, {"lib/b.py", {"b = 1\n"}}, {"top.py", {"c = 1\n"}}})});
  CHECK(environment.current->packages.front().files == plain.current->packages.front().files);
  CHECK(environment.current->packages.front().bytes == plain.current->packages.front().bytes);
}

TEST_CASE_METHOD(SmallStore, "a large source has its own time, and is no link to the store's") {
  const std::string large = "x = '" + std::string(400 << 10, 'x') + "'\n";
  WantedPackage lib = wheel("lib", "1", {{"lib/a.py", {large}}});
  const std::int64_t before = modified(lib.artifact.tree() / "lib/a.py");
  lib.bytecode = publish("lib", "1", {{"lib/__pycache__/a.cpython-311.pyc", {"code"}}});
  install_now(root(), {lib});
  CHECK(modified(root() / k_site / "lib/a.py") == time_of(large));
  CHECK(modified(lib.artifact.tree() / "lib/a.py") == before);
}

TEST_CASE_METHOD(SmallStore, "bytecode that a wheel brings itself stands") {
  WantedPackage lib = wheel("lib", "1", {{"lib/a.py", {"a = 1\n"}}, {"lib/__pycache__/a.cpython-311.pyc", {"the wheel's"}}});
  lib.bytecode = publish("lib", "1", {{"lib/__pycache__/a.cpython-311.pyc", {"the store's"}}});
  install_now(root(), {lib});
  CHECK(read_text(root() / k_site / "lib/__pycache__/a.cpython-311.pyc") == "the wheel's");
}

TEST_CASE_METHOD(SmallStore, "damaged bytecode is left out, and only that") {
  WantedPackage lib = wheel("lib", "1", {{"lib/a.py", {"a = 1\n"}}});
  WantedPackage other = wheel("other", "1", {{"other/a.py", {"a = 1\n"}}});
  lib.bytecode = publish("lib", "1", {{"lib/__pycache__/a.cpython-311.pyc", {"code"}}});
  other.bytecode = publish("other", "1", {{"other/__pycache__/a.cpython-311.pyc", {"code"}}});
  std::vector<WantedPackage> wanted = {lib, other};
  CHECK(leave_out_damaged_bytecode(wanted).empty());
  CHECK((wanted[0].bytecode && wanted[1].bytecode));
  const fs::path victim = lib.bytecode->tree() / "lib/__pycache__/a.cpython-311.pyc";
  fs::permissions(victim, fs::perms(0644));
  std::ofstream(victim) << "CODE";
  CHECK(leave_out_damaged_bytecode(wanted) == std::vector<Sha256>{lib.bytecode->sha256()});
  CHECK_FALSE(wanted[0].bytecode.has_value());
  CHECK(wanted[1].bytecode.has_value());
}
