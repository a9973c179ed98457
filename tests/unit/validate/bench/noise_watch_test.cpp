#include "src/validate/bench/noise_watch.hpp"

#include "src/validate/bench/stopwatch.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

TEST_CASE("counters are read out of the kernel's texts") {
  CHECK(pressure_seconds("some avg10=76.74 avg60=51.88 avg300=28.89 total=275767674\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n") ==
        Approx(275.767674));
  CHECK(stolen_seconds("cpu  1 2 3 4 5 6 7 250 0 0\ncpu0 9 9 9 9 9 9 9 9 0 0\n", 100) == Approx(2.5));
  CHECK(throttlings("nr_periods 12\nnr_throttled 7\nthrottled_usec 100\n") == 7);
  CHECK(seconds_in_queue("1500 2500000000 12\n") == Approx(2.5));
}

TEST_CASE("what the kernel does not tell counts as nothing") {
  for (const char* text : {"", "x", "some", "cpu ", "cpu  1 2 3", "nr_throttled", "5", "total="}) {
    CAPTURE(text);
    CHECK(pressure_seconds(text) == 0);
    CHECK(stolen_seconds(text, 100) == 0);
    CHECK(throttlings(text) == 0);
    CHECK(seconds_in_queue(text) == 0);
  }
  CHECK(stolen_seconds("cpu  1 2 3 4 5 6 7 250 0 0", 0) == 0);
}

TEST_CASE("only what is worth telling is told") {
  CHECK(describe_noise({}, {.at = 10}).empty());
  CHECK(describe_noise({.pressure_seconds = 5, .at = 100}, {.pressure_seconds = 5.4, .at = 110}).empty());
  CHECK(describe_noise({.pressure_seconds = 5, .at = 100}, {.pressure_seconds = 12, .stolen_seconds = 1, .throttlings = 3, .at = 110}) ==
        "something waited for a processor 70 % of the time, the hypervisor took 10 % of a processor, the processor quota was used up 3 "
        "times");
  CHECK(describe_noise({.at = 5}, {.pressure_seconds = 9, .at = 5}).empty());  // no time passed
}

TEST_CASE("a stopwatch counts waiting within its time") {
  const Stopwatch watch;
  volatile double sum = 0;
  for (int i = 0; i < 3'000'000; ++i) sum = sum + 1;
  const Sample sample = watch.sample();
  CHECK(sample.seconds > 0);
  CHECK(sample.waited >= 0);
  CHECK(sample.seconds - sample.waited > 0);
}
