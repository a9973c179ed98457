#include "src/libtorch/archive_record.hpp"

#include "torchup/system/hash.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <span>
#include <string>

using namespace torchup;
using torchup::test::read_text;
using torchup::test::TemporaryFolder;

namespace {

Sha256 digest_of(const std::string& text) { return sha256(std::as_bytes(std::span(text))); }

}  // namespace

TEST_CASE("The first digest of an address is found again, and a later one changes nothing") {
  const TemporaryFolder folder;
  const ArchiveRecord record(folder.path() / "data" / "archives.sha256");
  const Url url = Url::parse("https://index.example/libtorch/a.zip").value(),
            other = Url::parse("https://index.example/libtorch/b.zip").value();
  CHECK(record.find(url).value() == std::nullopt);
  REQUIRE(record.add(url, digest_of("first")));
  REQUIRE(record.add(other, digest_of("other")));
  REQUIRE(record.add(url, digest_of("second")));
  CHECK(record.find(url).value() == digest_of("first"));
  CHECK(record.find(other).value() == digest_of("other"));
  CHECK(read_text(record.file()).starts_with(digest_of("first").hex() + "  https://index.example/libtorch/a.zip\n"));
}

TEST_CASE("A record that was altered is not passed over") {
  const TemporaryFolder folder;
  const ArchiveRecord record(folder.path() / "archives.sha256");
  const Url url = Url::parse("https://index.example/a.zip").value();
  for (const std::string& line :
       {std::string("hello"), std::string(64, 'g') + "  https://index.example/a.zip", digest_of("x").hex() + " x"}) {
    std::ofstream(record.file()) << digest_of("y").hex() << "  https://index.example/b.zip\n" << line << "\n";
    const auto found = record.find(url);
    REQUIRE_FALSE(found);
    CHECK(found.error().message == "line 2 of `" + record.file().string() + "` is not the digest of an archive");
  }
}
