#include "tests/support/small_store.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace torchup;
using namespace torchup::test;

namespace fs = std::filesystem;

namespace {

const std::string k_module = "lib/python3.11/site-packages/a.py";

WantedPackage version_of_a(const SmallStore& store, const std::string& version, SmallFiles more = {}) {
  more["a.py"] = {version};
  return store.wheel("a", version, more);
}

StagedGeneration stage(const SmallStore& store, const OpenEnvironment& open, const WantedPackage& package) {
  SilentDiagnostics silent;
  const Cancellation never;
  return stage_generation(open.lock, {store.root(), small_python(), "my prompt"}, {package}, silent, never).value();
}

}  // namespace

TEST_CASE_METHOD(SmallStore, "DIR holds fixed relative links through `current`, and git ignores it") {
  install_now(root(), {version_of_a(*this, "1")});
  CHECK(fs::read_symlink(root() / "current") == "generations/1");
  for (const char* name : {"bin", "lib", "lib64", "pyvenv.cfg"}) {
    CHECK(fs::read_symlink(root() / name) == std::string("current/") + name);
  }
  CHECK(fs::read_symlink(root() / "generations/1/bin/python") == "/usr/bin/python3.11");
  CHECK(fs::read_symlink(root() / "generations/1/bin/python3") == "python");
  CHECK(fs::read_symlink(root() / "generations/1/bin/python3.11") == "python");
  CHECK(fs::read_symlink(root() / "generations/1/lib64") == "lib");
  CHECK(read_text(root() / ".gitignore") == "*\n");
  CHECK_FALSE(fs::exists(fs::symlink_status(root() / "share")));
}

TEST_CASE_METHOD(SmallStore, "pyvenv.cfg says what Python and other tools ask of it") {
  const OpenEnvironment open = open_now(root());
  const StagedGeneration staged = stage(*this, open, version_of_a(*this, "1"));
  CHECK(read_text(staged.generation().root / "pyvenv.cfg") ==
        "home = /usr/bin\n"
        "include-system-site-packages = false\n"
        "version = 3.11.2\n"
        "executable = /usr/bin/python3.11\n"
        "prompt = my prompt\n");
}

TEST_CASE_METHOD(SmallStore, "what activating gives is what can be read from the disk") {
  install_now(root(), {version_of_a(*this, "1")});
  const Environment given = install_now(root(), {version_of_a(*this, "2")});
  const Environment read = environment_at(root()).value();
  CHECK(given.root == read.root);
  CHECK(given.generations == read.generations);
  CHECK(given.current->number == read.current->number);
  CHECK(given.current->root == read.current->root);
  CHECK(given.current->python == read.current->python);
  CHECK(given.current->site_packages == read.current->site_packages);
  CHECK(given.current->python_version == read.current->python_version);
  CHECK(given.current->python_executable == read.current->python_executable);
  CHECK(given.current->created == read.current->created);
  CHECK(given.current->packages == read.current->packages);
  CHECK_FALSE(fs::exists(given.current->root / "torchup-generation.json.new"));
}

TEST_CASE_METHOD(SmallStore, "a second install flips to the next generation and keeps the first") {
  install_now(root(), {version_of_a(*this, "1")});
  const auto first = snapshot(root() / "generations/1");
  const Environment environment = install_now(root(), {version_of_a(*this, "2")});
  CHECK(environment.current->number == 2);
  CHECK(environment.generations == std::vector{1U, 2U});
  CHECK(read_text(root() / k_module) == "2");
  CHECK(differences(first, snapshot(root() / "generations/1")).empty());
}

TEST_CASE_METHOD(SmallStore, "staging alone changes nothing that anyone uses") {
  install_now(root(), {version_of_a(*this, "1")});
  const auto before = snapshot(root());
  {
    const OpenEnvironment open = open_now(root());
    const StagedGeneration staged = stage(*this, open, version_of_a(*this, "2"));
    CHECK(staged.generation().number == 2);
    CHECK(read_text(root() / k_module) == "1");
    CHECK(read_text(staged.generation().site_packages / "a.py") == "2");
    CHECK(environment_at(root())->generations == std::vector{1U});  // not whole before it is in use
  }
  CHECK(differences(before, snapshot(root())).empty());
}

TEST_CASE_METHOD(SmallStore, "a staged generation that validation refused is gone without a trace") {
  install_now(root(), {version_of_a(*this, "1")});
  const auto before = snapshot(root());
  const OpenEnvironment open = open_now(root());
  REQUIRE(discard_generation(stage(*this, open, version_of_a(*this, "2"))).has_value());
  CHECK(differences(before, snapshot(root())).empty());
}

TEST_CASE_METHOD(SmallStore, "what a wheel brings beside bin and lib gets a link of its own") {
  install_now(root(), {version_of_a(*this, "1")});
  install_now(root(), {version_of_a(*this, "2", {{"a-2.data/data/share/doc.txt", {"doc"}}, {"a-2.data/data/top.txt", {"top"}}})});
  CHECK(fs::read_symlink(root() / "share") == "current/share");
  CHECK(read_text(root() / "share/doc.txt") == "doc");
  CHECK(read_text(root() / "top.txt") == "top");
}

TEST_CASE_METHOD(SmallStore, "a name that a user took in DIR fails the install and leaves all as it was") {
  install_now(root(), {version_of_a(*this, "1")});
  fs::create_directories(root() / "share");
  std::ofstream(root() / "share/theirs") << "keep";
  const auto before = snapshot(root());
  const OpenEnvironment open = open_now(root());
  const auto activated = activate_generation(
      open.lock, stage(*this, open, version_of_a(*this, "2", {{"a-2.data/data/etc/a", {"a"}}, {"a-2.data/data/share/doc.txt", {"doc"}}})));
  REQUIRE_FALSE(activated.has_value());
  CHECK(activated.error().kind == ErrorKind::install);
  CHECK(activated.error().message == "cannot make the link `" + (root() / "share").string() + "`: File exists");
  CHECK(differences(before, snapshot(root())).empty());
}

TEST_CASE_METHOD(SmallStore, "roll-back flips to a generation that is still there") {
  install_now(root(), {version_of_a(*this, "1")});
  install_now(root(), {version_of_a(*this, "2")});
  const OpenEnvironment open = open_now(root());
  CHECK(switch_generation(open.lock, 1)->current->number == 1);
  CHECK(read_text(root() / k_module) == "1");
  const auto missing = switch_generation(open.lock, 7);
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message == "environment `" + root().string() + "` has no generation 7");
  CHECK(read_text(root() / k_module) == "1");
}

TEST_CASE_METHOD(SmallStore, "after a roll-back the next generation takes a new number") {
  install_now(root(), {version_of_a(*this, "1")});
  install_now(root(), {version_of_a(*this, "2")});
  { CHECK(switch_generation(open_now(root()).lock, 1).has_value()); }
  CHECK(install_now(root(), {version_of_a(*this, "3")}).current->number == 3);
}

TEST_CASE_METHOD(SmallStore, "DIR may be a link to where there is room") {
  fs::create_directories(folder() / "scratch");
  fs::create_directory_symlink(folder() / "scratch", root());
  install_now(root(), {version_of_a(*this, "1")});
  CHECK(read_text(folder() / "scratch" / k_module) == "1");
}
