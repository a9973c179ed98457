#include "src/archive/tar_archive.hpp"

#include "tests/support/tar_builder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace fs = std::filesystem;

namespace {

Status unpack(const std::string& bytes, const fs::path& folder) { return unpack_tar(std::as_bytes(std::span(bytes)), folder); }

/// Why the archive is refused; nothing of it may lie outside the folder.
std::string refusal(const std::string& bytes) {
  TemporaryFolder folder;
  fs::create_directory(folder.path() / "in");
  const auto unpacked = unpack(bytes, folder.path() / "in");
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  if (unpacked) return "no refusal";
  CHECK(unpacked.error().kind == ErrorKind::integrity);
  return unpacked.error().message;
}

}  // namespace

TEST_CASE("an archive is unpacked as it is") {
  const std::string big(200'000, 'x');
  const std::string bytes = tar_gz_of(
      {{"demo-1.0/", "", '5', 0755}, {"demo-1.0/PKG-INFO", "Name: demo\n"}, {"demo-1.0/a/run", big, '0', 0755}, {"./demo-1.0/b", ""}});
  TemporaryFolder folder;
  REQUIRE(unpack(bytes, folder.path()));
  CHECK(read_text(folder.path() / "demo-1.0/PKG-INFO") == "Name: demo\n");
  CHECK(read_text(folder.path() / "demo-1.0/a/run") == big);
  CHECK(fs::file_size(folder.path() / "demo-1.0/b") == 0);
  CHECK((fs::status(folder.path() / "demo-1.0/a/run").permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK((fs::status(folder.path() / "demo-1.0/PKG-INFO").permissions() & fs::perms::owner_exec) == fs::perms::none);
}

TEST_CASE("entries come in their order, and their content to a limit") {
  const std::string bytes = tar_gz_of({{"a", "123"}, {"b", "45"}});
  TarArchive archive(std::as_bytes(std::span(bytes)));
  CHECK(archive.next().value()->name == "a");
  const auto second = archive.next().value();  // a's content was passed over
  CHECK(second->name == "b");
  CHECK(second->size == 2);
  CHECK(archive.content(2).value() == "45");
  CHECK_FALSE(archive.next().value());
  TarArchive again(std::as_bytes(std::span(bytes)));
  REQUIRE(again.next());
  CHECK(again.content(2).error().message == "the archive cannot be read: an entry is longer than 2 bytes");
}

TEST_CASE("nothing leaves the folder") {
  for (const char* name : {"../x", "a/../../x", "/tmp/x", "a//x", "a/./x", "a\\x"}) {
    CAPTURE(name);
    CHECK(refusal(tar_gz_of({{name, "x"}})).starts_with("the archive cannot be read: "));
  }
  CHECK(refusal(tar_gz_of({{"a", "", '2', 0777, "/etc"}, {"a/passwd", "x"}})) == "the archive cannot be read: `a` is a link or a device");
  CHECK(refusal(tar_gz_of({{"a", "x"}, {"b", "", '1', 0644, "a"}})) == "the archive cannot be read: `b` is a link or a device");
  CHECK(refusal(tar_gz_of({{"a", "", '3'}})) == "the archive cannot be read: `a` is a link or a device");
}

TEST_CASE("what is no archive, or is cut short, is refused") {
  CHECK(refusal("no gzip at all, but longer than a block of tar would be").starts_with("the archive cannot be read: "));
  const std::string whole = tar_gz_of({{"a", std::string(2000, 'a')}});
  CHECK(refusal(whole.substr(0, 900)).starts_with("the archive cannot be read: "));
  std::string huge = tar_of({{"a", ""}});
  huge.replace(124, 11, "77777777777");
  CHECK(refusal(gzip_of(huge)).starts_with("the archive cannot be read: "));
}
