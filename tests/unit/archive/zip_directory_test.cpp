#include "src/archive/zip_directory.hpp"

#include "src/archive/read_entry.hpp"
#include "tests/support/zip_builder.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

ZipDirectory directory_of(const std::string& archive) {
  return std::get<ZipDirectory>(parse_zip_directory(bytes_of(archive), archive.size()).value());
}

std::string_view rule_of(const std::string& archive) {
  const auto ruling = rule_on_directory(bytes_of(archive), archive.size());
  return ruling ? "kept" : ruling.error().rule;
}

std::string sound() { return ZipBuilder().add("a.py", "print(1)\n").add("b.txt", "hello", Compression::stored).build(); }

std::string zip64_records(std::uint64_t entries, std::uint64_t size, std::uint64_t offset, std::uint64_t at) {
  return little_endian_bytes(0x06064b50, 4) + little_endian_bytes(44, 8) + little_endian_bytes(45, 2) + little_endian_bytes(45, 2) +
         little_endian_bytes(0, 8) + little_endian_bytes(entries, 8) + little_endian_bytes(entries, 8) + little_endian_bytes(size, 8) +
         little_endian_bytes(offset, 8) + little_endian_bytes(0x07064b50, 4) + little_endian_bytes(0, 4) + little_endian_bytes(at, 8) +
         little_endian_bytes(1, 4);
}

}  // namespace

TEST_CASE("the directory names entries with sizes, checksum and place") {
  const std::string archive = sound();
  const ZipDirectory directory = directory_of(archive);
  REQUIRE(directory.entries.size() == 2);
  const ZipEntry& entry = *directory.find("b.txt");
  CHECK(entry.method == k_zip_stored);
  CHECK(entry.size == 5);
  CHECK(entry.crc32 == crc32_by_definition("hello"));
  CHECK(directory.end_of(*directory.find("a.py")) == entry.header_offset);
  CHECK(directory.end_of(entry) == directory.offset);
  CHECK(directory.find("c") == nullptr);
}

TEST_CASE("a tail that is too short says how much is needed, and that much is enough") {
  const std::string archive = sound();
  std::size_t given = 22;
  for (int rounds = 0; rounds < 3; ++rounds) {
    const auto parsed = parse_zip_directory(bytes_of(archive).last(given), archive.size()).value();
    if (const auto* directory = std::get_if<ZipDirectory>(&parsed)) {
      CHECK(directory->entries.size() == 2);
      return;
    }
    given = std::get<NeedTail>(parsed).bytes;
  }
  FAIL("it kept asking");
}

TEST_CASE("one entry is read from its own bytes") {
  const std::string archive = sound();
  const ZipDirectory directory = directory_of(archive);
  for (const auto& [name, content] : {std::pair{"a.py", "print(1)\n"}, std::pair{"b.txt", "hello"}}) {
    const ZipEntry& entry = *directory.find(name);
    const auto bytes = bytes_of(archive).subspan(entry.header_offset, directory.end_of(entry) - entry.header_offset);
    CHECK(read_entry(bytes, entry).value() == content);
    CHECK(read_entry(bytes.first(bytes.size() - 1), entry).error().message ==
          "the archive breaks the rule `local-header`: `" + std::string(name) + "` is cut short");
  }
}

TEST_CASE("an entry whose content is not what the directory says is refused") {
  const std::string archive =
      ZipBuilder()
          .add("a", "12345", Compression::stored, [](ZipRecord& local, ZipRecord& directory) { local.crc32 = directory.crc32 = 7; })
          .build();
  const ZipDirectory directory = directory_of(archive);
  CHECK(read_entry(bytes_of(archive), directory.entries.front()).error().message ==
        "the archive breaks the rule `bad-crc`: the content of `a` has another CRC-32");
}

