#include "src/validate/child/child_process.hpp"

#include "src/validate/child/run_reporter.hpp"
#include "tests/unit/validate/check_named.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>
#include <thread>

using namespace torchup;
using namespace std::chrono_literals;

namespace {

ChildCommand shell(const std::string& script, std::chrono::milliseconds limit = 30s) {
  return {{"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin"}, limit};
}

struct Ran {
  ChildOutcome outcome;
  std::vector<std::string> lines;
};

Ran run(const ChildCommand& command) {
  Ran ran;
  const Cancellation cancellation;
  auto outcome = run_child(
      command, [&](std::string_view line) { ran.lines.emplace_back(line); }, cancellation);
  REQUIRE(outcome);
  ran.outcome = *outcome;
  return ran;
}

ValidationReport report_of(const std::string& script, std::chrono::milliseconds limit = 30s) {
  ValidationReport report;
  const Cancellation cancellation;
  REQUIRE(run_reporter({shell(script, limit), "torch-python", "python", "load"}, cancellation, report));
  return report;
}

}  // namespace

TEST_CASE("a child's report lines come one by one, and what it prints is kept apart") {
  const Ran ran = run(shell("echo out; echo err >&2; printf 'one\\ntwo\\nhalf' >&3; exit 7"));
  CHECK(ran.lines == std::vector<std::string>{"one", "two"});
  CHECK(ran.outcome.printed == "out\nerr\n");
  CHECK(ran.outcome.end == ChildEnd::exited);
  CHECK(describe_end(ran.outcome, 30s) == "ended with exit status 7");
}

TEST_CASE("a child gets the environment that it is given and nothing else") {
  ::setenv("TORCHUP_TEST_LEAK", "yes", 1);
  const Ran ran = run(shell("echo \"[$TORCHUP_TEST_LEAK]\" >&3"));
  CHECK(ran.lines == std::vector<std::string>{"[]"});
  ::unsetenv("TORCHUP_TEST_LEAK");
}

TEST_CASE("only the end of what a child prints is kept") {
  const Ran ran = run(shell("head -c 100000 /dev/zero | tr '\\0' 'x'; echo end"));
  CHECK(ran.outcome.printed.size() == 8192);
  CHECK(ran.outcome.printed.substr(8188) == "end\n");
}

TEST_CASE("a child that is killed tells by which signal") {
  const Ran ran = run(shell("kill -ABRT $$"));
  CHECK(ran.outcome.end == ChildEnd::signaled);
  CHECK(describe_end(ran.outcome, 30s) == "was ended by SIGABRT (it gave up)");
}

TEST_CASE("a child beyond its limit is ended together with what it started") {
  // The grandchild holds the pipes open; without its end this test would not end.
  const Ran ran = run(shell("sleep 1000 & echo started >&3; wait", 300ms));
  CHECK(ran.outcome.end == ChildEnd::timed_out);
  CHECK(describe_end(ran.outcome, 300ms) == "did not end within 0.3 s");
}

TEST_CASE("a child that has ended is not waited for because of what it left behind") {
  const Ran ran = run(shell("sleep 1000 & echo left >&3; exit 0", 60s));
  CHECK(ran.outcome.end == ChildEnd::exited);
  CHECK(ran.lines == std::vector<std::string>{"left"});
}

TEST_CASE("a cancelled child ends with ErrorKind::interrupted") {
  Cancellation cancellation;
  const auto outcome = run_child(
      shell("echo ready >&3; sleep 1000"), [&](std::string_view) { cancellation.request(); }, cancellation);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::interrupted);
}

TEST_CASE("a program that is not there is named") {
  const Cancellation cancellation;
  const auto outcome = run_child(
      {{"/nowhere/python"}, {}, 1s}, [](std::string_view) {}, cancellation);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::host);
  CHECK(outcome.error().message == "cannot run `/nowhere/python`: No such file or directory");
}

TEST_CASE("a line without end does not fill the memory") {
  const Ran ran = run(shell("head -c 3000000 /dev/zero | tr '\\0' 'x' >&3; echo >&3; echo after >&3"));
  CHECK(ran.lines.empty());
}

TEST_CASE("a report without its end blames the check that was running") {
  const ValidationReport report = report_of(
      "echo '{\"item\":\"check\",\"id\":\"import-torch\",\"level\":\"load\",\"engine\":\"torch-python\",\"outcome\":\"pass\"}' >&3;"
      "echo '{\"item\":\"begins\",\"id\":\"autograd\",\"level\":\"numeric\"}' >&3; echo 'Bus error' >&2; kill -BUS $$");
  CHECK(test::check_named(report, "import-torch").outcome == CheckOutcome::pass);
  const Check& check = test::check_named(report, "autograd");
  CHECK(check.outcome == CheckOutcome::fail);
  CHECK(check.level == "numeric");
  CHECK(check.detail ==
        "the process was ended by SIGBUS (a file that became shorter, or a full memory file system); it printed: Bus error");
}

TEST_CASE("a child that says nothing at all fails as its first check") {
  const Check check = report_of("exit 0").checks.at(0);
  CHECK(check.id == "python");
  CHECK(check.detail == "the process ended without a result");
}

TEST_CASE("a crash after the last check is a finding of its own") {
  const ValidationReport report = report_of("echo '{\"item\":\"ends\"}' >&3; kill -SEGV $$");
  CHECK(test::check_named(report, "exit").detail == "the process was ended by SIGSEGV (a wrong memory access) after the last check");
}

TEST_CASE("lines that are no report are passed over") {
  const ValidationReport report = report_of(
      "printf 'x\\n[[[\\n{}\\n{\"item\":\"check\",\"outcome\":\"great\"}\\n{\"item\":5}\\n\\n' >&3; echo '{\"item\":\"ends\"}' >&3");
  CHECK(report.checks.empty());
}

TEST_CASE("variables are left out by name and by their beginning") {
  ::setenv("TORCHUP_TEST_ONE", "1", 1);
  ::setenv("TORCHUP_TEST_TWO", "2", 1);
  const auto has = [](const std::vector<std::string>& variables, const std::string& variable) {
    return std::find(variables.begin(), variables.end(), variable) != variables.end();
  };
  CHECK(has(environment_without({"TORCHUP_TEST_ONE"}), "TORCHUP_TEST_TWO=2"));
  CHECK_FALSE(has(environment_without({"TORCHUP_TEST_ONE"}), "TORCHUP_TEST_ONE=1"));
  CHECK_FALSE(has(environment_without({"TORCHUP_TEST_*"}), "TORCHUP_TEST_TWO=2"));
  ::unsetenv("TORCHUP_TEST_ONE");
  ::unsetenv("TORCHUP_TEST_TWO");
}
