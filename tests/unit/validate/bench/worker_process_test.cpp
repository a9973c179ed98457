#include "src/validate/bench/worker_process.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>

using namespace torchup;
using namespace std::chrono_literals;

namespace {

/// A worker in the shell's language.
WorkerProcess shell(const std::string& script) {
  std::signal(SIGPIPE, SIG_IGN);  // as the program has it
  auto worker = WorkerProcess::start({{"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin"}, std::nullopt});
  REQUIRE(worker);
  return *std::move(worker);
}

constexpr const char* k_sample = R"(echo '{"seconds":2,"waited":1,"switches":0}' >&3)";

std::string failure_of(const std::string& script, std::chrono::milliseconds limit = 20s) {
  WorkerProcess worker = shell(script);
  const Cancellation cancellation;
  const auto reply = worker.ask(RunCase{1}, limit, cancellation);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == ErrorKind::validation);
  return reply.error().message;
}

}  // namespace

TEST_CASE("a worker greets, and answers one request after the other") {
  WorkerProcess worker =
      shell(R"(echo '{"ready":true,"version":"1.0","threads":1}' >&3; while read line; do )" + std::string(k_sample) + "; done");
  const Cancellation cancellation;
  CHECK(std::get<WorkerReady>(*worker.greeting(20s, cancellation)).version == "1.0");
  for (int i = 0; i < 3; ++i) CHECK(std::get<Sample>(*worker.ask(RunCase{1}, 20s, cancellation)).seconds == 2);
}

TEST_CASE("a worker gets what it is asked on its standard input") {
  WorkerProcess worker = shell(R"(read line; case "$line" in *'"runs":7'*) )" + std::string(k_sample) + "; esac");
  const Cancellation cancellation;
  CHECK(worker.ask(RunCase{7}, 20s, cancellation));
}

TEST_CASE("however a worker ends, it is said") {
  CHECK(failure_of("read line; exit 3") == "the worker ended with exit status 3");
  CHECK(failure_of("read line; echo 'no such function' >&2; exit 1") ==
        "the worker ended with exit status 1; it printed: no such function");
  CHECK(failure_of("read line; kill -SEGV $$") == "the worker was ended by SIGSEGV (a wrong memory access)");
  CHECK(failure_of("read line; kill -ILL $$") == "the worker was ended by SIGILL (an instruction that this CPU does not have)");
}

TEST_CASE("a worker that hangs is ended at the limit, with what it started") {
  const auto start = std::chrono::steady_clock::now();
  CHECK(failure_of("sleep 600 & sleep 600", 300ms) == "the worker did not end within 0.3 s");
  CHECK(std::chrono::steady_clock::now() - start < 60s);
}

TEST_CASE("what is no reply is told with its text") {
  CHECK(failure_of("read line; echo hello >&3; sleep 600") == "the worker's line `hello` is none of its protocol");
}

TEST_CASE("a reply without end is not read for ever") { CHECK(failure_of("exec cat /dev/zero >&3") == "the worker's reply never ends"); }

TEST_CASE("a worker that is gone before it is asked is told as such") {
  WorkerProcess worker = shell("exit 4");
  const Cancellation cancellation;
  CHECK(worker.greeting(20s, cancellation).error().message == "the worker ended with exit status 4");
}

TEST_CASE("the user's Ctrl-C ends the wait") {
  WorkerProcess worker = shell("sleep 600");
  Cancellation cancellation;
  cancellation.request();
  CHECK(worker.ask(RunCase{1}, 20s, cancellation).error().kind == ErrorKind::interrupted);
}

TEST_CASE("a worker runs on the processor that it is given, and on no other") {
  WorkerProcess worker = *WorkerProcess::start(
      {{"/bin/sh", "-c", R"(read line; echo "{\"failed\":\"$(grep Cpus_allowed_list /proc/self/status)\"}" | tr '\t' ' ' >&3)"},
       {"PATH=/usr/bin:/bin"},
       0U});
  const Cancellation cancellation;
  CHECK(std::get<CaseFailed>(*worker.ask(RunCase{1}, 20s, cancellation)).message == "Cpus_allowed_list: 0");
}

TEST_CASE("a program that is not there is a failure of the host") {
  const auto worker = WorkerProcess::start({{"/nowhere/python"}, {}, std::nullopt});
  REQUIRE_FALSE(worker);
  CHECK(worker.error().kind == ErrorKind::host);
  CHECK(worker.error().message == "cannot run `/nowhere/python`: No such file or directory");
}
