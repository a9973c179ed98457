#include "src/store/write_back.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>

using namespace torchup;
using namespace std::chrono_literals;

TEST_CASE("the disk is asked to write again and again until the end") {
  std::atomic<int> calls = 0;
  std::promise<void> third;
  WriteBack write_back(
      [&]() -> Status {
        if (++calls == 3) third.set_value();
        return {};
      },
      0ms);
  third.get_future().wait();
  CHECK(write_back.end());
  const int at_the_end = calls;
  CHECK(at_the_end >= 3);
  CHECK(write_back.end());  // once more is no mistake
  CHECK(calls == at_the_end);
}

TEST_CASE("a failed write-back is told at the end, and is the last") {
  std::atomic<int> calls = 0;
  std::promise<void> failed;
  WriteBack write_back(
      [&]() -> Status {
        ++calls;
        failed.set_value();  // a second call would throw
        return failure({ErrorKind::host, "the disk has lost a page", {}, {}});
      },
      0ms);
  failed.get_future().wait();
  const Status ended = write_back.end();
  REQUIRE_FALSE(ended);
  CHECK(ended.error().message == "the disk has lost a page");
  CHECK(calls == 1);
}

TEST_CASE("the end does not wait for the pause") {
  std::atomic<int> calls = 0;
  {
    WriteBack write_back(
        [&]() -> Status {
          ++calls;
          return {};
        },
        24h);
    CHECK(write_back.end());
  }
  CHECK(calls == 0);
}
