#include "src/index/index_client.hpp"

#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace torchup;
using namespace torchup::test;

namespace {

const std::string k_index = "https://index.example/simple/";
const std::string k_page = k_index + "demo/";

/// One cache, and a fresh client for each run of the program.
struct Fixture {
  TemporaryFolder folder;
  FakeTransport transport;
  Cancellation cancellation;
  StillClock time;
  KeptDiagnostics diagnostics;
  IndexCounts counts;

  Result<std::optional<ProjectPage>> page(Offline offline = Offline::no, const std::string& index = k_index) {
    IndexClient client({.cache = folder.path() / "index", .offline = offline}, transport, cancellation, diagnostics, time.clock());
    client.want_page(url_of(index), package("demo"));
    client.want_page(url_of(index), package("demo"));
    drive(client);
    counts = client.counts();
    const auto* got = client.page(url_of(index), package("demo"));
    if (got == nullptr) {  // the cached page was damaged, and is asked for
      drive(client);
      got = client.page(url_of(index), package("demo"));
    }
    REQUIRE(got != nullptr);
    return *got;
  }

  void serve(FakeAnswer answer) { transport.serve(k_page, std::move(answer)); }

  std::vector<std::filesystem::path> cached_files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
  }
};

FakeAnswer html(const std::string& body, std::vector<HttpHeader> headers = {}) {
  headers.push_back({"content-type", "text/html"});
  return {.headers = std::move(headers), .body = body};
}

const std::string k_anchor = "<a href='demo-1-py3-none-any.whl'>x</a>";

}  // namespace

