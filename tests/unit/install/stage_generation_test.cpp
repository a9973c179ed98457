#include "src/install/damaged_trees.hpp"
#include "src/install/script_start.hpp"
#include "tests/support/small_store.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <set>
#include <sys/stat.h>

using namespace torchup;
using namespace torchup::test;

namespace fs = std::filesystem;

namespace {

const std::string k_site = "lib/python3.11/site-packages/";

Error stage_error(const SmallStore& store, const std::vector<WantedPackage>& wanted) {
  SilentDiagnostics silent;
  const Cancellation never;
  const OpenEnvironment open = open_now(store.root());
  const auto staged = stage_generation(open.lock, {store.root(), small_python()}, wanted, silent, never);
  REQUIRE_FALSE(staged.has_value());
  return staged.error();
}

ino_t inode(const fs::path& path) {
  struct stat status;
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_ino;
}

std::set<std::string> record_lines(const fs::path& record) {
  std::set<std::string> lines;
  std::ifstream file(record);
  for (std::string line; std::getline(file, line);) lines.insert(line.substr(0, line.find(',')));
  return lines;
}

}  // namespace

TEST_CASE_METHOD(SmallStore, "a wheel's files, schemes, scripts and entry points go where Python looks for them") {
  WantedPackage tool = wheel("my-tool", "1.0",
                             {{"my_tool/__init__.py", {"x = 1\n"}},
                              {"my_tool-1.0.dist-info/entry_points.txt", {"[console_scripts]\nmy-tool = my_tool:main\n"}},
                              {"my_tool-1.0.dist-info/INSTALLER", {"pip\n"}},
                              {"my_tool-1.0.dist-info/direct_url.json", {"{}"}},
                              {"my_tool-1.0.data/purelib/pure.py", {"pure\n"}},
                              {"my_tool-1.0.data/platlib/plat.py", {"plat\n"}},
                              {"my_tool-1.0.data/scripts/old-style", {"#!python\nprint(1)\n"}},
                              {"my_tool-1.0.data/scripts/native",
                               {"\x7f"
                                "ELF native"}},
                              {"my_tool-1.0.data/headers/deep/a.h", {"int a;\n"}},
                              {"my_tool-1.0.data/data/share/man/man1/my-tool.1", {".TH\n"}},
                              {"my_tool-1.0.data/data/lib64/plugin.conf", {"plugin\n"}}});
  tool.requested = true;
  install_now(root(), {tool});

  CHECK(read_text(root() / k_site / "my_tool/__init__.py") == "x = 1\n");
  CHECK(read_text(root() / k_site / "pure.py") == "pure\n");
  CHECK(read_text(root() / k_site / "plat.py") == "plat\n");
  CHECK(read_text(root() / "include/site/python3.11/my-tool/deep/a.h") == "int a;\n");
  CHECK(read_text(root() / "share/man/man1/my-tool.1") == ".TH\n");
  CHECK(read_text(root() / "lib/plugin.conf") == "plugin\n");
  CHECK(read_text(root() / "bin/old-style") == std::string(k_script_start) + "\nprint(1)\n");
  CHECK(read_text(root() / "bin/my-tool").find("from my_tool import main") != std::string::npos);
  for (const char* command : {"old-style", "native", "my-tool"}) {
    CHECK((fs::status(root() / "bin" / command).permissions() & fs::perms::owner_exec) != fs::perms::none);
  }
  CHECK(read_text(root() / k_site / "my_tool-1.0.dist-info/INSTALLER") == "torchup\n");
  CHECK(read_text(root() / k_site / "my_tool-1.0.dist-info/REQUESTED").empty());
  CHECK_FALSE(fs::exists(root() / k_site / "my_tool-1.0.dist-info/direct_url.json"));
  CHECK_FALSE(fs::exists(root() / k_site / "my_tool-1.0.data"));
  CHECK(record_lines(root() / k_site / "my_tool-1.0.dist-info/RECORD") ==
        std::set<std::string>{"my_tool/__init__.py", "pure.py", "plat.py", "../../../bin/old-style", "../../../bin/native",
                              "../../../bin/my-tool", "../../../include/site/python3.11/my-tool/deep/a.h",
                              "../../../share/man/man1/my-tool.1", "../../../lib/plugin.conf", "my_tool-1.0.dist-info/entry_points.txt",
                              "my_tool-1.0.dist-info/INSTALLER", "my_tool-1.0.dist-info/REQUESTED", "my_tool-1.0.dist-info/METADATA",
                              "my_tool-1.0.dist-info/WHEEL", "my_tool-1.0.dist-info/RECORD"});
}

