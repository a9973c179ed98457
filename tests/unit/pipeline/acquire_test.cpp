#include "src/acquire.hpp"

#include "tests/support/fake_transport.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/wheel_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <thread>

using namespace torchup;
using namespace torchup::test;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

MadeWheel made(const std::string& name, std::size_t size) {
  MadeWheel wheel{.name = name};
  wheel.metadata = "Name: " + name + "\nVersion: 1.2\n";
  wheel.files = {{name + "/__init__.py", "name = '" + name + "'\n"}, {name + "/data", std::string(size, name.front())}};
  return wheel;
}

struct Acquire {
  TemporaryFolder folder;
  Store store = Store::open(folder.path() / "store").value();
  FakeTransport transport;
  SilentDiagnostics diagnostics;
  Cancellation cancellation;
  AcquireOptions options{.workers = 2, .fetch = {.retry = {.attempts = 2, .first_pause = 0ms, .longest_pause = 0ms}}};
  std::vector<ArtifactRequest> requests;

  Acquire() { transport.cancellation = &cancellation; }

  /// Serves a wheel and asks for it; gives its part file.
  fs::path want(const MadeWheel& wheel) {
    const std::string bytes = wheel.build();
    requests.push_back(wheel.request(bytes));
    transport.script(requests.back().file.url.text(), {file_server(bytes)});
    return store.part_file(requests.back().file.sha256);
  }

  Result<AcquiredArtifacts> acquire() { return acquire_artifacts(requests, transport, store, options, diagnostics, cancellation); }
  bool has(std::size_t request) const { return store.find(requests[request].file.sha256).has_value(); }
  /// The network stands still in the wheel's body until something that unpacking makes is there; tells whether it came.
  void stand_still_until(const fs::path& part, std::function<bool()> is_there, bool& came) {
    transport.after_piece = [part, is_there = std::move(is_there), &came, stood_still = false]() mutable {
      if (std::exchange(stood_still, fs::file_size(part) >= 5000) || !stood_still) return;
      for (int i = 0; i < 2000 && !came; ++i) {
        std::this_thread::sleep_for(5ms);
        came = is_there();
      }
    };
  }

  bool has_staged(const std::string& file) const {
    const auto staged = fs::directory_iterator(store.root() / "staging");
    return std::any_of(begin(staged), end(staged), [&](const auto& tree) { return fs::exists(tree.path() / "tree" / file); });
  }

  bool has_no_debris() const { return fs::is_empty(store.root() / "staging"); }
};

}  // namespace

TEST_CASE_METHOD(Acquire, "wheels become trees in the order of the requests, and the second time nothing is downloaded") {
  for (const auto& [name, size] : {std::pair{"one", 10}, {"two", 9 << 20}, {"three", 5 << 20}, {"four", 0}})
    want(made(name, static_cast<std::size_t>(size)));
  requests.push_back(requests[0]);  // asked for twice
  const AcquiredArtifacts first = acquire().value();
  REQUIRE(first.artifacts.size() == 5);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    CHECK(first.artifacts[i].sha256() == requests[i].file.sha256);
    const std::string name = requests[i].name.text();
    CHECK(read_text(first.artifacts[i].tree() / name / "__init__.py") == "name = '" + name + "'\n");
  }
  CHECK(transport.asked().size() == 5);  // four wheels, and the end of the one above 8 MiB
  CHECK(first.reused_bytes == 0);
  CHECK(has_no_debris());
  CHECK(fs::is_empty(store.root() / "parts"));

  const AcquiredArtifacts second = acquire().value();
  CHECK(transport.asked().size() == 5);
  CHECK(second.downloaded_bytes == 0);
  CHECK(second.reused_bytes == first.downloaded_bytes + *requests[0].file.size);
  CHECK(second.artifacts[1].manifest() == first.artifacts[1].manifest());
}

TEST_CASE_METHOD(Acquire, "offline, what is in the store is enough, and what is not is named") {
  want(made("one", 10));
  REQUIRE(acquire().has_value());
  options.offline = true;
  CHECK(acquire().has_value());
  want(made("two", 10));
  const auto acquired = acquire();
  REQUIRE_FALSE(acquired.has_value());
  CHECK(acquired.error().kind == ErrorKind::network);
  CHECK(acquired.error().message == "wheel `two-1.2-py3-none-any.whl` is not in the store, and nothing may be downloaded");
  CHECK(transport.asked().size() == 1);
}

TEST_CASE_METHOD(Acquire, "a wheel that breaks a rule fails the whole, and is not kept") {
  MadeWheel bad = made("bad", 100);
  bad.change_record = [](std::string& record) { record += "../../etc/passwd,,\n"; };
  const fs::path part = want(bad);
  const auto acquired = acquire();
  REQUIRE_FALSE(acquired.has_value());
  CHECK(acquired.error().kind == ErrorKind::integrity);
  CHECK(acquired.error().message ==
        "wheel `bad-1.2-py3-none-any.whl` breaks the rule `record-phantom`: RECORD lists `../../etc/passwd`, which is not there");
  CHECK_FALSE(has(0));
  CHECK_FALSE(fs::exists(part));
  CHECK(has_no_debris());
}

