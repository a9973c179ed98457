#include "tests/support/small_store.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <future>
#include <unistd.h>

using namespace torchup;
using namespace torchup::test;

namespace fs = std::filesystem;

namespace {

struct Warnings final : Diagnostics {
  std::vector<std::string> warned, noted;
  void warn(std::string_view sentence) override { warned.emplace_back(sentence); }
  void note(std::string_view sentence) override { noted.emplace_back(sentence); }
  void explain(std::string_view) override {}
  void progress(std::string_view, std::uint64_t, std::uint64_t) override {}
};

Result<OpenEnvironment> try_open(const fs::path& root, Diagnostics& diagnostics,
                                 std::chrono::milliseconds limit = std::chrono::milliseconds(0)) {
  const Cancellation never;
  return open_environment(root, limit, diagnostics, never);
}

Error open_error(const fs::path& root) {
  SilentDiagnostics silent;
  const auto open = try_open(root, silent);
  REQUIRE_FALSE(open.has_value());
  return open.error();
}

}  // namespace

TEST_CASE_METHOD(SmallStore, "a folder that is not there yet is made, and taken away if nothing comes of it") {
  {
    const OpenEnvironment open = open_now(root() / "deep");
    CHECK(open.environment.root == root() / "deep");
    CHECK_FALSE(open.environment.current.has_value());
    CHECK(open.environment.generations.empty());
    CHECK(fs::exists(root() / "deep"));
  }
  CHECK_FALSE(fs::exists(root() / "deep"));
}

TEST_CASE_METHOD(SmallStore, "an empty folder is taken as it is, and stays") {
  fs::create_directories(root());
  open_now(root());
  CHECK(fs::exists(root()));
}

TEST_CASE_METHOD(SmallStore, "what another tool made is refused and not touched") {
  const std::string move_away = "choose another folder with --env, or move this one away and run the same command again";
  const auto [file, what, hint] = GENERATE_COPY(table<std::string, std::string, std::string>({
      {"pyvenv.cfg", "a virtual environment that another tool made",
       "`--in-place` takes it over, with all that it holds; or choose another folder with --env"},
      {"conda-meta/history", "a conda environment", move_away},
      {"notes.txt", "a folder with other things in it", move_away},
  }));
  fs::create_directories((root() / file).parent_path());
  std::ofstream(root() / file) << "theirs";
  const auto before = snapshot(root());
  const Error error = open_error(root());
  CHECK(error.kind == ErrorKind::host);
  CHECK(error.message == "`" + root().string() + "` is " + what + ", and torchup does not change it");
  CHECK(error.hints == std::vector<std::string>{hint});
  CHECK(differences(before, snapshot(root())).empty());
  CHECK_FALSE(fs::exists(root() / ".lock"));
}

TEST_CASE_METHOD(SmallStore, "a file in the environment's place and a path that cannot be one are refused") {
  std::ofstream(root()) << "a file";
  CHECK(open_error(root()).message == "`" + root().string() + "` is no folder, and torchup does not change it");
  CHECK(open_error("").message == "`` cannot be the folder of an environment");
  CHECK(open_error(root() / "a\nb").kind == ErrorKind::host);
  CHECK(open_error("/").message == "`/` cannot be the folder of an environment");
}

