#include "src/validate/bench/worker_protocol.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace torchup;

namespace {

template <class T>
T request_back(const T& request) {
  const auto read = read_request(write_request(request));
  REQUIRE(read);
  return std::get<T>(*read);
}

template <class T>
T reply_back(const T& reply) {
  const auto read = read_reply(write_reply(reply));
  REQUIRE(read);
  return std::get<T>(*read);
}

}  // namespace

TEST_CASE("requests come out as they went in") {
  const PrepareCase prepare = request_back(PrepareCase{"matmul", "2x3", true, "/tmp/x y", "float64", {{2, 4}, {4, 3}}});
  CHECK(prepare.kernel == "matmul");
  CHECK(prepare.kernel_case == "2x3");
  CHECK(prepare.judge);
  CHECK(prepare.folder == "/tmp/x y");
  CHECK(prepare.element == "float64");
  CHECK(prepare.inputs == std::vector<TensorSizes>{{2, 4}, {4, 3}});
  CHECK(request_back(RunCase{7}).runs == 7);
  const RunGuide guide = request_back(RunGuide{4096, 5, 10});
  CHECK(guide.size == 4096);
  CHECK(guide.warm_ups == 5);
  CHECK(guide.runs == 10);
}

TEST_CASE("replies come out as they went in") {
  CHECK(reply_back(WorkerReady{"2.15.0+cpu", 4}).version == "2.15.0+cpu");
  CHECK(reply_back(CaseRefused{"no eigh"}).reason == "no eigh");
  CHECK(reply_back(CaseFailed{"it broke"}).message == "it broke");
  const Sample sample = reply_back(Sample{0.25, 0.125, 3});
  CHECK(sample.seconds == 0.25);
  CHECK(sample.waited == 0.125);
  CHECK(sample.switches == 3);
  CHECK_FALSE(reply_back(CaseReady{}).error);
  const auto error = reply_back(CaseReady{ErrorMeasurement{"max |x|", 0.5, 1, "all is wrong"}}).error;
  REQUIRE(error);
  CHECK(error->measure == "max |x|");
  CHECK(error->value == 0.5);
  CHECK(error->limit == 1);
  CHECK(error->diagnosis == "all is wrong");
}

TEST_CASE("an infinite error stays one, and never holds") {
  const auto error = reply_back(CaseReady{ErrorMeasurement{"max |x|", INFINITY, 1, "no number"}}).error;
  REQUIRE(error);
  CHECK(std::isinf(error->value));
  CHECK_FALSE(error->holds());
}

TEST_CASE("a line is one line whatever stands in it") {
  const std::string line = write_reply(CaseFailed{"first\nsecond\xff"});
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(reply_back(CaseFailed{"first\nsecond"}).message == "first\nsecond");
}

TEST_CASE("foreign lines are refused or harmless") {
  for (const char* line : {"", "nonsense", "[]", "{}", "3", "{\"do\":\"prepare\"}", "{\"prepared\":"}) {
    const auto reply = read_reply(line);
    CAPTURE(line);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().kind == ErrorKind::validation);
    CHECK(reply.error().message == "the worker's line `" + std::string(line) + "` is none of its protocol");
  }
  CHECK(std::get<Sample>(*read_reply(R"({"seconds":-1,"waited":"x","switches":1e300})")).seconds == 0);
  CHECK(std::get<Sample>(*read_reply(R"({"seconds":null})")).seconds == 0);
  CHECK(std::get<CaseFailed>(*read_reply("{\"failed\":\"" + std::string(100'000, 'x') + "\"}")).message.size() == 2000);
  CHECK(read_reply(std::string(5000, '[')).error().message.size() < 300);
  CHECK_FALSE(read_request("{\"do\":\"leave\"}"));
  CHECK(std::get<RunCase>(*read_request("{\"do\":\"run\",\"runs\":0}")).runs == 1);
  CHECK(std::get<PrepareCase>(*read_request(R"({"do":"prepare","inputs":[[1,"x"],3]})")).inputs == std::vector<TensorSizes>{{1}, {}});
}