TEST_CASE_METHOD(SmallStore, "RECORD has the hash and size of what was really written") {
  install_now(root(), {wheel("tool", "1", {{"tool-1.data/scripts/run", {"#!python\n1\n"}}})});
  const std::string script = read_text(root() / "bin/run");
  const std::string row =
      "../../../bin/run,sha256=" + sha256(std::as_bytes(std::span(script))).record_form() + "," + std::to_string(script.size()) + "\n";
  CHECK(read_text(root() / k_site / "tool-1.dist-info/RECORD").starts_with(row));
}

TEST_CASE_METHOD(SmallStore, "small files are copies of the store's, large ones and headers are shared with it") {
  const std::string large(300 << 10, 'x');
  const WantedPackage lib =
      wheel("lib", "1", {{"lib/a.py", {"a"}}, {"lib/a.h", {"int a;"}}, {"lib/big.so", {large, true}}, {"lib-1.data/scripts/big", {large}}});
  install_now(root(), {lib});
  const fs::path tree = lib.artifact.tree();
  CHECK(inode(root() / k_site / "lib/a.py") != inode(tree / "lib/a.py"));
  CHECK((fs::status(root() / k_site / "lib/a.py").permissions() & fs::perms::owner_write) != fs::perms::none);
  CHECK(read_text(root() / k_site / "lib/big.so") == large);
  const bool shared = inode(root() / k_site / "lib/big.so") == inode(tree / "lib/big.so");
  const bool writable = (fs::status(root() / k_site / "lib/big.so").permissions() & fs::perms::owner_write) != fs::perms::none;
  CHECK((inode(root() / k_site / "lib/a.h") == inode(tree / "lib/a.h")) == shared);
  CHECK(shared != writable);  // a clone may be written to, a link must not invite it
  // The store has it without x: sharing would make it a script that cannot run.
  CHECK(inode(root() / "bin/big") != inode(tree / "lib-1.data/scripts/big"));
  CHECK((fs::status(tree / "lib-1.data/scripts/big").permissions() & fs::perms::owner_exec) == fs::perms::none);
}

