#include "torchup/system/http_transport.hpp"

#include "tests/support/loopback_server.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <set>

using namespace torchup;
using test::LoopbackServer;
using test::RawAnswer;

namespace {

using std::chrono::seconds;

RawAnswer raw(std::string bytes) { return {std::move(bytes), false}; }

std::string ok(const std::string& body, const std::string& headers = "") {
  return fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{}", headers, body.size(), body);
}

HttpSettings settings() {
  HttpSettings settings;
  settings.user_agent = "torchup-test/1";
  settings.connect_limit = seconds(5);
  settings.stall_limit = seconds(1);
  return settings;
}

Url url(const std::string& text) { return *Url::parse(text); }

/// The one completion of one request.
HttpCompletion get(HttpRequest request) {
  const Cancellation cancellation;
  const auto transport = make_curl_transport(settings(), cancellation);
  const auto id = transport->start(std::move(request));
  CHECK(transport->pending() == 1);
  auto next = transport->next(seconds(20));
  REQUIRE(next);
  REQUIRE(*next);
  CHECK((*next)->id == id);
  CHECK(transport->pending() == 0);
  return **std::move(next);
}

/// The completion of a request that a server answers with these bytes.
HttpCompletion get_raw(const std::string& bytes, std::uint64_t limit = 1000) {
  const LoopbackServer server([&](const std::string&) { return raw(bytes); });
  HttpRequest request{url(server.url("/x"))};
  request.body_limit = limit;
  return get(std::move(request));
}

}  // namespace

TEST_CASE("a response has its status, its headers in lower case, and its body") {
  const auto got = get_raw("HTTP/1.1 404 Not Found\r\nX-Answer:  yes \r\nContent-Length: 5\r\n\r\nhello");
  REQUIRE(got.response);
  CHECK(got.response->status == 404);
  CHECK(got.response->header("x-answer") == "yes");
  CHECK_FALSE(got.response->header("x-other"));
  CHECK(got.response->body == "hello");
}

TEST_CASE("the head comes before the first byte and the sink takes the body") {
  const LoopbackServer server([](const std::string&) { return raw(ok("0123456789")); });
  std::string events;
  HttpRequest request{url(server.url("/x"))};
  request.on_head = [&](const HttpResponse& head) -> Status {
    events += fmt::format("head {};", head.status);
    return {};
  };
  request.sink = [&](std::span<const std::byte> bytes) -> Status {
    events += std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  };
  const auto got = get(std::move(request));
  REQUIRE(got.response);
  CHECK(got.response->body.empty());
  CHECK(events == "head 200;0123456789");
}

