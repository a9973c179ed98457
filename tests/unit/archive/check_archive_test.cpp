// Each case breaks one rule of a sound archive and reads the rule's name.

#include "src/archive/zip_content.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/zip_builder.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

std::string verdict(const std::string& archive) {
  const TemporaryFolder folder;
  const auto outcome = check_archive(folder.write("a.zip", archive)).value();
  return outcome ? std::string(outcome->rule) : "ok";
}

std::string detail(const std::string& archive) {
  const TemporaryFolder folder;
  return check_archive(folder.write("a.zip", archive)).value().value().detail;
}

using Change = ZipBuilder::Change;

std::string with(Change change) {
  return verdict(ZipBuilder().add("a.py", "print(1)\n", Compression::deflated, change).add("b", "2").build());
}

/// One field changed in both records alike.
std::string with_both(std::function<void(ZipRecord&)> change) {
  return with([&](ZipRecord& local, ZipRecord& directory) {
    change(local);
    change(directory);
  });
}

std::string named(const std::string& name) { return verdict(ZipBuilder().add(name, "").build()); }

std::string all_named(const std::vector<std::string>& names) {
  ZipBuilder builder;
  for (const std::string& name : names) builder.add(name, "", Compression::stored);
  return verdict(builder.build());
}

void announce_descriptor(ZipRecord& local, ZipRecord& directory) {
  local.flags = directory.flags = 8;
  local.crc32 = 0;
  local.size = local.compressed_size = 0;
}

std::string with_descriptor(const std::string& descriptor) {
  return verdict(ZipBuilder().add("a", "12345", Compression::deflated, announce_descriptor).raw(descriptor).add("b", "2").build());
}

}  // namespace

TEST_CASE("sound archives keep every rule") {
  CHECK(verdict(ZipBuilder().build()) == "ok");
  CHECK(verdict(ZipBuilder().add("d/", "", Compression::stored).add("d/a", "1").add("e/f/g", "", Compression::stored).build()) == "ok");
  CHECK(named("ünïcode/日本.py") == "ok");
  CHECK(with_both([](ZipRecord& record) { record.flags = 0x0806; }) == "ok");                               // level bits and UTF-8
  CHECK(with_both([](ZipRecord& record) { record.extra = std::string("\x55\x54\x01\x00x", 5); }) == "ok");  // a time
  CHECK(with([](ZipRecord&, ZipRecord& directory) { directory.comment = "of one entry"; }) == "ok");
}

TEST_CASE("a local header that says something else than the directory is named") {
  CHECK(with([](ZipRecord& local, ZipRecord&) { local.name = "b.py"; }) == "local-header-mismatch");
  CHECK(with([](ZipRecord& local, ZipRecord&) { local.method = 0; }) == "local-header-mismatch");
  CHECK(with([](ZipRecord& local, ZipRecord&) { local.flags = 2; }) == "local-header-mismatch");
  CHECK(with([](ZipRecord& local, ZipRecord&) { local.crc32 += 1; }) == "local-header-mismatch");
  CHECK(with([](ZipRecord& local, ZipRecord&) { local.size += 1; }) == "local-header-mismatch");
  CHECK(with([](ZipRecord& local, ZipRecord&) { local.compressed_size -= 1; }) == "local-header-mismatch");
  CHECK(detail(ZipBuilder().add("a", "1", Compression::deflated, [](ZipRecord& local, ZipRecord&) { local.size = 9; }).build()) ==
        "the local header of `a` has another size than the directory");
  CHECK(with([](ZipRecord&, ZipRecord& directory) { directory.header_offset += 1; }) == "gap");
  const auto wide = [](std::uint64_t size, std::uint64_t compressed_size) {
    return std::string("\x01\x00\x10\x00", 4) + little_endian_bytes(size, 8) + little_endian_bytes(compressed_size, 8);
  };
  // As protobuf 7.36.2 has it in its local headers.
  CHECK(with([&](ZipRecord& local, ZipRecord&) { local.extra = wide(local.size, local.compressed_size); }) == "ok");
  CHECK(with([&](ZipRecord& local, ZipRecord&) { local.extra = wide(local.size + 1, local.compressed_size); }) == "zip64");
  CHECK(with([&](ZipRecord& local, ZipRecord&) { local.extra = wide(local.size, local.compressed_size + 1); }) == "zip64");
  CHECK(with([](ZipRecord& local, ZipRecord&) { local.extra = std::string("\x75\x70\x01\x00q", 5); }) == "unicode-path");
}

