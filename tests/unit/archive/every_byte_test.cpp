// Every byte of a small archive is changed in turn: what is still accepted must read as the same archive, and the bytes
// that do not count are known by name.

#include "torchup/system/file_descriptor.hpp"

#include "src/archive/zip_content.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/zip_builder.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <set>

using namespace torchup;
using namespace torchup::test;

namespace {

struct Seen {
  std::string name, content;
  bool operator==(const Seen&) const = default;
};

/// Names and contents; nothing where a rule is broken.
std::optional<std::vector<Seen>> read_all(const TemporaryFolder& folder, const std::string& archive) {
  const FileDescriptor file = FileDescriptor::open(folder.write("a.zip", archive), O_RDONLY).value();
  const auto layout = frame_archive(file).value();
  if (!layout) return std::nullopt;
  std::vector<Seen> seen;
  ContentBuffers buffers;
  for (const PlacedEntry& placed : layout->entries) {
    std::string content;
    const auto append = [&](AlignedBuffer& piece, std::size_t size) -> Status {
      content.append(reinterpret_cast<const char*>(piece.room(size).data()), size);
      return {};
    };
    if (read_content(file, placed, buffers, append).value()) return std::nullopt;
    seen.push_back({placed.entry.name, std::move(content)});
  }
  return seen;
}

std::string sample() {
  return ZipBuilder().add("d/a.py", "print(1)\n").add("b.bin", "bytes", Compression::stored).add("e/", "", Compression::stored).build();
}

/// Offsets of what does not say what is unpacked: version, time and date of local headers; both versions, time, date,
/// internal and external attributes of directory records; and the deflate stream's first byte, since five of its bits only
/// fill up a byte before an uncompressed block (RFC 1951, 3.2.4).
std::set<std::size_t> uncounted(const std::string& archive) {
  std::set<std::size_t> offsets = {30 + std::string_view("d/a.py").size()};
  const auto add = [&](std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) offsets.insert(first + i);
  };
  for (std::size_t at = archive.find("PK\x03\x04"); at != std::string::npos; at = archive.find("PK\x03\x04", at + 1)) {
    add(at + 4, 2);
    add(at + 10, 4);
  }
  for (std::size_t at = archive.find("PK\x01\x02"); at != std::string::npos; at = archive.find("PK\x01\x02", at + 1)) {
    add(at + 4, 4);
    add(at + 12, 4);
    add(at + 36, 6);
  }
  return offsets;
}

}  // namespace

TEST_CASE("no byte can be changed so that the archive reads as another") {
  const TemporaryFolder folder;
  const std::string archive = sample();
  const auto original = read_all(folder, archive).value();
  REQUIRE(original.size() == 3);
  const std::set<std::size_t> free_bytes = uncounted(archive);
  for (std::size_t at = 0; at < archive.size(); ++at) {
    for (const int change : {0x01, 0x20, 0x80, 0xff}) {
      std::string changed = archive;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ change);
      const auto seen = read_all(folder, changed);
      if (!seen) continue;
      INFO("byte " << at << " changed by " << change);
      CHECK(*seen == original);
      CHECK(free_bytes.contains(at));
    }
  }
}

TEST_CASE("no archive cut short is accepted, nor one with a byte left out or doubled") {
  const TemporaryFolder folder;
  const std::string archive = sample();
  for (std::size_t at = 0; at < archive.size(); ++at) {
    INFO("at " << at);
    CHECK_FALSE(read_all(folder, archive.substr(0, at)).has_value());
    CHECK_FALSE(read_all(folder, archive.substr(0, at) + archive.substr(at + 1)).has_value());
    CHECK_FALSE(read_all(folder, archive.substr(0, at) + archive[at] + archive.substr(at)).has_value());
  }
}
