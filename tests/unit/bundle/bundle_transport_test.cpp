// A bundle in the network's place: what it answers, to whom, and that it asks nobody else.

#include "src/bundle/bundle_transport.hpp"

#include "tests/unit/bundle/made_bundle.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

struct Answered {
  explicit Answered(const std::string& content = "second wheel") {
    MadeBundle made;
    made.members[4].content = content;
    bundle = std::make_shared<const Bundle>(Bundle::open(folder.write("b.zip", made.build())).value());
    transport = std::make_unique<BundleTransport>(bundle, cancellation);
  }

  HttpCompletion get(const std::string& url, std::vector<HttpHeader> headers = {}) {
    transport->start({.url = Url::parse(url).value(), .headers = std::move(headers)});
    for (;;) {
      if (auto done = transport->next(std::chrono::milliseconds(1)).value()) return *std::move(done);
    }
  }

  /// "206 second bytes 0-5/12"
  std::string range(const std::string& header, std::vector<HttpHeader> more = {}) {
    more.push_back({"Range", header});
    const auto response = get(k_wheel, more).response.value();
    return std::to_string(response.status) + " " + response.body + " " + std::string(response.header("content-range").value_or(""));
  }

  static constexpr const char* k_wheel = "https://files.example/demo-2.0-py3-none-any.whl";
  TemporaryFolder folder;
  Cancellation cancellation;
  std::shared_ptr<const Bundle> bundle;
  std::unique_ptr<BundleTransport> transport;
};

}  // namespace

TEST_CASE("pages and wheels are answered whole") {
  Answered answered;
  const auto page = answered.get("https://index.example/simple/demo/").response.value();
  CHECK(page.status == 200);
  CHECK(page.body == R"({"files":[]})");
  CHECK(page.header("content-type") == "application/vnd.pypi.simple.v1+json");
  const auto wheel = answered.get(Answered::k_wheel).response.value();
  CHECK(wheel.status == 200);
  CHECK(wheel.body == "second wheel");
  CHECK(wheel.header("content-length") == "12");
  CHECK(wheel.header("etag") == "\"" + digest_of("second wheel").hex() + "\"");
  CHECK(answered.transport->pending() == 0);
}

TEST_CASE("ranges are answered as a server that knows them does") {
  Answered answered;
  CHECK(answered.range("bytes=0-5") == "206 second bytes 0-5/12");
  CHECK(answered.range("bytes=7-") == "206 wheel bytes 7-11/12");
  CHECK(answered.range("bytes=-5") == "206 wheel bytes 7-11/12");
  CHECK(answered.range("bytes=7-99") == "206 wheel bytes 7-11/12");
  CHECK(answered.range("bytes=-99") == "206 second wheel bytes 0-11/12");
  CHECK(answered.range("bytes=12-") == "416  ");
  for (const char* other : {"bytes=5-2", "bytes=", "bytes=-", "lines=1-2", "bytes=0-1,3-4", "bytes=a-b"})
    CHECK(answered.range(other) == "200 second wheel ");
  CHECK(answered.range("bytes=7-", {{"If-Range", "\"other\""}}) == "200 second wheel ");
  CHECK(answered.range("bytes=7-", {{"If-Range", "\"" + digest_of("second wheel").hex() + "\""}}) == "206 wheel bytes 7-11/12");
}

TEST_CASE("what is not in the bundle is not asked for elsewhere") {
  Answered answered;
  CHECK(answered.get("https://index.example/simple/other/").response.value().status == 404);
  const auto wheel = answered.get("https://files.example/other-1.0-py3-none-any.whl");
  REQUIRE(!wheel.response);
  CHECK(!wheel.transient);
  CHECK(wheel.response.error().kind == ErrorKind::network);
  CHECK(wheel.response.error().message ==
        "`https://files.example/other-1.0-py3-none-any.whl` is not in the bundle `" + (answered.folder.path() / "b.zip").string() + "`");
}

TEST_CASE("big members come in pieces, side by side, and can be cancelled") {
  Answered answered(std::string(3'500'000, 'x'));
  std::size_t first = 0, second = 0;
  const auto into = [](std::size_t& count) {
    return [&count](std::span<const std::byte> bytes) {
      count += bytes.size();
      return Status();
    };
  };
  const Url url = Url::parse(Answered::k_wheel).value();
  const auto one = answered.transport->start({.url = url, .sink = into(first)});
  const auto other = answered.transport->start({.url = url, .sink = into(second)});
  CHECK(!answered.transport->next(std::chrono::milliseconds(0)).value());
  CHECK(first == 1U << 20);
  CHECK(second == 0);
  CHECK(!answered.transport->next(std::chrono::milliseconds(0)).value());
  CHECK(second == 1U << 20);
  answered.transport->cancel(other);
  while (!answered.transport->next(std::chrono::milliseconds(1)).value()) continue;
  CHECK(first == 3'500'000);
  CHECK(second == 1U << 20);
  CHECK(one != other);
}

TEST_CASE("limits, a sink's failure and an interruption end a request") {
  Answered answered;
  const Url url = Url::parse(Answered::k_wheel).value();
  answered.transport->start({.url = url, .body_limit = 11});
  CHECK(answered.transport->next(std::chrono::milliseconds(1)).value()->response.error().message ==
        "`https://files.example/demo-2.0-py3-none-any.whl` is larger than 11 bytes");
  const auto refuse = [](std::span<const std::byte>) -> Status { return failure({ErrorKind::host, "full", {}, {}}); };
  answered.transport->start({.url = url, .sink = refuse});
  CHECK(answered.transport->next(std::chrono::milliseconds(1)).value()->response.error().message == "full");
  answered.transport->start({.url = url});
  answered.cancellation.request();
  CHECK(answered.transport->next(std::chrono::milliseconds(1)).error().kind == ErrorKind::interrupted);
}