TEST_CASE("every byte belongs to exactly one record") {
  CHECK(verdict(ZipBuilder().raw("x").add("a", "1").build()) == "gap");
  CHECK(verdict(ZipBuilder().add("a", "1").raw("x").add("b", "2").build()) == "gap");
  CHECK(verdict(ZipBuilder().add("a", "1").raw("x").build()) == "gap");
  CHECK(verdict(ZipBuilder().add("a", "1").before_end("x").build()) == "directory-size");
  CHECK(detail(ZipBuilder().add("a", "1").raw("xyz").build()) == "3 bytes behind `a` belong to no record");
  // Two entries of the directory share one local header and its data.
  CHECK(verdict(ZipBuilder()
                    .add("a", "1")
                    .add("b", "2", Compression::deflated, [](ZipRecord&, ZipRecord& directory) { directory.header_offset = 0; })
                    .build()) == "local-header");
  const auto longer = [](ZipRecord& local, ZipRecord& directory) { local.compressed_size = directory.compressed_size = 30; };
  CHECK(verdict(ZipBuilder().add("a", "1", Compression::deflated, longer).add("b", "2").build()) == "overlap");
}

TEST_CASE("a data descriptor is accepted where it says what the directory says") {
  const std::string crc = little_endian_bytes(crc32_by_definition("12345"), 4);
  const std::string sizes = little_endian_bytes(10, 4) + little_endian_bytes(5, 4);  // five bytes in one stored block
  const std::string wide = little_endian_bytes(10, 8) + little_endian_bytes(5, 8);
  const std::string signature = "PK\x07\x08";
  CHECK(with_descriptor(signature + crc + sizes) == "ok");
  CHECK(with_descriptor(crc + sizes) == "ok");
  CHECK(with_descriptor(signature + crc + wide) == "ok");
  CHECK(with_descriptor(crc + wide) == "ok");

  CHECK(with_descriptor("") == "data-descriptor");
  CHECK(with_descriptor(signature + crc + sizes + "x") == "data-descriptor");
  CHECK(with_descriptor("PK\x07\x09" + crc + sizes) == "data-descriptor");
  CHECK(with_descriptor(signature + little_endian_bytes(1, 4) + sizes) == "data-descriptor");
  CHECK(with_descriptor(signature + crc + little_endian_bytes(9, 4) + little_endian_bytes(5, 4)) == "data-descriptor");
  CHECK(with_descriptor(signature + crc + little_endian_bytes(10, 4) + little_endian_bytes(6, 4)) == "data-descriptor");
  CHECK(with_both([](ZipRecord& record) { record.flags = 8; }) == "data-descriptor");  // announced and not there
}

TEST_CASE("what cannot be read without guessing is refused") {
  CHECK(with_both([](ZipRecord& record) { record.flags = 0x0001; }) == "encrypted");
  CHECK(with_both([](ZipRecord& record) { record.flags = 0x0041; }) == "encrypted");
  CHECK(with_both([](ZipRecord& record) { record.flags = 0x2000; }) == "encrypted");
  CHECK(with_both([](ZipRecord& record) { record.flags = 0x0020; }) == "patched-data");
  CHECK(with_both([](ZipRecord& record) { record.flags = 0x0010; }) == "unsupported-flag");
  CHECK(with_both([](ZipRecord& record) { record.method = 93; }) == "unsupported-method");
  CHECK(with_both([](ZipRecord& record) { record.method = 0; }) == "stored-size");
}

TEST_CASE("content is inflated to its exact size and checksum") {
  CHECK(with_both([](ZipRecord& record) { record.crc32 ^= 1; }) == "bad-crc");
  CHECK(with_both([](ZipRecord& record) { record.size -= 1; }) == "bad-deflate");
  CHECK(with_both([](ZipRecord& record) { record.size += 1; }) == "bad-deflate");
  const auto packed = [](const std::string& stream) { return verdict(ZipBuilder().add_compressed("a", "12345", stream).build()); };
  const std::string stream = deflated("12345");
  CHECK(packed(stream) == "ok");
  CHECK(packed(stream + "x") == "bad-deflate");  // bytes of the entry behind the end of its stream
  CHECK(packed(stream.substr(0, stream.size() - 1)) == "bad-deflate");
  CHECK(packed("\xff" + stream.substr(1)) == "bad-deflate");
  CHECK(packed("") == "bad-deflate");
}

