// What an acquisition does about wheels that another process is bringing. The other process is the test itself: a claim of
// another open file is a stranger's, and the warning about the wait is when the stranger acts.

#include "src/acquire.hpp"
#include "src/store/store_claims.hpp"
#include "tests/support/fake_transport.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/wheel_builder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>

using namespace torchup;
using namespace torchup::test;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

class ActsOnWarning final : public Diagnostics {
 public:
  void warn(std::string_view sentence) override {
    warnings.emplace_back(sentence);
    act();
  }
  void note(std::string_view) override {}
  void explain(std::string_view) override {}
  void progress(std::string_view, std::uint64_t, std::uint64_t) override {}

  std::function<void()> act;
  std::vector<std::string> warnings;
};

struct Together {
  TemporaryFolder folder;
  Store store = Store::open(folder.path() / "store").value();
  std::optional<StoreClaims> stranger = StoreClaims::open(store.root()).value();
  FakeTransport transport;
  ActsOnWarning diagnostics;
  Cancellation cancellation;
  AcquireOptions options{.workers = 2, .fetch = {.retry = {.attempts = 2, .first_pause = 0ms, .longest_pause = 0ms}}};
  std::vector<ArtifactRequest> requests;

  Sha256 want(const std::string& name) {
    MadeWheel wheel{.name = name};
    wheel.metadata = "Name: " + name + "\nVersion: 1.2\n";
    wheel.files = {{name + "/__init__.py", "downloaded\n"}};
    const std::string bytes = wheel.build();
    requests.push_back(wheel.request(bytes));
    transport.script(requests.back().file.url.text(), {file_server(bytes)});
    return requests.back().file.sha256;
  }

  Result<AcquiredArtifacts> acquire() { return acquire_artifacts(requests, transport, store, options, diagnostics, cancellation); }
  std::string content(const Sha256& wheel, const std::string& name) const {
    return read_text(store.find(wheel).value().tree() / name / "__init__.py");
  }

  void publish_as_stranger(const Sha256& wheel, const ArtifactRequest& request) const {
    const fs::path staging = store.stage(wheel).value();
    fs::create_directories(staging / "tree/one");
    std::ofstream(staging / "tree/one/__init__.py") << "the stranger's";
    REQUIRE(store.publish(wheel, staging, {request.name, request.version, request.file.name, {}}).has_value());
  }
};

}  // namespace

TEST_CASE_METHOD(Together, "a wheel that another process brings is waited for, and taken from the store") {
  const Sha256 one = want("one");
  REQUIRE(stranger->claim(one).value());
  diagnostics.act = [&] { publish_as_stranger(one, requests[0]); };
  const AcquiredArtifacts acquired = acquire().value();
  CHECK(diagnostics.warnings == std::vector<std::string>{"waiting for another process, which is downloading 1 wheel"});
  CHECK(transport.asked().empty());
  CHECK(acquired.downloaded_bytes == 0);
  CHECK(acquired.reused_bytes == requests[0].file.size);
  CHECK(content(one, "one") == "the stranger's");
}

TEST_CASE_METHOD(Together, "where the other process dies, its part file is gone on with") {
  const Sha256 one = want("one");
  REQUIRE(stranger->claim(one).value());
  diagnostics.act = [&] {
    std::ofstream(store.part_file(one)) << "PK";  // how every wheel begins
    stranger.reset();
  };
  const AcquiredArtifacts acquired = acquire().value();
  CHECK(acquired.reused_bytes == 2);
  CHECK(acquired.downloaded_bytes == *requests[0].file.size - 2);
  CHECK(content(one, "one") == "downloaded\n");
}

TEST_CASE_METHOD(Together, "what nobody else brings comes first, and is nobody's claim while others are waited for") {
  const Sha256 one = want("one"), two = want("two");
  REQUIRE(stranger->claim(one).value());
  diagnostics.act = [&] {
    CHECK(content(two, "two") == "downloaded\n");
    CHECK(stranger->claim(two).value());
    publish_as_stranger(one, requests[0]);
  };
  REQUIRE(acquire().has_value());
  CHECK(diagnostics.warnings.size() == 1);
  CHECK(transport.asked().size() == 1);
}

TEST_CASE_METHOD(Together, "waiting ends where the user ends it") {
  REQUIRE(stranger->claim(want("one")).value());
  diagnostics.act = [&] { cancellation.request(); };
  const auto acquired = acquire();
  REQUIRE_FALSE(acquired.has_value());
  CHECK(acquired.error().kind == ErrorKind::interrupted);
  CHECK(transport.asked().empty());
}

TEST_CASE_METHOD(Together, "a wheel that came between the look and the claim is not downloaded again") {
  diagnostics.act = [] {};
  const Sha256 one = want("one");
  REQUIRE(acquire().has_value());
  const fs::path used = store.find(one).value().tree().parent_path() / "used";
  CHECK(fs::exists(used));
  REQUIRE(acquire().has_value());
  CHECK(transport.asked().size() == 1);
  CHECK(diagnostics.warnings.empty());
}