TEST_CASE("a page is asked for once, by its normal name, in JSON first") {
  Fixture on;
  on.serve(
      {.headers = {{"content-type", "application/vnd.pypi.simple.v1+json"}}, .body = R"({"files":[{"filename":"a.whl","url":"a.whl"}]})"});
  CHECK((*on.page())->files.at(0).url.text() == k_page + "a.whl");
  CHECK((*on.page(Offline::no, "https://index.example/simple"))->files.size() == 1);
  REQUIRE(on.transport.asked() == std::vector<std::string>{k_page});
  CHECK(header_of(on.transport.requests()[0], "Accept") ==
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01");
}

TEST_CASE("an index whose path begins with two slashes is asked itself") {
  Fixture on;
  on.transport.serve("https://index.example//simple/demo/", html(k_anchor));
  CHECK((*on.page(Offline::no, "https://index.example//simple"))->files.size() == 1);
  CHECK(on.transport.asked() == std::vector<std::string>{"https://index.example//simple/demo/"});
}

TEST_CASE("a page is fresh for ten minutes, or for as long as it says") {
  for (const auto& [control, seconds] :
       std::vector<std::pair<std::string, int>>{{"", 600}, {"max-age=30, public", 30}, {"max-age=99999999999", 3600}, {"no-cache", 0}}) {
    INFO(control);
    Fixture on;
    on.serve(html(k_anchor, {{"cache-control", control}}));
    REQUIRE(on.page());
    *on.time.slept += std::chrono::seconds(seconds) - std::chrono::milliseconds(seconds > 0 ? 1000 : 0);
    REQUIRE(on.page());
    CHECK(on.transport.asked().size() == (seconds > 0 ? 1U : 2U));
    *on.time.slept += std::chrono::seconds(2);
    REQUIRE(on.page());
    CHECK(on.transport.asked().size() == (seconds > 0 ? 2U : 3U));
  }
}

TEST_CASE("a stale page is confirmed by its ETag, or by its date") {
  Fixture on;
  on.transport.script(k_page, {[](const HttpRequest&) {
                                 return html(k_anchor, {{"etag", "\"7\""}, {"last-modified", "yesterday"}});
                               },
                               [](const HttpRequest& request) {
                                 CHECK(header_of(request, "If-None-Match") == "\"7\"");
                                 CHECK(header_of(request, "If-Modified-Since").empty());
                                 return FakeAnswer{.status = 304};
                               }});
  REQUIRE(on.page());
  *on.time.slept += std::chrono::hours(1);
  CHECK((*on.page())->files.size() == 1);
  CHECK(on.counts.page_confirmed == 1);
  CHECK((*on.page())->files.size() == 1);  // fresh again
  CHECK(on.transport.asked().size() == 2);
}

TEST_CASE("offline takes a page however old, and names the one that is missing") {
  Fixture on;
  on.serve(html(k_anchor));
  const auto missing = on.page(Offline::yes);
  REQUIRE_FALSE(missing);
  CHECK(missing.error() ==
        Error{ErrorKind::network,
              "the index page of `demo` is not in the cache, and `--offline` forbids to ask `https://index.example/simple/demo/`",
              {},
              {"run the same command once without `--offline`"}});
  REQUIRE(on.page());
  *on.time.slept += std::chrono::hours(24 * 365);
  CHECK((*on.page(Offline::yes))->files.size() == 1);
  CHECK(on.transport.asked().size() == 1);
}

TEST_CASE("an index that does not know a project says nothing") {
  Fixture on;
  const auto page = on.page();
  REQUIRE(page);
  CHECK_FALSE(*page);
}

TEST_CASE("an index that cannot answer is told by what it says") {
  const auto message = [](FakeAnswer answer) {
    Fixture on;
    on.serve(std::move(answer));
    const auto page = on.page();
    CHECK(on.cached_files().empty());
    return page ? "accepted" : page.error().message;
  };
  CHECK(message({.status = 500}) == "`https://index.example/simple/demo/` answers with status 500");
  CHECK(message({.status = 403}) == "`index.example` refuses access to `https://index.example/simple/demo/` with status 403");
  CHECK(message({.headers = {{"content-type", "text/plain"}}, .body = "x"}) ==
        "the index page of `demo` cannot be used: its content type is `text/plain`");
  CHECK(message(html("<form>Sign in</form>")) ==
        "the index page of `demo` cannot be used: it is a web page that is no package index, perhaps a login");
}

TEST_CASE("a failed page says which project it was for") {
  Fixture on;
  on.serve({.status = 500});
  CHECK(on.page().error().context == std::vector<std::string>{"while asking the index for `demo`"});
}

TEST_CASE("credentials reach the index and its own files, and no cache") {
  Fixture on;
  on.serve(html(k_anchor + "<a href='https://files.example/demo-2-py3-none-any.whl'>x</a>"));
  const std::string index = "https://me:s3cr3t@index.example/simple/";
  for (int run = 0; run < 2; ++run) {  // from the network, then from the cache
    const auto page = on.page(Offline::no, index);
    REQUIRE(page);
    CHECK((*page)->files.at(0).url.userinfo() == "me:s3cr3t");
    CHECK_FALSE((*page)->files.at(1).url.has_credentials());
  }
  CHECK(on.transport.requests().at(0).url.userinfo() == "me:s3cr3t");
  REQUIRE_FALSE(on.cached_files().empty());
  for (const auto& file : on.cached_files()) CHECK(read_text(file).find("s3cr3t") == std::string::npos);
}

TEST_CASE("a page that may not be stored is not") {
  Fixture on;
  on.serve(html(k_anchor, {{"cache-control", "no-store"}}));
  REQUIRE(on.page());
  CHECK(on.cached_files().empty());
}

TEST_CASE("a damaged cache is the same as none") {
  Fixture on;
  on.serve(html(k_anchor));
  REQUIRE(on.page());
  const auto files = on.cached_files();
  REQUIRE(files.size() == 1);
  const std::string sound = read_text(files[0]);
  for (const std::string& damaged : {std::string(), sound.substr(0, sound.size() / 2), sound.substr(0, sound.size() - 1), sound + "x",
                                     std::string(sound.size(), '\0')}) {
    std::ofstream(files[0], std::ios::binary) << damaged;
    const auto before = on.transport.asked().size();
    CHECK((*on.page())->files.size() == 1);
    CHECK(on.transport.asked().size() == before + 1);
  }
}

TEST_CASE("a cache that cannot be written is warned of once and harms nothing") {
  Fixture on;
  on.folder.write("index", "a file where the folder should be");
  on.serve(html(k_anchor));
  CHECK((*on.page())->files.size() == 1);
  REQUIRE(on.diagnostics.warnings.size() == 1);
  CHECK_THAT(on.diagnostics.warnings[0], Catch::StartsWith("what the index said is not kept for the next run: cannot make the folder `"));
}