TEST_CASE("interim heads are no answer") {
  const auto got = get_raw("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok("body"));
  REQUIRE(got.response);
  CHECK(got.response->status == 200);
  CHECK_FALSE(got.response->header("link"));
}

TEST_CASE("redirects are handed to the caller") {
  const auto got = get_raw("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(got.response);
  CHECK(got.response->status == 302);
  CHECK(got.response->header("location") == "file:///etc/passwd");
}

TEST_CASE("the request carries its headers and the URL's credentials, decoded, and nothing else") {
  const LoopbackServer server([](const std::string&) { return raw(ok("")); });
  HttpRequest request{url(fmt::format("http://me:p%40ss@127.0.0.1:{}/a%20b/../c?d=e", server.port()))};
  request.headers = {{"Accept", "text/x"}, {"X-Bad", "a\r\nX-Smuggled: 1"}};
  REQUIRE(get(std::move(request)).response);
  CHECK(server.heads() == std::vector<std::string>{fmt::format("GET /a%20b/../c?d=e HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
                                                               "Authorization: Basic bWU6cEBzcw==\r\n"
                                                               "User-Agent: torchup-test/1\r\nAccept: text/x\r\n\r\n",
                                                               server.port())});
}

TEST_CASE("a body that ends early is a transient failure") {
  const auto got = get_raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
  REQUIRE_FALSE(got.response);
  CHECK(got.transient);
  CHECK(got.response.error().kind == ErrorKind::network);
  CHECK_THAT(got.response.error().message, Catch::Matches("the answer of `127\\.0\\.0\\.1:[0-9]+` was cut short"));

  const auto chunked = get_raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n");
  CHECK_FALSE(chunked.response);
  CHECK(chunked.transient);
}

TEST_CASE("an impossible Content-Length is refused") {
  for (const std::string length : {"5\r\nContent-Length: 10", "99999999999999999999", "-5", "5x"}) {
    INFO(length);
    const auto got = get_raw(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n12345", length));
    REQUIRE_FALSE(got.response);
    CHECK(got.response.error().kind == ErrorKind::network);
  }
  const auto two = get_raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 10\r\n\r\n1234567890");
  CHECK(two.response.error().message == "`127.0.0.1` answered with the impossible Content-Length `10`");
}

TEST_CASE("the body limit counts what is handed on") {
  CHECK(get_raw(ok(std::string(1000, 'a')), 1000).response);
  const auto announced = get_raw(ok(std::string(1001, 'a')), 1000);
  REQUIRE_FALSE(announced.response);
  CHECK(announced.response.error().message == "the answer of `127.0.0.1` has 1001 bytes, more than the 1000 allowed");
  const auto unannounced = get_raw("HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'a'), 1000);
  REQUIRE_FALSE(unannounced.response);
  CHECK(unannounced.response.error().message == "the answer of `127.0.0.1` has more than the 1000 bytes allowed");
  CHECK_FALSE(unannounced.transient);
}

TEST_CASE("gzip is decoded where it was offered and counted decoded") {
  // 10,000 zero bytes, compressed.
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x01\x0d\x00\x00\x00\xc2\xa0\xf7\x4f\x6d\x0e\x37"
      "\xa0\x00\x00\x00\x00\x00\x00\x00\x00\x00\xe0\xdf\x00\x2e\xca\x3b\x4d\x10\x27\x00\x00",
      45);
  const LoopbackServer server([&](const std::string&) { return raw(ok(packed, "Content-Encoding: gzip\r\n")); });
  HttpRequest request{url(server.url("/x"))};
  request.accept_compressed = true;
  const auto got = get(request);
  REQUIRE(got.response);
  CHECK(got.response->body == std::string(10'000, '\0'));
  CHECK_THAT(server.heads().front(), Catch::Contains("Accept-Encoding: gzip\r\n"));

  request.body_limit = 9'999;
  CHECK(get(request).response.error().message == "the answer of `127.0.0.1` has more than the 9999 bytes allowed");

  request.accept_compressed = false;
  CHECK(get(request).response.error().message == "`127.0.0.1` answered with the encoding `gzip`, which was not asked for");
}

TEST_CASE("what is not HTTP is told so") {
  const auto got = get_raw("SSH-2.0-OpenSSH_9.2\r\n");
  REQUIRE_FALSE(got.response);
  CHECK_THAT(got.response.error().message, Catch::Matches("`127\\.0\\.0\\.1:[0-9]+` does not answer in HTTP"));
  const auto nothing = get_raw("");
  CHECK(nothing.transient);
  CHECK_THAT(nothing.response.error().message, Catch::Matches("`127\\.0\\.0\\.1:[0-9]+` closed the connection without an answer"));
}

TEST_CASE("endless headers are refused") {
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 2000; ++i) bytes += fmt::format("X-{}: y\r\n", i);
  CHECK(get_raw(bytes + "\r\n").response.error().message == "`127.0.0.1` sent more headers than any answer needs");
}

TEST_CASE("a server that stalls is left") {
  const LoopbackServer server([](const std::string&) { return RawAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12", true}; });
  const auto got = get({url(server.url("/x"))});
  REQUIRE_FALSE(got.response);
  CHECK(got.transient);
  CHECK_THAT(got.response.error().message, Catch::Matches("`127\\.0\\.0\\.1:[0-9]+` sent less than 1 kB/s for 1 s"));
}

TEST_CASE("a refused connection names host, port and reason, never the password") {
  std::uint16_t port = 0;
  {
    const LoopbackServer gone([](const std::string&) { return raw(""); });
    port = gone.port();
  }
  const auto got = get({url(fmt::format("http://me:s3cr3t@127.0.0.1:{}/x", port))});
  REQUIRE_FALSE(got.response);
  CHECK(got.transient);
  CHECK(got.response.error() == Error{ErrorKind::network,
                                      fmt::format("cannot connect to `127.0.0.1:{}`: Connection refused", port),
                                      {},
                                      {"check the network connection; behind a proxy, set HTTPS_PROXY"}});
}

TEST_CASE("a host that does not exist is told so") {
  const auto got = get({url("https://torchup-test.invalid/x")});
  REQUIRE_FALSE(got.response);
  CHECK(got.response.error().message == "cannot resolve `torchup-test.invalid`");
}

TEST_CASE("TLS to a server that speaks none fails for good") {
  const LoopbackServer server([](const std::string&) { return raw("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const auto got = get({url(fmt::format("https://127.0.0.1:{}/x", server.port()))});
  REQUIRE_FALSE(got.response);
  CHECK_FALSE(got.transient);
  CHECK_THAT(got.response.error().message, Catch::StartsWith(fmt::format("TLS to `127.0.0.1:{}` failed: ", server.port())));
}

TEST_CASE("a file is not the transport's business") {
  CHECK(get({url("file:///etc/hostname")}).response.error().message == "`file:///etc/hostname` is a file, not a web address");
}

TEST_CASE("a callback's failure or exception ends the request with it") {
  const LoopbackServer server([](const std::string&) { return raw(ok("body")); });
  HttpRequest refusing{url(server.url("/x"))};
  refusing.on_head = [](const HttpResponse&) -> Status { return failure({ErrorKind::integrity, "not this one", {}, {}}); };
  CHECK(get(refusing).response.error() == Error{ErrorKind::integrity, "not this one", {}, {}});

  HttpRequest throwing{url(server.url("/x"))};
  throwing.sink = [](std::span<const std::byte>) -> Status { throw std::runtime_error("thrown"); };
  CHECK(get(throwing).response.error().message == "a response could not be handled: thrown");
}

TEST_CASE("requests run side by side and each completes once") {
  const LoopbackServer server([](const std::string& head) { return raw(ok(head.substr(5, 2))); });
  const Cancellation cancellation;
  const auto transport = make_curl_transport(settings(), cancellation);
  std::set<HttpRequestId> started;
  for (int i = 10; i < 40; ++i) started.insert(transport->start({url(server.url(fmt::format("/{}", i)))}));
  CHECK(server.heads().empty());
  std::set<std::string> bodies;
  while (transport->pending() > 0) {
    auto next = transport->next(seconds(20));
    REQUIRE(next);
    REQUIRE(*next);
    REQUIRE((*next)->response);
    CHECK(started.erase((*next)->id) == 1);
    bodies.insert((*next)->response->body);
  }
  CHECK(started.empty());
  CHECK(bodies.size() == 30);
  CHECK_FALSE(*transport->next(seconds(20)));
}

TEST_CASE("a cancelled request never completes, even from inside another's callback") {
  const LoopbackServer server([](const std::string& head) {
    return head.starts_with("GET /hang") ? RawAnswer{"HTTP/1.1 200 OK\r\n\r\nx", true} : raw(ok("done"));
  });
  const Cancellation cancellation;
  const auto transport = make_curl_transport(settings(), cancellation);
  const auto hanging = transport->start({url(server.url("/hang"))});
  const auto waiting = transport->start({url(server.url("/waiting"))});
  transport->cancel(waiting);
  HttpRequest request{url(server.url("/x"))};
  request.on_head = [&](const HttpResponse&) -> Status {
    transport->cancel(hanging);
    return {};
  };
  const auto id = transport->start(std::move(request));
  const auto next = transport->next(seconds(20));
  REQUIRE(next);
  REQUIRE(*next);
  CHECK((*next)->id == id);
  CHECK(transport->pending() == 0);
}

TEST_CASE("the limit passes without a completion, and Ctrl-C ends the waiting") {
  const LoopbackServer server([](const std::string&) { return RawAnswer{"", true}; });
  Cancellation cancellation;
  const auto transport = make_curl_transport(settings(), cancellation);
  transport->start({url(server.url("/x"))});
  const auto nothing = transport->next(std::chrono::milliseconds(1));
  REQUIRE(nothing);
  CHECK_FALSE(*nothing);
  cancellation.request();
  const auto interrupted = transport->next(seconds(20));
  REQUIRE_FALSE(interrupted);
  CHECK(interrupted.error().kind == ErrorKind::interrupted);
}
