#include "src/index/wheel_reader.hpp"

#include "tests/support/zip_builder.hpp"
#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace torchup;
using namespace torchup::test;

namespace {

const std::string k_url = "https://index.example/files/demo-1.0-py3-none-any.whl";
const std::string k_metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\n";

/// A wheel whose METADATA lies before so many bytes of other content.
std::string wheel(std::size_t behind = 0, std::size_t entries = 1) {
  ZipBuilder archive;
  archive.add("demo/__init__.py", "x = 1\n").add("demo-1.0.dist-info/METADATA", k_metadata);
  for (std::size_t i = 0; i < entries; ++i) archive.add(fmt::format("demo/{}.bin", i), std::string(behind, 'x'), Compression::stored);
  return archive.build();
}

struct Fixture {
  FakeTransport transport;
  Cancellation cancellation;
  StillClock time;
  RequestQueue queue{transport, cancellation, time.clock()};
  ProjectFile file{.filename = "demo-1.0-py3-none-any.whl", .url = url_of(k_url)};

  Result<RawMetadata> read() {
    std::optional<Result<RawMetadata>> got;
    read_wheel_metadata(queue, file, [&](Result<RawMetadata> result) { got = std::move(result); });
    while (!queue.idle()) REQUIRE(queue.drive());
    REQUIRE(got);
    return *std::move(got);
  }

  Result<std::uint64_t> size() {
    std::optional<Result<std::uint64_t>> got;
    read_wheel_size(queue, file, [&](Result<std::uint64_t> result) { got = std::move(result); });
    while (!queue.idle()) REQUIRE(queue.drive());
    return *std::move(got);
  }

  void offer_metadata_file(const std::string& text, const std::string& promised) {
    file.core_metadata = CoreMetadata{digest_of(promised)};
    transport.serve(k_url + ".metadata", {.body = text});
  }
};

std::string failed(const std::string& why) { return "the METADATA of `demo-1.0-py3-none-any.whl` cannot be read: " + why; }

}  // namespace

TEST_CASE("the metadata file is taken where it is offered, and nothing else is asked for") {
  Fixture on;
  on.offer_metadata_file(k_metadata, k_metadata);
  const auto got = on.read();
  REQUIRE(got);
  CHECK(got->text == k_metadata);
  CHECK_FALSE(got->wheel_size);
  CHECK(on.transport.asked() == std::vector<std::string>{k_url + ".metadata"});
}

TEST_CASE("a metadata file that is missing or not the promised one is not believed") {
  const std::string bytes = wheel();
  Fixture wrong;
  wrong.offer_metadata_file("Name: evil\n", k_metadata);
  wrong.transport.script(k_url, {wheel_server(bytes)});
  CHECK(wrong.read()->text == k_metadata);

  Fixture missing;
  missing.file.core_metadata = CoreMetadata{};
  missing.transport.script(k_url, {wheel_server(bytes)});
  CHECK(missing.read()->text == k_metadata);
}

TEST_CASE("one range is enough for a small wheel and tells its size") {
  Fixture on;
  const std::string bytes = wheel();
  on.transport.script(k_url, {wheel_server(bytes)});
  const auto got = on.read();
  REQUIRE(got);
  CHECK(got->text == k_metadata);
  CHECK(got->wheel_size == bytes.size());
  CHECK(on.transport.asked() == std::vector<std::string>{k_url + " bytes=-16384"});
}

TEST_CASE("METADATA before the tail takes a second range of its own bytes") {
  Fixture on;
  const std::string bytes = wheel(100'000);
  on.file.size = bytes.size();
  on.transport.script(k_url, {wheel_server(bytes)});
  CHECK(on.read()->text == k_metadata);
  REQUIRE(on.transport.asked().size() == 2);
  CHECK(on.transport.asked()[0] == fmt::format("{} bytes={}-{}", k_url, bytes.size() - 16384, bytes.size() - 1));
  CHECK_THAT(on.transport.asked()[1], Catch::StartsWith(k_url + " bytes="));
  CHECK(on.queue.counts().bytes < 17'000);
}

TEST_CASE("a directory longer than the first tail is asked for again") {
  Fixture on;
  on.transport.script(k_url, {wheel_server(wheel(1, 1000))});
  CHECK(on.read()->text == k_metadata);
  CHECK(on.transport.asked().size() >= 2);
}

TEST_CASE("from a server without ranges the wheel itself is read") {
  Fixture on;
  const std::string bytes = wheel(100'000);
  on.transport.serve(k_url, {.body = bytes});
  const auto got = on.read();
  REQUIRE(got);
  CHECK(got->text == k_metadata);
  CHECK(got->wheel_size == bytes.size());
}

TEST_CASE("a server that sends another part than asked for is not believed") {
  const std::string bytes = wheel();
  const auto answer = [&](const std::string& range, const std::string& body) {
    Fixture on;
    on.transport.serve(k_url, {.status = 206, .headers = {{"content-range", range}}, .body = body});
    return on.read();
  };
  const std::string other_part = failed("the server answers with another part of the file than asked for");
  const std::string whole = fmt::format("bytes 0-{}/{}", bytes.size() - 1, bytes.size());
  CHECK(answer(whole, bytes));
  CHECK(answer("", bytes).error().message == other_part);
  CHECK(answer(whole, bytes.substr(1)).error().message == other_part);
  CHECK(answer(fmt::format("bytes 0-{}/{}", bytes.size() - 1, bytes.size() + 1), bytes).error().message == other_part);

  Fixture on;
  on.file.size = bytes.size() + 1;
  on.transport.serve(k_url, {.status = 206, .headers = {{"content-range", whole}}, .body = bytes});
  CHECK(on.read().error().message == other_part);
}

TEST_CASE("a wheel that cannot be read says why") {
  const auto message = [](const std::string& bytes) {
    Fixture on;
    on.transport.script(k_url, {wheel_server(bytes)});
    const auto got = on.read();
    return got ? "accepted" : got.error().message;
  };
  CHECK(message(ZipBuilder().add("demo/x.py", "").build()) == failed("the wheel has none"));
  CHECK(message(ZipBuilder().add("vendored/demo-1.0.dist-info/METADATA", k_metadata).build()) == failed("the wheel has none"));
  CHECK(message(ZipBuilder().add("a.dist-info/METADATA", "").add("b.dist-info/METADATA", "").build()) == failed("it has several"));

  Fixture empty;
  empty.file.size = 0;
  CHECK(empty.read().error().message == failed("the wheel is empty"));

  Fixture damaged;
  damaged.transport.script(k_url, {wheel_server("this is no archive")});
  CHECK(damaged.read().error().kind == ErrorKind::integrity);

  Fixture gone;
  CHECK(gone.read().error() ==
        Error{ErrorKind::network, failed("the server answers with status 404"), {"while reading `" + k_url + "`"}, {}});
}

TEST_CASE("a size is learned from one byte, or from what the server announces") {
  Fixture ranges;
  ranges.transport.script(k_url, {wheel_server(std::string(12345, 'x'))});
  CHECK(ranges.size() == 12345U);
  CHECK(ranges.queue.counts().bytes == 1);

  Fixture none;
  none.transport.serve(k_url, {.headers = {{"content-length", "900000000000"}}, .body = "begins"});
  CHECK(none.size() == 900000000000U);

  Fixture gone;
  CHECK(gone.size().error().message == "the size of `demo-1.0-py3-none-any.whl` cannot be learned: the server answers with status 404");
}