TEST_CASE_METHOD(Acquire, "what was verified before a failure stays") {
  options.fetch.at_once = 1;
  want(made("big", 1 << 20));
  want(made("gone", 10));
  // The second is asked for when the first is downloaded, and answered when the first is unpacked and its file gone.
  const fs::path part = store.part_file(requests[0].file.sha256);
  const auto gone = [&](const HttpRequest&) { return FakeAnswer{.status = fs::exists(part) ? 0 : 404}; };
  transport.script(requests[1].file.url.text(), {gone});
  const auto acquired = acquire();
  REQUIRE_FALSE(acquired.has_value());
  CHECK(acquired.error().kind == ErrorKind::network);
  CHECK(has(0));
  CHECK_FALSE(has(1));
  CHECK(has_no_debris());
}

TEST_CASE_METHOD(Acquire, "a whole wheel counts while the next one downloads, so that a kill does not take it") {
  options.fetch.at_once = 1;
  const fs::path part = want(made("first", 1 << 20));
  want(made("second", 10));
  bool came = false;
  const auto second = [&, serve = file_server(made("second", 10).build()), asked = 0](const HttpRequest& request) mutable {
    came = has(0) && !fs::exists(part);
    if (came || ++asked == 2000) return serve(request);
    std::this_thread::sleep_for(5ms);
    return FakeAnswer{.status = 0};
  };
  transport.script(requests[1].file.url.text(), {second});
  REQUIRE(acquire().has_value());
  CHECK(came);
  CHECK(has(1));
  CHECK(has_no_debris());
}

TEST_CASE_METHOD(Acquire, "an interruption leaves part files and no debris, and the next run uses them") {
  const fs::path part = want(made("one", 0));
  const std::string bytes = made("one", 0).build();
  int pieces = 0;
  transport.after_piece = [&] {
    if (++pieces == 1) cancellation.request();
  };
  const auto interrupted = acquire();
  REQUIRE_FALSE(interrupted.has_value());
  CHECK(interrupted.error().kind == ErrorKind::interrupted);
  REQUIRE(fs::exists(part));
  CHECK(has_no_debris());

  Cancellation calm;
  transport.cancellation = &calm;
  transport.after_piece = {};
  const auto acquired = acquire_artifacts(requests, transport, store, options, diagnostics, calm);
  REQUIRE(acquired.has_value());
  CHECK(acquired->reused_bytes + acquired->downloaded_bytes == bytes.size());
  CHECK(acquired->reused_bytes > 0);
}

TEST_CASE_METHOD(Acquire, "a disk without room is refused before the first byte, with what is needed and what is free") {
  want(made("one", 10));
  requests[0].file.size = std::uint64_t{1} << 39;
  const auto acquired = acquire();
  REQUIRE_FALSE(acquired.has_value());
  CHECK(acquired.error().kind == ErrorKind::host);
  const std::string& message = acquired.error().message;
  const std::string start =
      "not enough disk space at `" + store.root().string() + "`: 1.65 TB needed for 1 wheel and what they unpack to, ";
  CHECK(message.starts_with(start));
  CHECK(message.ends_with("B free"));
  CHECK(transport.asked().empty());
}

TEST_CASE_METHOD(Acquire, "a big wheel is unpacked while it downloads") {
  // Were the wheel unpacked after its download, the network would stand still in vain.
  bool seen = false;
  stand_still_until(
      want(made("one", 9 << 20)), [&] { return has_staged("one/__init__.py"); }, seen);
  REQUIRE(acquire().has_value());
  CHECK(seen);
  CHECK(has(0));
}

TEST_CASE_METHOD(Acquire, "the directory that came first must be the one that the wheel has") {
  const MadeWheel wheel = made("one", 9 << 20);
  bool has_read_directory = false;
  stand_still_until(
      want(wheel), [&] { return has_staged("one"); }, has_read_directory);
  const std::string bytes = wheel.build();
  std::string other = bytes;
  const std::size_t mode = other.rfind("PK\1\2") + 40;  // the last entry's attributes: another mode, and nothing else
  other[mode] = static_cast<char>(~other[mode]);
  const auto two_faced = [=](const HttpRequest& request) {
    const bool asks_for_end = !header_of(request, "Range").empty();
    return file_server(asks_for_end ? other : bytes)(request);
  };
  transport.script(requests[0].file.url.text(), {two_faced});
  const auto acquired = acquire();
  REQUIRE_FALSE(acquired.has_value());
  CHECK(acquired.error().kind == ErrorKind::integrity);
  CHECK(acquired.error().message.starts_with("wheel `one-1.2-py3-none-any.whl` breaks the rule `directory-changed`: "));
  CHECK(has_read_directory);
  CHECK_FALSE(has(0));
  CHECK(has_no_debris());
}

TEST_CASE_METHOD(Acquire, "a damaged download is unpacked in vain, and then afresh") {
  const MadeWheel wheel = made("one", 9 << 20);
  want(wheel);
  const std::string bytes = wheel.build();
  std::string damaged = bytes;
  damaged[bytes.size() / 2] = '!';
  const std::string url = requests[0].file.url.text();
  transport.script(url, {file_server(bytes), file_server(damaged), file_server(bytes)});  // the end, the body, the body again
  REQUIRE(acquire().has_value());
  CHECK(has(0));
  CHECK(has_no_debris());
  CHECK(fs::is_empty(store.root() / "parts"));
  CHECK(read_text(store.find(requests[0].file.sha256)->tree() / "one" / "data") == std::string(9 << 20, 'o'));
}

TEST_CASE_METHOD(Acquire, "a server without ranges does as well") {
  const MadeWheel wheel = made("one", 9 << 20);
  want(wheel);
  transport.serve(requests[0].file.url.text(), {.body = wheel.build()});
  REQUIRE(acquire().has_value());
  CHECK(has(0));
}
