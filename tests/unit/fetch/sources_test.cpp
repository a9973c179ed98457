#include "src/fetch/connection_limit.hpp"
#include "tests/unit/fetch/fetch_fixture.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

TEST_CASE_METHOD(Fetch, "what one source refuses, breaks off or alters comes from the next, with the bytes that are there") {
  const std::string second = "https://two.example/one-1-py3-none-any.whl", third = "https://three.example/one-1-py3-none-any.whl";
  want(k_content).request.other_sources = {Url::parse(second).value(), Url::parse(third).value()};
  const auto refusing = [](int status) { return [=](const auto&) { return FakeAnswer{.status = status}; }; };
  SECTION("refused") {
    transport.script(k_url, {refusing(403)});
    transport.script(second, {refusing(404)});
    transport.script(third, {file_server(k_content)});
    REQUIRE(fetch().has_value());
    CHECK(transport.asked() == std::vector{k_url, second, third});
  }
  SECTION("broken off for good") {
    transport.script(k_url, {breaking_server(k_content, 2000, "\"v1\""), refusing(503)});
    transport.script(second, {file_server(k_content)});
    REQUIRE(fetch().has_value());
    CHECK(transport.asked() ==
          std::vector{k_url, k_url + " bytes=2000-", k_url + " bytes=2000-", k_url + " bytes=2000-", second + " bytes=2000-"});
    CHECK(header_of(transport.requests().back(), "If-Range").empty());  // another server's tag says nothing
  }
  SECTION("altered") {
    transport.script(k_url, {file_server(content_of(3500, 'o'))});
    transport.script(second, {file_server(k_content)});
    REQUIRE(fetch().has_value());
    CHECK(transport.asked() == std::vector{k_url, k_url, second});
  }
  SECTION("begun by one that alters it") {
    transport.script(k_url, {breaking_server(content_of(3500, 'o'), 2000), refusing(404)});
    transport.script(second, {file_server(k_content)});
    REQUIRE(fetch().has_value());
    CHECK(transport.asked() == std::vector{k_url, k_url + " bytes=2000-", second + " bytes=2000-", second});
  }
  SECTION("all of them") {
    transport.script(k_url, {refusing(404)});
    transport.script(second, {refusing(404)});
    transport.script(third, {refusing(401)});
    const Error error = failed();
    CHECK(error.message == "`three.example` refuses access to wheel `one-1-py3-none-any.whl` (401)");
    CHECK(error.context == std::vector<std::string>{"as the last of 3 places to fetch it from", "while fetching wheels, 0 of 1 done"});
    return;
  }
  CHECK(got == std::vector{k_content});
}

TEST_CASE_METHOD(Fetch, "a poor line gets fewer downloads at once") {
  options.at_once = 4;
  std::vector<std::size_t> beside;  // how many others were under way at each answer
  for (const char first : {'a', 'b', 'c', 'd'}) {
    const std::string content = content_of(3000, first);
    const std::string url = std::string("https://files.example/") + first + ".whl";
    const auto busy = [&](const HttpRequest&) {
      beside.push_back(transport.pending());
      return FakeAnswer{.status = 503};
    };
    const auto serving = [&, content](const HttpRequest& request) {
      beside.push_back(transport.pending());
      return file_server(content)(request);
    };
    transport.script(url, {busy, serving});
    want(content, url);
  }
  REQUIRE(fetch().has_value());
  REQUIRE(beside.size() == 8);
  CHECK(std::vector(beside.begin(), beside.begin() + 5) == std::vector<std::size_t>{3, 2, 1, 0, 0});
  CHECK(*std::max_element(beside.begin() + 5, beside.end()) <= 2);
}

TEST_CASE("a limit of connections is halved by breaks, and grows by what came whole") {
  ConnectionLimit limit(5);
  std::vector<std::size_t> seen = {limit.now()};
  for (int i = 0; i < 4; ++i) {
    limit.broken();
    seen.push_back(limit.now());
  }
  for (int i = 0; i < 5; ++i) {
    limit.whole();
    seen.push_back(limit.now());
  }
  CHECK(seen == std::vector<std::size_t>{5, 2, 1, 1, 1, 2, 3, 4, 5, 5});
  CHECK(ConnectionLimit(0).now() == 1);
}