TEST_CASE("names that could leave the tree, deceive or differ between systems are refused") {
  CHECK(named("../a") == "path-traversal");
  CHECK(named("a/../b") == "path-traversal");
  CHECK(named("./a") == "path-traversal");
  CHECK(named("a//b") == "path-traversal");
  CHECK(named("") == "path-traversal");
  CHECK(named("..") == "path-traversal");
  CHECK(named("a/..b/c") == "ok");
  CHECK(named("/etc/passwd") == "absolute-path");
  CHECK(named("C:/a") == "absolute-path");
  CHECK(named("a\\b") == "backslash");
  CHECK(named("a\nb") == "name-character");
  CHECK(named(std::string("a\0b", 3)) == "name-character");
  CHECK(named("a\x7f") == "name-character");
  CHECK(named("a\xc2\x9b") == "name-character");         // C1: a terminal's CSI
  CHECK(named("a\xe2\x80\xae.py") == "name-character");  // right-to-left override
  CHECK(named("a\xff") == "name-encoding");
  CHECK(named("a\xc0\xaf") == "name-encoding");      // an overlong '/'
  CHECK(named("a\xed\xa0\x80") == "name-encoding");  // a surrogate
  CHECK(named("a\xe2\x82") == "name-encoding");
  CHECK(named(std::string(255, 'a')) == "ok");
  CHECK(named(std::string(256, 'a')) == "path-too-long");
  CHECK(named(std::string(600, 'a') + "/" + std::string(600, 'b')) == "path-too-long");
  std::string deep = "a";
  for (int i = 1; i < 64; ++i) deep += "/a";
  CHECK(named(deep) == "ok");
  CHECK(named(deep + "/a") == "path-too-long");
}

TEST_CASE("two entries never become one file") {
  CHECK(all_named({"a", "a"}) == "duplicate-name");
  CHECK(all_named({"d/", "d/"}) == "duplicate-name");
  CHECK(all_named({"README", "ReadMe"}) == "name-collision");
  CHECK(all_named({"caf\xc3\xa9.py", "cafe\xcc\x81.py"}) == "name-collision");  // composed, and a letter with its accent
  CHECK(all_named({"\xc3\x84.py", "\xc3\xa4.py"}) == "name-collision");
  CHECK(all_named({"stra\xc3\x9f"
                   "e",
                   "STRASSE"}) == "name-collision");
  CHECK(all_named({"\xe2\x84\xaa.py", "k.py"}) == "name-collision");  // the Kelvin sign
  CHECK(all_named({"\xc3\xa4", "\xc3\xa4/b"}) == "file-as-directory");
  CHECK(all_named({"\xc3\xa4.py", "a.py", "\xd0\xb0.py"}) == "ok");
  CHECK(all_named({"a", "a/"}) == "file-as-directory");
  CHECK(all_named({"a/b", "A"}) == "file-as-directory");
  CHECK(all_named({"a/b/c", "a-b", "a/b"}) == "file-as-directory");
  CHECK(all_named({"a", "ab", "a.b/c", "b/a"}) == "ok");
}

TEST_CASE("only regular files and directories are unpacked") {
  const auto with_mode = [](const std::string& name, unsigned mode) {
    return verdict(
        ZipBuilder()
            .add(name, "", Compression::stored, [&](ZipRecord&, ZipRecord& directory) { directory.external_attributes = mode << 16; })
            .build());
  };
  CHECK(with_mode("a", 0100755) == "ok");
  CHECK(with_mode("a", 0) == "ok");
  CHECK(with_mode("a", 0104755) == "ok");         // setuid: the mode is not taken over
  CHECK(with_mode("a", 0120777) == "file-type");  // symbolic link
  CHECK(with_mode("a", 0020666) == "file-type");  // device
  CHECK(with_mode("a", 0010644) == "file-type");  // pipe
  CHECK(with_mode("a", 0040755) == "file-type");
  CHECK(with_mode("a/", 0100644) == "file-type");
  CHECK(verdict(ZipBuilder().add("d/", "1", Compression::stored).build()) == "directory-data");
}

TEST_CASE("bombs are refused from the directory alone") {
  const auto sized = [](std::uint64_t compressed, std::uint64_t size) {
    return with([=](ZipRecord& local, ZipRecord& directory) {
      local.size = directory.size = 0xffffffff;
      local.extra = std::string("\x01\x00\x08\x00", 4) + little_endian_bytes(size, 8);
      directory.extra = local.extra;
      local.compressed_size = directory.compressed_size = compressed;
    });
  };
  CHECK(sized(14, 100ULL << 20) == "compression-ratio");
  CHECK(sized(14, 33ULL << 30) == "too-large");
  CHECK(sized(14, 0xffffffffffffffff) == "too-large");
  CHECK(sized(14, 63ULL << 20) == "bad-deflate");
}

TEST_CASE("an archive that cannot be opened is an error, not a verdict") {
  const TemporaryFolder folder;
  const auto outcome = check_archive(folder.path() / "none.whl");
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().message == "cannot open `" + (folder.path() / "none.whl").string() + "`: No such file or directory");
}
