#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/host_system.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace torchup;
using torchup::test::TemporaryFolder;
using namespace std::chrono_literals;

namespace {

/// A program that prints `word` and counts its own runs.
void write_program(const std::filesystem::path& path, const std::filesystem::path& count, const std::string& word) {
  const auto beside = path.parent_path() / "new";
  std::ofstream(beside) << "#!/bin/sh\necho run >> " << count.string() << "\necho " << word << "\nexit ${1:-0}\n";
  std::filesystem::permissions(beside, std::filesystem::perms::owner_all);
  std::filesystem::rename(beside, path);
}

std::size_t lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
}

}  // namespace

TEST_CASE("a program is asked once, and again when its file is another one") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "env/bin");
  const auto program = folder.path() / "env/bin/python", count = folder.path() / "count";
  write_program(program, count, "first");
  const auto host = make_posix_host_system(folder.path() / "answers");

  CHECK(host->ask({program.string()}, 5s)->out == "first\n");
  CHECK(host->ask({program.string()}, 5s)->out == "first\n");
  CHECK(make_posix_host_system(folder.path() / "answers")->ask({program.string()}, 5s)->out == "first\n");
  CHECK(lines(count) == 1);

  write_program(program, count, "second");
  CHECK(host->ask({program.string()}, 5s)->out == "second\n");
  CHECK(lines(count) == 2);

  // An interpreter of a virtual environment reads this file.
  std::ofstream(folder.path() / "env/pyvenv.cfg") << "home = /usr/bin\n";
  CHECK(host->ask({program.string()}, 5s)->out == "second\n");
  CHECK(lines(count) == 3);
}

TEST_CASE("an answer that was damaged since is asked for again") {
  const TemporaryFolder folder;
  const auto program = folder.path() / "program", count = folder.path() / "count";
  write_program(program, count, "word");
  const auto host = make_posix_host_system(folder.path() / "answers");
  CHECK(host->ask({program.string()}, 5s)->out == "word\n");

  const auto kept = std::filesystem::directory_iterator(folder.path() / "answers")->path();
  std::string text = read_whole_file(kept, 1 << 20).value();
  SECTION("empty, as after a power cut") { text.clear(); }
  SECTION("cut short") { text.pop_back(); }
  SECTION("altered") { text[text.size() - 2] = 'k'; }
  std::ofstream(kept, std::ios::trunc) << text;
  CHECK(host->ask({program.string()}, 5s)->out == "word\n");
  CHECK(lines(count) == 2);
}

TEST_CASE("another question, a failure and an unremembering host are asked each time") {
  const TemporaryFolder folder;
  const auto program = folder.path() / "program", count = folder.path() / "count";
  write_program(program, count, "word");
  const auto host = make_posix_host_system(folder.path() / "answers");
  CHECK(host->ask({program.string(), "3"}, 5s)->exit_status == 3);
  CHECK(host->ask({program.string(), "3"}, 5s)->exit_status == 3);
  CHECK(host->ask({program.string(), "0"}, 5s)->exit_status == 0);
  CHECK(host->run({program.string(), "0"}, 5s)->exit_status == 0);
  CHECK(make_posix_host_system()->ask({program.string(), "0"}, 5s)->exit_status == 0);
  CHECK(lines(count) == 5);
}

TEST_CASE("a file is replaced whole or not at all") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "below/file";
  REQUIRE(replace_file(path, "one", Durable::yes));
  REQUIRE(replace_file(path, "two", Durable::no));
  CHECK(*read_whole_file(path, 100) == "two");
  std::filesystem::create_directory(folder.path() / "below/taken");
  const auto refused = replace_file(folder.path() / "below/taken", "three", Durable::no);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("taken") != std::string::npos);
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path() / "below")) ++entries;
  CHECK(entries == 2);  // nothing temporary stayed behind
}
