#include "src/fetch/fetch_artifacts.hpp"

#include "torchup/system/hash.hpp"

#include "src/fetch/connection_limit.hpp"
#include "tests/unit/fetch/fetch_fixture.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

using namespace torchup;
using namespace torchup::test;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

TEST_CASE_METHOD(Fetch, "wheels come whole, the biggest first") {
  const std::string small = content_of(10, 's');
  const std::string middle = content_of(20'000, 'm');
  const std::string big = content_of(3'000'000, 'b');
  const auto serve = [&](const std::string& name, const std::string& content) {
    const std::string url = "https://files.example/" + name;
    transport.script(url, {file_server(content)});
    want(content, url);
  };
  serve("small.whl", small);
  serve("big.whl", big);
  serve("middle.whl", middle);
  const auto report = fetch();
  REQUIRE(report.has_value());
  CHECK(report->downloaded_bytes == 3'020'010);
  CHECK(report->resumed_bytes == 0);
  CHECK(transport.asked() ==
        std::vector<std::string>{"https://files.example/big.whl", "https://files.example/middle.whl", "https://files.example/small.whl"});
  CHECK(std::ranges::is_permutation(got, std::vector{big, middle, small}));
}

TEST_CASE_METHOD(Fetch, "a big wheel comes on a connection of its own") {
  const std::vector<std::string> contents = {content_of(9'000'000), content_of(8'000'000)};
  for (const std::string& content : contents) {
    const std::string url = "https://files.example/" + std::to_string(content.size()) + ".whl";
    transport.script(url, {file_server(content)});
    want(content, url);
  }
  options.end_first_from = 100ULL << 20;
  REQUIRE(fetch().has_value());
  std::map<std::string, bool> own;
  for (const HttpRequest& request : transport.requests()) own[request.url.filename()] = request.own_connection;
  CHECK(own == std::map<std::string, bool>{{"9000000.whl", true}, {"8000000.whl", false}});
}

TEST_CASE_METHOD(Fetch, "downloads share the limit of what may come a second") {
  want(k_content);
  want(content_of(10), "https://files.example/two.whl");
  transport.script(k_url, {file_server(k_content)});
  transport.script("https://files.example/two.whl", {file_server(content_of(10))});
  options.at_once = 4;
  options.bytes_per_second = 1'000'001;
  REQUIRE(fetch().has_value());
  CHECK(transport.requests().front().bytes_per_second == 500'000);
}

TEST_CASE_METHOD(Fetch, "a broken connection is gone on with where it broke, under the same ETag") {
  want(k_content);
  transport.script(k_url, {breaking_server(k_content, 2000, "\"v1\""), file_server(k_content, "\"v1\"")});
  REQUIRE(fetch().value().downloaded_bytes == k_content.size());
  CHECK(got == std::vector{k_content});
  CHECK(transport.asked() == std::vector<std::string>{k_url, k_url + " bytes=2000-"});
  CHECK(header_of(transport.requests()[1], "If-Range") == "\"v1\"");
}

TEST_CASE_METHOD(Fetch, "a weak ETag is not offered for a range") {
  want(k_content);
  transport.script(k_url, {breaking_server(k_content, 2000, "W/\"v1\""), file_server(k_content)});
  REQUIRE(fetch().has_value());
  CHECK(header_of(transport.requests()[1], "Range") == "bytes=2000-");
  CHECK(header_of(transport.requests()[1], "If-Range").empty());
}

TEST_CASE_METHOD(Fetch, "a part file from an earlier run is gone on with and hashed whole") {
  const FetchItem& item = want(k_content);
  transport.script(k_url, {file_server(k_content)});
  SECTION("sound") {
    folder.write(item.part.filename().string(), k_content.substr(0, 1234));
    const FetchReport report = fetch().value();
    CHECK(report.resumed_bytes == 1234);
    CHECK(report.downloaded_bytes == k_content.size() - 1234);
    CHECK(transport.asked() == std::vector<std::string>{k_url + " bytes=1234-"});
  }
  SECTION("poisoned: the wrong digest shows, and one fresh download heals it") {
    folder.write(item.part.filename().string(), "poison");
    CHECK(fetch().value().resumed_bytes == 0);
    CHECK(transport.asked() == std::vector<std::string>{k_url + " bytes=6-", k_url});
  }
  SECTION("complete") {
    folder.write(item.part.filename().string(), k_content);
    CHECK(fetch().value().downloaded_bytes == 0);
    CHECK(transport.asked().empty());
  }
  SECTION("longer than the wheel") {
    folder.write(item.part.filename().string(), k_content + "more");
    CHECK(fetch().value().downloaded_bytes == k_content.size());
    CHECK(transport.asked() == std::vector<std::string>{k_url});
  }
  CHECK(got == std::vector{k_content});
}

TEST_CASE_METHOD(Fetch, "a server that does not go on where asked is started over with") {
  const FetchItem& item = want(k_content);
  folder.write(item.part.filename().string(), k_content.substr(0, 1000));
  FakeAnswer strange{.status = 206, .headers = {{"content-range", "bytes 900-3499/3500"}}, .body = k_content.substr(900)};
  SECTION("ignores the range") { transport.serve(k_url, {.body = k_content}); }
  SECTION("another start") {
    transport.script(k_url, {[=](const auto&) { return strange; }, file_server(k_content)});
  }
  SECTION("another total") {
    strange.headers = {{"content-range", "bytes 1000-3499/3600"}};
    transport.script(k_url, {[=](const auto&) { return strange; }, file_server(k_content)});
  }
  SECTION("no Content-Range") {
    strange.headers.clear();
    transport.script(k_url, {[=](const auto&) { return strange; }, file_server(k_content)});
  }
  SECTION("416") {
    transport.script(k_url, {[](const auto&) { return FakeAnswer{.status = 416}; }, file_server(k_content)});
  }
  REQUIRE(fetch().has_value());
  CHECK(got == std::vector{k_content});
}

TEST_CASE_METHOD(Fetch, "a body cut short without a word is noticed and gone on with") {
  want(k_content);
  FakeAnswer cut{.body = k_content, .cut_after = 700, .claims_success = true};
  transport.script(k_url, {[=](const auto&) { return cut; }, file_server(k_content)});
  REQUIRE(fetch().has_value());
  CHECK(got == std::vector{k_content});
  CHECK(transport.asked() == std::vector<std::string>{k_url, k_url + " bytes=700-"});
}

TEST_CASE_METHOD(Fetch, "attempts count from the last progress") {
  want(k_content);
  SECTION("every one brings something") {
    transport.script(k_url, {breaking_server(k_content, 500)});
    REQUIRE(fetch().has_value());
    CHECK(transport.asked().size() == 7);
  }
  SECTION("none brings anything") {
    transport.script(k_url, {breaking_server(k_content, 0)});
    const Error error = failed();
    CHECK(error.kind == ErrorKind::network);
    CHECK(error.message == "the connection to `files.example` broke");
    CHECK(error.context ==
          std::vector<std::string>{"after 3 requests for wheel `one-1-py3-none-any.whl`", "while fetching wheels, 0 of 1 done"});
    CHECK(transport.asked().size() == 3);
  }
  SECTION("the server is busy, then not") {
    const auto busy = [](const auto&) { return FakeAnswer{.status = 503}; };
    transport.script(k_url, {busy, busy, file_server(k_content)});
    CHECK(fetch().has_value());
  }
  SECTION("the server stays busy") {
    transport.serve(k_url, {.status = 429});
    CHECK(failed().message == "`files.example` answers 429 for wheel `one-1-py3-none-any.whl`");
    CHECK(transport.asked().size() == 3);
  }
}

TEST_CASE_METHOD(Fetch, "what will not get better is said at once") {
  want(k_content);
  const auto message = [&](FakeAnswer answer) {
    transport.serve(k_url, std::move(answer));
    return failed().message;
  };
  SECTION("404") { CHECK(message({.status = 404}) == "wheel `one-1-py3-none-any.whl` is not at `" + k_url + "` any more (404)"); }
  SECTION("403") { CHECK(message({.status = 403}) == "`files.example` refuses access to wheel `one-1-py3-none-any.whl` (403)"); }
  SECTION("a login page") {
    CHECK(message({.headers = {{"content-type", "text/html; charset=utf-8"}}, .body = "<html>"}) ==
          "`files.example` answers with a web page instead of wheel `one-1-py3-none-any.whl`");
  }
  SECTION("encoded") {
    CHECK(message({.headers = {{"content-encoding", "gzip"}}, .body = "x"}) ==
          "`files.example` sends wheel `one-1-py3-none-any.whl` encoded as `gzip`");
  }
  SECTION("another length") {
    CHECK(message({.headers = {{"content-length", "3501"}}, .body = k_content + "x"}) ==
          "wheel `one-1-py3-none-any.whl` has 3501 bytes at `" + k_url + "`, and the lock says 3500");
  }
  SECTION("more than announced") {
    CHECK(message({.body = k_content + "x"}) == "`" + k_url + "` sends more than the 3500 bytes of wheel `one-1-py3-none-any.whl`");
  }
  CHECK(transport.asked().size() == 1);
}

TEST_CASE_METHOD(Fetch, "a wrong digest is tried once more, then named with both values and the URL, and nothing is kept") {
  const std::string other = content_of(3500, 'o');
  const FetchItem item = want(k_content);
  SECTION("twice") {
    transport.script(k_url, {file_server(other)});
    const Error error = failed();
    CHECK(error.kind == ErrorKind::integrity);
    CHECK(error.message == "wheel `one-1-py3-none-any.whl` from `" + k_url + "` does not match the lock: sha256 is `" +
                               digest_of(other).hex() + "`, expected `" + digest_of(k_content).hex() + "`");
    CHECK_FALSE(fs::exists(item.part));
  }
  SECTION("once") {
    transport.script(k_url, {file_server(other), file_server(k_content)});
    CHECK(fetch().has_value());
    CHECK(got == std::vector{k_content});
  }
  CHECK(transport.asked() == std::vector<std::string>{k_url, k_url});
}

TEST_CASE_METHOD(Fetch, "redirects are followed, with the range, and not for ever") {
  const std::string mirror = "https://mirror.example/a";
  want(k_content);
  const auto to = [](const std::string& target) {
    return [=](const auto&) { return FakeAnswer{.status = 302, .headers = {{"location", target}}}; };
  };
  SECTION("to another host") {
    transport.script(k_url, {to(mirror)});
    transport.script(mirror, {breaking_server(k_content, 3000), file_server(k_content)});
    REQUIRE(fetch().has_value());
    CHECK(got == std::vector{k_content});
    CHECK(transport.asked() == std::vector<std::string>{k_url, mirror, k_url + " bytes=3000-", mirror + " bytes=3000-"});
  }
  SECTION("in a circle") {
    transport.script(k_url, {to(k_url)});
    CHECK(failed().message == "`" + k_url + "` leads to more than 10 redirects");
  }
}

TEST_CASE_METHOD(Fetch, "an interruption leaves the part file, and the next run goes on with it") {
  const FetchItem item = want(k_content);
  transport.script(k_url, {file_server(k_content)});
  int pieces = 0;
  transport.after_piece = [&] {
    if (++pieces == 2) cancellation.request();
  };
  CHECK(failed().kind == ErrorKind::interrupted);
  CHECK(fs::exists(item.part));
  CHECK(k_content.starts_with(read_text(item.part)));
  CHECK(transport.pending() == 0);
}

TEST_CASE_METHOD(Fetch, "the caller's failure ends the fetching, and nothing stays asked for") {
  want(k_content);
  want(content_of(10), "https://files.example/two.whl");
  const FetchEvents events{.whole = [](std::size_t, const std::shared_ptr<PartFile>&) -> Status { return {}; },
                           .poll = []() -> Status {
                             return failure({ErrorKind::integrity, "unpacking failed", {}, {}});
                           }};
  const auto report = fetch_artifacts(items, transport, options, lanes, diagnostics, cancellation, events);
  CHECK(report.error().message == "unpacking failed");
  CHECK(transport.pending() == 0);
}

TEST_CASE_METHOD(Fetch, "two fetches of one wheel at a time do not write into one file") {
  const FetchItem item = want(k_content);
  transport.script(k_url, {file_server(k_content)});
  const FileDescriptor other = FileDescriptor::open(item.part, O_RDWR | O_CREAT).value();
  REQUIRE(other.try_lock().value());
  REQUIRE(fetch().has_value());
  CHECK(got == std::vector{k_content});
  CHECK(read_text(item.part).empty());
}

TEST_CASE_METHOD(Fetch, "sizes that the lock does not have are asked for, with a byte each") {
  FetchItem& item = want(k_content);
  const auto learn = [&](FakeTransport::Handler handler) {
    item.request.file.size.reset();
    transport.script(k_url, {std::move(handler)});
    REQUIRE(learn_sizes(items, transport, cancellation).has_value());
    return item.request.file.size;
  };
  CHECK(learn(file_server(k_content)) == 3500);
  CHECK(transport.asked() == std::vector<std::string>{k_url + " bytes=0-0"});
  CHECK(learn([](const auto&) { return FakeAnswer{.headers = {{"content-length", "3500"}}, .body = k_content}; }) == 3500);
  CHECK(learn([](const auto&) { return FakeAnswer{.body = k_content}; }) == std::nullopt);
  CHECK(learn([](const auto&) { return FakeAnswer{.headers = {{"content-length", "99999999999999999999"}}}; }) == std::nullopt);
  CHECK(learn([](const auto&) { return FakeAnswer{.status = 404}; }) == std::nullopt);
  transport.script("https://mirror.example/a", {file_server(k_content)});
  CHECK(learn([](const auto&) { return FakeAnswer{.status = 307, .headers = {{"location", "https://mirror.example/a"}}}; }) == 3500);
}

TEST_CASE_METHOD(Fetch, "a wheel of unknown size is taken as the server tells it") {
  want(k_content).request.file.size.reset();
  transport.script(k_url, {breaking_server(k_content, 1000), file_server(k_content)});
  REQUIRE(fetch().has_value());
  CHECK(got == std::vector{k_content});
}
