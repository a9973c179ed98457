// A bundle in parts: read as one, and refused where a part is missing, cut, swapped or another bundle's.

#include "src/bundle/parted_file.hpp"

#include "tests/unit/bundle/made_bundle.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

/// Writes the bytes as parts of so many bytes; gives their number.
std::size_t write_parts(const TemporaryFolder& folder, const std::string& bytes, std::size_t part, const std::string& name = "b.zip") {
  std::size_t number = 0;
  for (std::size_t at = 0; at < bytes.size(); at += part) folder.write(part_name(name, ++number).string(), bytes.substr(at, part));
  return number;
}

std::string verdict(const TemporaryFolder& folder) {
  auto file = PartedFile::open(folder.path() / "b.zip").value();
  if (!file) return std::string(file.error().rule);
  const auto bundle = Bundle::read(std::make_shared<PartedFile>(*std::move(file))).value();
  if (!bundle) return std::string(bundle.error().rule);
  SilentDiagnostics silent;
  return verify_members(*bundle, silent, Cancellation()).value().empty() ? "ok" : "damaged";
}

/// A bundle with wheels long enough to span several parts.
std::string long_bundle(char fill) {
  MadeBundle made;
  for (std::size_t i = 3; i < 5; ++i) made.members[i].content = std::string(4000, fill) + std::to_string(i);
  return made.build();
}

}  // namespace

TEST_CASE("parts of any size read as one") {
  const std::string bytes = long_bundle('a');
  for (const std::size_t part : {std::size_t{1000}, std::size_t{4096}, bytes.size(), bytes.size() * 2}) {
    const TemporaryFolder folder;
    write_parts(folder, bytes, part);
    CHECK(verdict(folder) == "ok");
    const auto file = PartedFile::open(folder.path() / "b.zip.001").value().value();
    std::string whole(bytes.size() + 10, '?');
    CHECK(file.read_at(0, std::as_writable_bytes(std::span(whole))).value() == bytes.size());
    CHECK(whole.substr(0, bytes.size()) == bytes);
  }
}

TEST_CASE("parts that do not go together are refused") {
  const std::string bytes = long_bundle('a');
  const TemporaryFolder folder;
  const std::size_t parts = write_parts(folder, bytes, 1000);
  REQUIRE(parts > 5);
  const auto name = [&](std::size_t number) { return part_name(folder.path() / "b.zip", number); };
  const auto swap = [&](std::size_t one, std::size_t other) {
    std::filesystem::rename(name(one), folder.path() / "aside");
    std::filesystem::rename(name(other), name(one));
    std::filesystem::rename(folder.path() / "aside", name(other));
  };

  SECTION("the last one is missing") {
    std::filesystem::remove(name(parts));
    CHECK(verdict(folder) == "no-end-record");
  }
  SECTION("one in between is missing") {
    std::filesystem::remove(name(3));
    CHECK(verdict(folder) == "bundle-part");
  }
  SECTION("one is cut short") {
    std::filesystem::resize_file(name(3), 999);
    CHECK(verdict(folder) == "bundle-part");
  }
  SECTION("one is too long") {
    std::filesystem::resize_file(name(3), 1001);
    CHECK(verdict(folder) == "bundle-part");
  }
  SECTION("one is empty") {
    std::filesystem::resize_file(name(parts), 0);
    CHECK(verdict(folder) == "bundle-part");
  }
  SECTION("one is a folder") {
    std::filesystem::remove(name(2));
    std::filesystem::create_directory(name(2));
    CHECK(PartedFile::open(folder.path() / "b.zip").error().message == "`" + name(2).string() + "` is no file");
  }
  SECTION("two are swapped") {
    swap(2, 5);
    CHECK(verdict(folder) != "ok");
  }
  SECTION("one is of another bundle") {
    const std::string other = long_bundle('b');
    REQUIRE(other.size() == bytes.size());
    folder.write("b.zip.004", other.substr(3000, 1000));
    CHECK(verdict(folder) == "damaged");
  }
}

TEST_CASE("a file that is not there is named") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "none.zip";
  const auto opened = PartedFile::open(file);
  REQUIRE(!opened);
  CHECK(opened.error() == Error{ErrorKind::usage, "there is no `" + file.string() + "`, nor parts of it", {}, {}});
}

TEST_CASE("one process at a time writes a bundle") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "b.zip";
  auto first = PartedFile::create(file, 100, std::nullopt).value();
  const auto second = PartedFile::create(file, 100, std::nullopt);
  REQUIRE(!second);
  CHECK(second.error().message == "another process writes `" + file.string() + ".part`");
}

TEST_CASE("new parts take the place of a whole file and of more parts") {
  const TemporaryFolder folder;
  folder.write("b.zip", "old");
  for (const char* name : {"b.zip.001", "b.zip.002", "b.zip.003", "b.zip.004"}) folder.write(name, "old");
  auto file = PartedFile::create(folder.path() / "b.zip", 25, 10).value();
  const std::string content = "0123456789abcdefghijABCDE";
  REQUIRE(file.write_at(0, std::as_bytes(std::span(content))));
  REQUIRE(file.publish());
  CHECK(!std::filesystem::exists(folder.path() / "b.zip"));
  CHECK(!std::filesystem::exists(folder.path() / "b.zip.004"));
  CHECK(read_text(folder.path() / "b.zip.001") == "0123456789");
  CHECK(read_text(folder.path() / "b.zip.003") == "ABCDE");
  CHECK(PartedFile::create(folder.path() / "b.zip", 1000, 1).error().kind == ErrorKind::usage);
}