TEST_CASE_METHOD(SmallStore, "an environment is read back as it was installed") {
  WantedPackage torch = wheel("torch", "2.15.0+cpu", {{"torch/__init__.py", {"x"}}});
  torch.requested = true;
  const Environment installed = install_now(root(), {torch, wheel("numpy", "2.0", {{"numpy.py", {"y"}}})});
  const Environment environment = environment_at(root()).value();
  REQUIRE(environment.current.has_value());
  const Generation& current = *environment.current;
  CHECK(environment.generations == std::vector{1U});
  CHECK(current.number == 1);
  CHECK(current.python_version == "3.11.2");
  CHECK(current.python_executable == "/usr/bin/python3.11");
  CHECK(current.python == root() / "generations/1/bin/python");
  CHECK(current.site_packages == root() / "generations/1/lib/python3.11/site-packages");
  CHECK(current.created.size() == std::string_view("2026-11-22T18:00:00Z").size());
  REQUIRE(current.packages.size() == 2);
  CHECK(current.packages[0].name.text() == "numpy");
  const InstalledPackage& package = current.packages[1];
  CHECK(package.version.text() == "2.15.0+cpu");
  CHECK(package.wheel == "torch-2.15.0+cpu-py3-none-any.whl");
  CHECK(package.wheel_sha256 == torch.artifact.sha256());
  CHECK(package.url == "https://files.example/torch.whl");
  CHECK(package.index == "https://index.example/simple");
  CHECK(package.requested);
  CHECK(package.files == 6);  // one module, METADATA, WHEEL, INSTALLER, REQUESTED, RECORD
  CHECK(package.bytes > 0);
  CHECK(current.packages == installed.current->packages);
}