TEST_CASE("ZIP64 end records are followed where both agree") {
  ZipBuilder builder;
  builder.add("a", "1", Compression::stored);
  const std::uint64_t offset = builder.size_so_far();
  constexpr std::uint64_t size = 47;  // one record, name of one letter
  SECTION("saturated fields") {
    const std::string archive = builder.before_end(zip64_records(1, size, offset, offset + size))
                                    .change_end([](ZipEnd& end) { end.entries = end.entries_here = 0xffff; })
                                    .build();
    CHECK(directory_of(archive).entries.size() == 1);
  }
  SECTION("another count") { CHECK(rule_of(builder.before_end(zip64_records(2, size, offset, offset + size)).build()) == "zip64"); }
  SECTION("another place") { CHECK(rule_of(builder.before_end(zip64_records(1, size, offset, offset + size + 1)).build()) == "zip64"); }
  SECTION("announced and missing") {
    CHECK(rule_of(builder.change_end([](ZipEnd& end) { end.directory_offset = 0xffffffff; }).build()) == "zip64");
  }
}

TEST_CASE("each broken end record is named by its rule") {
  const auto with_end = [](std::function<void(ZipEnd&)> change) {
    return ZipBuilder().add("a", "1").add("b", "2").change_end(std::move(change)).build();
  };
  CHECK(rule_of("") == "no-end-record");
  CHECK(rule_of(std::string(500, 'x')) == "no-end-record");
  CHECK(rule_of(sound() + "x") == "trailing-data");
  CHECK(rule_of(with_end([](ZipEnd& end) { end.comment = "hello"; })) == "archive-comment");
  CHECK(rule_of(with_end([](ZipEnd& end) { end.comment_size = 3; })) == "archive-comment");
  CHECK(rule_of(with_end([](ZipEnd& end) { end.disk = 1; })) == "multi-disk");
  CHECK(rule_of(with_end([](ZipEnd& end) { end.entries_here = 1; })) == "multi-disk");
  CHECK(rule_of(with_end([](ZipEnd& end) { end.entries = end.entries_here = 1; })) == "entry-count");
  CHECK(rule_of(with_end([](ZipEnd& end) { end.entries = end.entries_here = 3; })) == "entry-count");
  CHECK(rule_of(with_end([](ZipEnd& end) { end.directory_size -= 1; })) == "directory-size");
  CHECK(rule_of(with_end([](ZipEnd& end) { end.directory_offset += 1; })) == "directory-size");
  CHECK(rule_of("prefix" + sound()) == "directory-size");
}

TEST_CASE("each broken directory record is named by its rule") {
  const auto with = [](std::function<void(ZipRecord&)> change) {
    return ZipBuilder().add("a", "1", Compression::stored, [&](ZipRecord&, ZipRecord& directory) { change(directory); }).build();
  };
  CHECK(rule_of(with([](ZipRecord& record) { record.disk = 1; })) == "multi-disk");
  CHECK(rule_of(with([](ZipRecord& record) { record.header_offset = 4000; })) == "out-of-bounds");
  CHECK(rule_of(with([](ZipRecord& record) { record.compressed_size = 4000; })) == "out-of-bounds");
  CHECK(rule_of(with([](ZipRecord& record) { record.extra = "abc"; })) == "extra-field");
  CHECK(rule_of(with([](ZipRecord& record) { record.extra = std::string("\x99\x00\x05\x00q", 5); })) == "extra-field");
  CHECK(rule_of(with([](ZipRecord& record) { record.extra = std::string("\x75\x70\x01\x00q", 5); })) == "unicode-path");
  CHECK(rule_of(with([](ZipRecord& record) { record.size = 0xffffffff; })) == "zip64");
  CHECK(rule_of(with([](ZipRecord& record) { record.extra = std::string("\x01\x00\x00\x00\x01\x00\x00\x00", 8); })) == "zip64");
  CHECK(rule_of(with([](ZipRecord& record) {
          record.extra = std::string("\x01\x00\x08\x00", 4) + little_endian_bytes(1, 8);  // nothing is saturated
        })) == "zip64");
}
