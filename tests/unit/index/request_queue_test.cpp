#include "src/index/request_queue.hpp"

#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;
using std::chrono::milliseconds;

namespace {

FakeAnswer status(int code, std::vector<HttpHeader> headers = {}) { return {.status = code, .headers = std::move(headers)}; }
FakeAnswer redirect(const std::string& to) { return status(302, {{"location", to}}); }

FakeTransport::Handler always(FakeAnswer answer) {
  return [answer = std::move(answer)](const HttpRequest&) { return answer; };
}

struct Fixture {
  FakeTransport transport;
  Cancellation cancellation;
  StillClock time;
  RequestQueue queue{transport, cancellation, time.clock()};

  Result<Fetched> get(const std::string& url) {
    std::optional<Result<Fetched>> got;
    queue.get({url_of(url)}, [&](Result<Fetched> result) { got = std::move(result); });
    REQUIRE(queue.drive());
    REQUIRE(got);
    CHECK(queue.idle());
    return *std::move(got);
  }
};

const std::string k_a = "https://index.example/a";

}  // namespace

TEST_CASE("redirects are followed and told, with credentials for their origin only") {
  Fixture on;
  on.transport.serve(k_a, redirect("/b"));
  on.transport.serve("https://index.example/b", redirect("https://files.example/c"));
  on.transport.serve("https://files.example/c", {.body = "content"});
  const auto got = on.get("https://me:pw@index.example/a");
  REQUIRE(got);
  CHECK(got->url.text() == "https://files.example/c");
  CHECK(got->response.body == "content");
  REQUIRE(on.transport.requests().size() == 3);
  CHECK(on.transport.requests()[1].url.userinfo() == "me:pw");
  CHECK_FALSE(on.transport.requests()[2].url.has_credentials());
}

TEST_CASE("a redirect loop ends after ten") {
  Fixture on;
  on.transport.serve(k_a, redirect(k_a));
  CHECK(on.get(k_a).error().message == "`https://index.example/a` redirects more than 10 times");
  CHECK(on.transport.asked().size() == 11);
}

TEST_CASE("a redirect out of https is refused and not asked") {
  Fixture on;
  on.transport.serve(k_a, redirect("http://index.example/a"));
  CHECK(on.get(k_a).error().message == "`https://index.example/a` leads to `http://index.example/a`, which is not https");
  CHECK(on.transport.asked().size() == 1);
}

TEST_CASE("a busy server is asked again after growing pauses") {
  Fixture on;
  on.transport.script(k_a, {always(status(503)), always(status(500)), always({.body = "x"})});
  CHECK(on.get(k_a)->response.body == "x");
  CHECK(*on.time.slept == milliseconds(1500));
  CHECK(on.queue.counts().requests == 3);
  CHECK(on.queue.counts().retries == 2);
}

TEST_CASE("Retry-After sets the pause") {
  Fixture on;
  on.transport.script(k_a, {always(status(429, {{"retry-after", "7"}})), always({.body = "x"})});
  CHECK(on.get(k_a));
  CHECK(*on.time.slept == milliseconds(7000));
}

TEST_CASE("the fourth failure is the answer") {
  Fixture on;
  on.transport.serve(k_a, status(503));
  CHECK(on.get(k_a)->response.status == 503);
  CHECK(on.transport.asked().size() == 4);

  Fixture broken;
  broken.transport.serve(k_a, {.body = "0123456789", .cut_after = 5});
  const auto got = broken.get(k_a);
  REQUIRE_FALSE(got);
  CHECK(got.error().message == "the connection to `index.example` broke");
  CHECK(got.error().context == std::vector<std::string>{"in attempt 4 of 4"});
}

TEST_CASE("what will not change is not asked again") {
  for (const int code : {400, 401, 403, 404, 410, 416, 501}) {
    Fixture on;
    on.transport.serve(k_a, status(code));
    CHECK(on.get(k_a)->response.status == code);
    CHECK(on.transport.asked().size() == 1);
  }
}

TEST_CASE("one host that is down does not cost a retry for each of many requests") {
  Fixture on;
  on.transport.serve(k_a, status(503));
  int done = 0;
  for (int i = 0; i < 200; ++i) on.queue.get({url_of(k_a)}, [&](Result<Fetched>) { ++done; });
  while (!on.queue.idle()) REQUIRE(on.queue.drive());
  CHECK(done == 200);
  CHECK(on.transport.asked().size() == 300);
}

TEST_CASE("Ctrl-C ends a pause") {
  Fixture on;
  on.transport.serve(k_a, status(503));
  on.queue.get({url_of(k_a)}, [&](Result<Fetched>) { FAIL("it was done"); });
  on.transport.after_piece = {};
  on.cancellation.request();
  const auto driven = on.queue.drive();
  REQUIRE_FALSE(driven);
  CHECK(driven.error().kind == ErrorKind::interrupted);
}