TEST_CASE_METHOD(SmallStore, "a folder without generations is no environment to read") {
  const auto environment = environment_at(root());
  REQUIRE_FALSE(environment.has_value());
  CHECK(environment.error().message == "`" + root().string() + "` is no environment of torchup");
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(SmallStore, "a manifest that was tampered with is an error, never a crash") {
  install_now(root(), {wheel("a", "1", {{"a.py", {"a"}}})});
  const fs::path manifest = root() / "generations/1/torchup-generation.json";
  const std::string text = read_text(manifest);
  const auto [from, to] = GENERATE(table<std::string, std::string>({{"\"number\": 1", "\"number\": 2"},
                                                                    {"\"schema\": 1", "\"schema\": 2"},
                                                                    {"\"name\"", "\"nome\""},
                                                                    {"\"3.11.2\"", "311"},
                                                                    {"\"3.11.2\"", "\"../..\""},
                                                                    {"\"sha256\": \"", "\"sha256\": \"x"},
                                                                    {"\"packages\": [", "\"packages\": [7, "},
                                                                    {"{", "[{"}}));
  std::string changed = text;
  changed.replace(changed.find(from), from.size(), to);
  std::ofstream(manifest, std::ios::trunc) << changed;
  const auto environment = environment_at(root());
  REQUIRE_FALSE(environment.has_value());
  CHECK(environment.error().kind == ErrorKind::host);
  CHECK(environment.error().message.starts_with("`" + manifest.string() + "` cannot be read: "));
}

TEST_CASE_METHOD(SmallStore, "a manifest nested without end is no JSON of ours") {
  install_now(root(), {});
  std::ofstream(root() / "generations/1/torchup-generation.json", std::ios::trunc) << std::string(1'000'000, '[');
  CHECK_FALSE(environment_at(root()).has_value());
}

TEST_CASE_METHOD(SmallStore, "half-made generations are cleared away, whole ones stay") {
  install_now(root(), {wheel("a", "1", {{"a.py", {"a"}}})});
  install_now(root(), {wheel("a", "2", {{"a.py", {"b"}}})});
  fs::create_directories(root() / "generations/3/lib");
  fs::create_directories(root() / "generations/007");
  fs::create_symlink("generations/9", root() / ".current.new");
  Warnings diagnostics;
  const OpenEnvironment open = try_open(root(), diagnostics).value();
  CHECK(open.environment.generations == std::vector{1U, 2U});
  CHECK(open.environment.current->number == 2);
  CHECK_FALSE(fs::exists(root() / "generations/3"));
  CHECK_FALSE(fs::exists(root() / "generations/007"));
  CHECK_FALSE(fs::is_symlink(root() / ".current.new"));
  CHECK(diagnostics.noted.size() == 2);
}

TEST_CASE_METHOD(SmallStore, "clearing away follows no link out of the environment") {
  install_now(root(), {});
  fs::create_directories(folder() / "outside");
  std::ofstream(folder() / "outside/precious") << "keep";
  fs::create_directory_symlink(folder() / "outside", root() / "generations/5");
  open_now(root());
  CHECK_FALSE(fs::is_symlink(root() / "generations/5"));
  CHECK(fs::exists(folder() / "outside/precious"));
}

TEST_CASE_METHOD(SmallStore, "an environment whose current generation is damaged can still be installed into") {
  install_now(root(), {wheel("a", "1", {{"a.py", {"a"}}})});
  fs::remove(root() / "generations/1/torchup-generation.json");
  Warnings diagnostics;
  {
    const OpenEnvironment open = try_open(root(), diagnostics).value();
    CHECK_FALSE(open.environment.current.has_value());
    REQUIRE(diagnostics.warned.size() == 1);
    CHECK(diagnostics.warned[0].starts_with("environment `" + root().string() + "` is damaged and is made anew: "));
    CHECK(fs::exists(root() / "generations/1/lib"));  // it is in use, damaged or not
  }
  CHECK(install_now(root(), {wheel("a", "1", {{"a.py", {"a"}}})}).current->number == 2);
}

TEST_CASE_METHOD(SmallStore, "only one process changes an environment at a time, and the other is told who") {
  OpenEnvironment held = open_now(root());
  const std::string being_changed = "environment `" + root().string() + "` is being changed by ";
  CHECK(open_error(root()).message == being_changed + "another process");  // it may find that there is nothing to do
  REQUIRE(held.lock.sign().has_value());
  const Error error = open_error(root());
  CHECK(error.kind == ErrorKind::host);
  CHECK(error.message == being_changed + "process " + std::to_string(::getpid()));
}

TEST_CASE_METHOD(SmallStore, "a lock that is only looked through leaves its file as it is, and a signed one leaves no number") {
  install_now(root(), {wheel("a", "1", {{"a.py", {"a"}}})});
  const auto before = fs::last_write_time(root() / ".lock");
  open_now(root());
  CHECK(fs::last_write_time(root() / ".lock") == before);
  {
    OpenEnvironment held = open_now(root());
    REQUIRE(held.lock.sign().has_value());
    CHECK(read_text(root() / ".lock") == std::to_string(::getpid()) + "\n");
  }
  CHECK(read_text(root() / ".lock").empty());
}

TEST_CASE_METHOD(SmallStore, "a number that a killed process left is nobody's") {
  const OpenEnvironment held = open_now(root());
  const std::string left = GENERATE("2147483646\n", "0\n", "99999999999999999999", "no number");
  std::ofstream(root() / ".lock") << left;
  CHECK(open_error(root()).message == "environment `" + root().string() + "` is being changed by another process");
}

TEST_CASE_METHOD(SmallStore, "one that waits goes on when the other has ended, even if the folder was taken away meanwhile") {
  auto held = std::make_unique<OpenEnvironment>(open_now(root()));
  REQUIRE(held->lock.sign().has_value());
  struct : Diagnostics {
    std::promise<std::string> warned;
    void warn(std::string_view sentence) override { warned.set_value(std::string(sentence)); }
    void note(std::string_view) override {}
    void explain(std::string_view) override {}
    void progress(std::string_view, std::uint64_t, std::uint64_t) override {}
  } diagnostics;
  auto waiting = std::async(std::launch::async, [&] { return try_open(root(), diagnostics, std::chrono::minutes(1)).has_value(); });
  CHECK(diagnostics.warned.get_future().get() ==
        "waiting for process " + std::to_string(::getpid()) + ", which is changing environment `" + root().string() + "`");
  held.reset();
  CHECK(waiting.get());
}

TEST_CASE_METHOD(SmallStore, "one that waits can be interrupted") {
  const OpenEnvironment held = open_now(root());
  SilentDiagnostics silent;
  Cancellation cancelled;
  cancelled.request();
  const auto open = open_environment(root(), std::chrono::minutes(1), silent, cancelled);
  REQUIRE_FALSE(open.has_value());
  CHECK(open.error().kind == ErrorKind::interrupted);
}
