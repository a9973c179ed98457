#include "torchup/system/host_system.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>

using namespace torchup;
using torchup::test::TemporaryFolder;
using namespace std::chrono_literals;

TEST_CASE("a program's answer is its two streams and its status") {
  const auto host = make_posix_host_system();
  const auto answer = host->run({"sh", "-c", "echo out; echo err >&2; exit 7"}, 20s);
  REQUIRE(answer.has_value());
  CHECK(*answer == CommandOutput{7, "out\n", "err\n"});
}

TEST_CASE("a program has no standard input, no shell, and speaks English") {
  const auto host = make_posix_host_system();
  CHECK(host->run({"cat"}, 20s).value() == CommandOutput{0, "", ""});
  CHECK(host->run({"echo", "$HOME; true"}, 20s).value().out == "$HOME; true\n");
  CHECK(host->run({"sh", "-c", "echo $LC_ALL"}, 20s).value().out == "C\n");
}

TEST_CASE("a program that a signal ends has status 128 and the signal's number") {
  CHECK(make_posix_host_system()->run({"sh", "-c", "kill -9 $$"}, 20s).value().exit_status == 137);
}

TEST_CASE("a program that is not there cannot be started") {
  const auto answer = make_posix_host_system()->run({"/nowhere/program"}, 1s);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == ErrorKind::host);
  CHECK(answer.error().message == "`/nowhere/program` cannot be started: No such file or directory");
}

TEST_CASE("the time limit ends a program together with what it started, and keeps what it said") {
  const auto began = std::chrono::steady_clock::now();
  const auto answer = make_posix_host_system()->run({"sh", "-c", "echo before; sleep 600 & sleep 600"}, 300ms).value();
  CHECK(answer.exit_status == 124);
  CHECK(answer.out == "before\n");
  CHECK(std::chrono::steady_clock::now() - began < 60s);
}

TEST_CASE("a grandchild that keeps the streams open does not keep us waiting") {
  const auto began = std::chrono::steady_clock::now();
  CHECK(make_posix_host_system()->run({"sh", "-c", "sleep 600 & echo done"}, 300s).value() == CommandOutput{0, "done\n", ""});
  CHECK(std::chrono::steady_clock::now() - began < 60s);
}

TEST_CASE("a program that never stops talking is cut, not stored") {
  const auto answer = make_posix_host_system()->run({"sh", "-c", "yes | head -c 9000000"}, 60s).value();
  CHECK(answer.exit_status == 0);
  CHECK(answer.out.size() == 4U << 20);
}

TEST_CASE("files, directories and links of the machine") {
  const TemporaryFolder folder;
  const auto host = make_posix_host_system();
  const auto file = folder.write("b.txt", "text");
  folder.write("a.txt", "");
  std::filesystem::create_symlink("b.txt", folder.path() / "link");
  CHECK(host->read_file(file.string()).value() == "text");
  CHECK(host->list_directory(folder.path().string()).value() == std::vector<std::string>{"a.txt", "b.txt", "link"});
  CHECK(host->read_link((folder.path() / "link").string()).value() == "b.txt");
  CHECK(host->exists(file.string()));
  CHECK_FALSE(host->exists((folder.path() / "none").string()));
  CHECK(host->open_device("/dev/null") == 0);
  CHECK(host->open_device((folder.path() / "none").string()) == ENOENT);
  CHECK(host->disk_space((folder.path() / "not/there/yet").string()).value().total_bytes > 0);
}

TEST_CASE("what is no regular file is refused instead of waited for") {
  const TemporaryFolder folder;
  const auto pipe = (folder.path() / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(make_posix_host_system()->read_file(pipe).error().message == "`" + pipe + "` is not a regular file");
  const auto none = (folder.path() / "none").string();
  CHECK(make_posix_host_system()->read_file(none).error().message == "`" + none + "` cannot be read: No such file or directory");
}

TEST_CASE("an empty variable counts as unset") {
  ::setenv("TORCHUP_TEST_EMPTY", "", 1);
  CHECK(make_posix_host_system()->environment("TORCHUP_TEST_EMPTY") == std::nullopt);
  ::unsetenv("TORCHUP_TEST_EMPTY");
}