TEST_CASE_METHOD(SmallStore, "of many small files the one that a disk changed unseen is named, and nothing is installed") {
  std::map<std::string, SmallFile> files;
  for (int i = 0; i < 300; ++i) files["lib/" + std::to_string(i) + ".py"] = {std::string(static_cast<std::size_t>(i) * 40, 'x')};
  const WantedPackage lib = wheel("lib", "1", files);
  const fs::path victim = lib.artifact.tree() / "lib/137.py";
  const auto time = fs::last_write_time(victim);
  fs::permissions(victim, fs::perms(0644));
  std::fstream(victim, std::ios::in | std::ios::out).put('y');
  fs::last_write_time(victim, time);  // size and time are those that were verified
  const Error error = stage_error(*this, {lib});
  CHECK(error.kind == ErrorKind::integrity);
  CHECK(error.message.starts_with("`lib/137.py` of `lib-1-py3-none-any.whl` in the store is not what was verified: sha256 is `"));
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(SmallStore, "the user may want every file linked, or none") {
  const std::string large(300 << 10, 'x');
  WantedPackage lib = wheel("lib", "1", {{"lib/a.py", {"a"}}, {"lib/b.py", {"b"}}, {"lib/a.h", {"int a;"}}, {"lib/big.so", {large}}});
  lib.bytecode = publish("lib", "1", {{"lib/__pycache__/b.cpython-311.pyc", {"code"}}});
  const fs::path tree = lib.artifact.tree();
  const auto linked = [&](LinkMode mode) {
    SilentDiagnostics silent;
    const Cancellation never;
    const fs::path other = folder() / std::to_string(static_cast<int>(mode));
    const OpenEnvironment open = open_now(other);
    const auto staged = stage_generation(open.lock, {.root = other, .python = small_python(), .link_mode = mode}, {lib}, silent, never);
    REQUIRE(staged.has_value());
    std::set<std::string> names;
    for (const char* name : {"lib/a.py", "lib/b.py", "lib/a.h", "lib/big.so"}) {
      const fs::path placed = staged->generation().site_packages / name;
      CHECK(read_text(placed) == read_text(tree / name));
      if (inode(placed) == inode(tree / name)) names.insert(name);
    }
    return names;
  };
  CHECK(linked(LinkMode::hardlink) == std::set<std::string>{"lib/a.py", "lib/a.h", "lib/big.so"});  // bytecode wants a time of its own
  CHECK(linked(LinkMode::copy).empty());
  CHECK(linked(LinkMode::clone).empty());
}

TEST_CASE_METHOD(SmallStore, "a file of the store that changed since it was verified is refused, whatever its size says") {
  const std::string large(300 << 10, 'x');
  const WantedPackage lib = wheel("lib", "1", {{"lib/big.so", {large}}});
  const fs::path victim = lib.artifact.tree() / "lib/big.so";
  fs::permissions(victim, fs::perms(0644));

  SECTION("shorter") {
    fs::resize_file(victim, 5);
    CHECK(stage_error(*this, {lib}).message ==
          "`lib/big.so` of `lib-1-py3-none-any.whl` in the store is not what was verified: it has 5 bytes, expected 307200");
  }
  SECTION("same size, one byte changed") {
    std::fstream(victim, std::ios::in | std::ios::out).put('y');
    fs::last_write_time(victim, fs::last_write_time(lib.artifact.tree().parent_path() / "manifest") + std::chrono::hours(1));
    const Error error = stage_error(*this, {lib});
    CHECK(error.kind == ErrorKind::integrity);
    CHECK(error.message.find("is not what was verified: sha256 is `") != std::string::npos);
    CHECK_FALSE(error.hints.empty());
  }
  SECTION("gone") {
    fs::remove(victim);
    CHECK(stage_error(*this, {lib}).message.find("No such file or directory") != std::string::npos);
  }
  SECTION("a link to something else") {
    fs::rename(victim, victim.string() + ".real");
    fs::create_symlink("big.so.real", victim);
    CHECK(stage_error(*this, {lib}).kind == ErrorKind::integrity);
  }
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(SmallStore, "of several trees the one that was written to is named") {
  const std::vector<WantedPackage> wanted = {wheel("whole", "1", {{"whole.py", {"a"}}}), wheel("lib", "1", {{"lib/a.py", {"a"}}})};
  CHECK(damaged_trees(wanted).empty());
  const fs::path victim = wanted[1].artifact.tree() / "lib/a.py";
  fs::permissions(victim, fs::perms(0644));
  std::ofstream(victim) << "longer";
  const std::vector<TreeDamage> damaged = damaged_trees(wanted);
  REQUIRE(damaged.size() == 1);
  CHECK(damaged[0].place == 1);
  CHECK(damaged[0].what == "`lib/a.py` of `lib-1-py3-none-any.whl` in the store is not what was verified: it has 6 bytes, expected 1");
}

TEST_CASE_METHOD(SmallStore, "a file of the store that was only touched is taken after its hash was seen to hold") {
  const WantedPackage lib = wheel("lib", "1", {{"lib/a.py", {"a"}}});
  fs::last_write_time(lib.artifact.tree() / "lib/a.py",
                      fs::last_write_time(lib.artifact.tree().parent_path() / "manifest") + std::chrono::hours(1));
  install_now(root(), {lib});
  CHECK(read_text(root() / k_site / "lib/a.py") == "a");
}

TEST_CASE_METHOD(SmallStore, "two wheels may have one file with the same content, and both record it") {
  install_now(root(), {wheel("nvidia-a", "1", {{"nvidia/__init__.py", {""}}, {"nvidia/a.py", {"a"}}}),
                       wheel("nvidia-b", "1", {{"nvidia/__init__.py", {""}}, {"nvidia/b.py", {"b"}}})});
  CHECK(record_lines(root() / k_site / "nvidia_a-1.dist-info/RECORD").contains("nvidia/__init__.py"));
  CHECK(record_lines(root() / k_site / "nvidia_b-1.dist-info/RECORD").contains("nvidia/__init__.py"));
}

TEST_CASE_METHOD(SmallStore, "two wheels that want one path for different things are told by name") {
  const WantedPackage first = wheel("first", "1", {{"shared/a.py", {"one"}}});
  const Error content = stage_error(*this, {first, wheel("second", "1", {{"shared/a.py", {"two"}}})});
  CHECK(content.kind == ErrorKind::install);
  CHECK(content.message ==
        "`first-1-py3-none-any.whl` and `second-1-py3-none-any.whl` both bring `lib/python3.11/site-packages/shared/a.py`, with different "
        "content");
  const Error folder = stage_error(*this, {first, wheel("second", "1", {{"shared", {"a file"}}})});
  CHECK(
      folder.message ==
      "`second-1-py3-none-any.whl` brings the file `lib/python3.11/site-packages/shared`, which is a folder in `first-1-py3-none-any.whl`");
  CHECK(stage_error(*this, {first, first}).message == "package `first` is to be installed twice");
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(SmallStore, "no wheel replaces what belongs to the environment itself") {
  const std::string path = GENERATE("data/pyvenv.cfg", "data/bin/python3", "data/bin/python/x", "scripts/activate", "data/lib64",
                                    "data/current/x", "data/generations", "data/.lock", "data/torchup-generation.json");
  const Error error = stage_error(*this, {wheel("evil", "1", {{"evil-1.data/" + path, {"x"}}})});
  CHECK(error.kind == ErrorKind::install);
  CHECK(error.message.starts_with("`evil-1-py3-none-any.whl` brings `"));
  CHECK(error.message.ends_with("`, which belongs to the environment itself"));
}

TEST_CASE_METHOD(SmallStore, "a wheel that does not hold to its format is refused before anything is written") {
  const auto [path, message] = GENERATE(table<std::string, std::string>({
      {"evil-1.data/unknown/x", "`unknown` is no scheme of a wheel's data folder"},
      {"evil-1.data/scripts/deep/x", "script `deep/x` lies in a folder of its own"},
      {"other-2.dist-info/METADATA", "it has 2 dist-info folders, expected one"},
  }));
  const Error error = stage_error(*this, {wheel("evil", "1", {{path, {"x"}}})});
  CHECK(error.kind == ErrorKind::integrity);
  CHECK(error.message == message);
  CHECK(error.context == std::vector<std::string>{"while laying out `evil-1-py3-none-any.whl`"});
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(SmallStore, "a wheel with no dist-info folder cannot be installed") {
  CHECK(stage_error(*this, {{publish("bare", "1", {{"bare.py", {"x"}}})}}).message == "it has 0 dist-info folders, expected one");
}

TEST_CASE_METHOD(SmallStore, "cancelled staging leaves nothing behind") {
  SilentDiagnostics silent;
  Cancellation cancelled;
  cancelled.request();
  {
    const OpenEnvironment open = open_now(root());
    const auto staged = stage_generation(open.lock, {root(), small_python()}, {wheel("a", "1", {{"a.py", {"a"}}})}, silent, cancelled);
    REQUIRE_FALSE(staged.has_value());
    CHECK(staged.error().kind == ErrorKind::interrupted);
  }
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(SmallStore, "an interpreter whose version or path makes no sense is refused") {
  SilentDiagnostics silent;
  const Cancellation never;
  Python python = small_python();
  const OpenEnvironment open = open_now(root());
  python.version = GENERATE("", "3", "3.", "three.eleven", "3.11111", "../3.11");
  const auto staged = stage_generation(open.lock, {root(), python}, {}, silent, never);
  REQUIRE_FALSE(staged.has_value());
  CHECK(staged.error().message == "`" + python.version + "` is not the version of a Python interpreter");
}

TEST_CASE_METHOD(SmallStore, "free-threaded builds and PyPy have folders of their own") {
  SilentDiagnostics silent;
  const Cancellation never;
  Python python = small_python();
  python.version = "3.14.0rc1";
  const OpenEnvironment open = open_now(root());
  python.abi_flags = "t";
  CHECK(stage_generation(open.lock, {root(), python}, {}, silent, never)->generation().site_packages ==
        root() / "generations/1/lib/python3.14t/site-packages");
  python.abi_flags = "";
  python.implementation = "pypy";
  CHECK(stage_generation(open.lock, {root(), python}, {}, silent, never)->generation().site_packages ==
        root() / "generations/1/lib/pypy3.14/site-packages");
}
