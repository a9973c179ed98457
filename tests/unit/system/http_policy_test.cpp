#include "torchup/system/http_policy.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace torchup;
using std::chrono::milliseconds;

namespace {

const std::chrono::system_clock::time_point k_now = std::chrono::system_clock::from_time_t(784'111'777);  // Sun, 06 Nov 1994 08:49:37 GMT

HttpCompletion answered(int status, std::vector<HttpHeader> headers = {}) {
  HttpResponse response;
  response.status = status;
  response.headers = std::move(headers);
  return {1, std::move(response)};
}

HttpCompletion broken(bool transient) { return {1, failure({ErrorKind::network, "broken", {}, {}}), transient}; }

milliseconds pause(unsigned attempt, const HttpCompletion& completion, double random = 0) {
  return retry_pause(RetryPolicy{}, attempt, completion, k_now, random);
}

milliseconds pause_after(const std::string& retry_after) { return pause(2, answered(429, {{"retry-after", retry_after}})); }

std::string target(const std::string& base, const std::string& reference) {
  const auto url = link_target(*Url::parse(base), reference);
  return url ? (url->has_credentials() ? url->userinfo() + "@ " : "") + url->text() : "error: " + url.error().message;
}

}  // namespace

TEST_CASE("of all statuses only those that pass are tried again") {
  std::set<int> tried;
  for (int status = 100; status < 600; ++status) {
    if (worth_retrying(answered(status))) tried.insert(status);
  }
  CHECK(tried == std::set<int>{408, 429, 500, 502, 503, 504});
  CHECK(worth_retrying(broken(true)));
  CHECK_FALSE(worth_retrying(broken(false)));
}

TEST_CASE("the pause doubles, never passes the longest, and is spread") {
  CHECK(pause(2, broken(true)) == milliseconds(500));
  CHECK(pause(3, broken(true)) == milliseconds(1000));
  CHECK(pause(5, broken(true)) == milliseconds(4000));
  CHECK(pause(4'000'000'000, broken(true)) == milliseconds(60'000));
  CHECK(pause(3, broken(true), 0.5) == milliseconds(750));
}

TEST_CASE("Retry-After is kept up to the longest pause") {
  CHECK(pause_after("0") == milliseconds(0));
  CHECK(pause_after("7") == milliseconds(7000));
  CHECK(pause_after("3600") == milliseconds(60'000));
  CHECK(pause_after("1000000000000000000") == milliseconds(60'000));
  CHECK(pause_after("100000000000000000000000") == milliseconds(60'000));
  CHECK(pause_after("Sun, 06 Nov 1994 08:49:40 GMT") == milliseconds(3000));
  CHECK(pause_after("Sun, 06 Nov 1994 08:00:00 GMT") == milliseconds(0));
  CHECK(pause_after("Fri, 06 Nov 2065 08:49:37 GMT") == milliseconds(60'000));
  CHECK(pause_after("Wed, 15 Nov 0023 00:00:00 GMT") == milliseconds(0));
  CHECK(pause_after("Wed, 15 Nov 9999 00:00:00 GMT") == milliseconds(60'000));
  CHECK(pause_after("-1") == milliseconds(500));
  CHECK(pause_after("soon") == milliseconds(500));
  CHECK(pause_after("") == milliseconds(500));
}

TEST_CASE("a link's credentials are the base's, and only for its origin") {
  CHECK(target("https://me:pw@index.example/simple/a/", "../b/?c=d#e") == "me:pw@ https://index.example/simple/b/?c=d");
  CHECK(target("https://me:pw@index.example/simple/", "https://index.example:443//x") == "me:pw@ https://index.example//x");
  CHECK(target("https://me:pw@index.example/simple/", "https://other:secret@index.example/x") == "me:pw@ https://index.example/x");
  CHECK(target("https://me:pw@index.example/simple/", "https://index.example:8443/x") == "https://index.example:8443/x");
  CHECK(target("https://me:pw@index.example/simple/", "//evil.example/x") == "https://evil.example/x");
  CHECK(target("https://index.example/simple/", "https://a:b@files.example/x") == "https://files.example/x");
}

TEST_CASE("a link leads to no weaker scheme") {
  CHECK(target("http://index.example/", "https://index.example/x") == "https://index.example/x");
  CHECK(target("https://index.example/", "http://index.example/x") ==
        "error: `https://index.example/` leads to `http://index.example/x`, which is not https");
  CHECK(target("https://index.example/", "file:///etc/passwd") ==
        "error: `https://index.example/` leads to `file:///etc/passwd`, which is not https");
  CHECK(target("http://index.example/", "file:///etc/passwd") ==
        "error: `http://index.example/` leads to `file:///etc/passwd`, which is not https");
  CHECK(target("https://index.example/", "ftp://index.example/x") ==
        "error: `https://index.example/` holds a link that is no http or https URL");
  CHECK(target("https://index.example/", "/a\r\nX: y") == "error: `https://index.example/` holds a link that is no http or https URL");
}

TEST_CASE("a redirect needs a place to lead to") {
  const auto from = *Url::parse("https://index.example/a");
  CHECK(redirect_target(from, *answered(302, {{"location", "b"}}).response)->text() == "https://index.example/b");
  CHECK(redirect_target(from, *answered(302).response).error().message == "`https://index.example/a` answers with a redirect to nowhere");
  CHECK(is_redirect(*answered(307).response));
  CHECK_FALSE(is_redirect(*answered(304).response));
}

TEST_CASE("Content-Range is read strictly") {
  CHECK(parse_content_range("bytes 0-9/10") == ContentRange{0, 9, 10});
  CHECK(parse_content_range("bytes 5-9/1000000000000") == ContentRange{5, 9, 1'000'000'000'000});
  for (const char* wrong :
       {"", "bytes */10", "bytes 0-9/*", "bytes 9-5/10", "bytes 0-10/10", "0-9/10", "bytes 0-9", "bytes -9/10", "bytes 0-9/10 "}) {
    INFO(wrong);
    CHECK_FALSE(parse_content_range(wrong));
  }
}
