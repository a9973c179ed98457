// A wheel that is read while it comes: out of memory, out of its file, at its end before its middle.

#include "src/fetch/part_file.hpp"

#include "torchup/system/hash.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <random>
#include <thread>

using namespace torchup;
using namespace torchup::test;

namespace {

std::vector<std::byte> noise(std::size_t size) {
  std::minstd_rand random(7);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() >> 8);
  return bytes;
}

struct Part {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "one.part";
  std::shared_ptr<ChunkPool> pool = std::make_shared<ChunkPool>(4);

  std::shared_ptr<PartFile> go_on(std::optional<std::uint64_t> whole) {
    return PartFile::go_on(FileDescriptor::open(path, O_RDWR | O_CREAT).value(), whole, pool).value();
  }
  std::string in_file() const { return read_text(path); }
};

std::string text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string read(const PartFile& part, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> into(size);
  into.resize(part.read_at(offset, into).value());
  return text_of(into);
}

/// All of it as `lend` gives it, in order.
Sha256 digest_as_lent(const PartFile& part) {
  Sha256Stream digest;
  std::vector<std::byte> room(700'001);  // fits no chunk
  for (std::uint64_t offset = 0;;) {
    const LentBytes lent = part.lend(offset, room).value();
    if (lent.bytes.empty()) return digest.finish();
    digest.update(lent.bytes);
    offset += lent.bytes.size();
  }
}

}  // namespace

TEST_CASE_METHOD(Part, "a reader follows a download that is far bigger than its memory") {
  const std::size_t size = GENERATE(std::size_t{10}, (9U << 20) + 5, (40U << 20) + 4097);  // the last one past the page cache
  const std::vector<std::byte> content = noise(size);
  const auto part = go_on(size);
  std::optional<Sha256> fast;
  std::thread follower([&] { fast = digest_as_lent(*part); });
  for (std::size_t done = 0; done < size; done += 100'003) {
    REQUIRE(part->append(std::span(content).subspan(done, std::min<std::size_t>(100'003, size - done))));
  }
  REQUIRE(part->complete());
  follower.join();
  const Sha256 slow = digest_as_lent(*part);  // most of it is out of memory by now
  CHECK(fast == sha256(content));
  CHECK(slow == sha256(content));
  CHECK(sha256_file(path).value() == sha256(content));
  CHECK(part->available() == size);
}

TEST_CASE_METHOD(Part, "what a former run left is read out of the file, and gone on with at the byte") {
  const std::vector<std::byte> content = noise(3U << 20);
  const auto first = go_on(content.size());
  REQUIRE(first->append(std::span(content).first(1'500'001)));
  first->abandon();
  CHECK(in_file().size() == 1'500'001);

  const auto second = go_on(content.size());
  CHECK(second->available() == 1'500'001);
  REQUIRE(second->append(std::span(content).subspan(1'500'001)));
  REQUIRE(second->complete());
  CHECK(digest_as_lent(*second) == sha256(content));
  CHECK(read(*second, 1'499'999, 4) == text_of(std::span(content).subspan(1'499'999, 4)));
}

TEST_CASE_METHOD(Part, "the end can be read before the middle, and who needs more of it says so") {
  const auto part = go_on(100);
  CHECK_FALSE(part->has_end());
  const std::vector<std::byte> end(10, std::byte{'e'});
  part->add_end(end);
  CHECK(part->has_end());
  CHECK(read(*part, 95, 5) == "eeeee");
  CHECK(read(*part, 95, 50) == "eeeee");
  CHECK_FALSE(part->wanted_end());

  std::thread reader([&] { CHECK(read(*part, 80, 20) == std::string(20, 'f')); });
  while (!part->wanted_end()) std::this_thread::yield();
  CHECK(part->wanted_end() == 20);
  part->add_end(std::vector<std::byte>(20, std::byte{'f'}));
  reader.join();
  CHECK_FALSE(part->wanted_end());
}

TEST_CASE_METHOD(Part, "once the body is whole its own end counts, and not what came first") {
  const auto part = go_on(4);
  part->add_end({std::byte{'x'}});
  REQUIRE(part->append(std::vector<std::byte>(4, std::byte{'b'})));
  REQUIRE(part->complete());
  CHECK(read(*part, 0, 10) == "bbbb");
}

TEST_CASE_METHOD(Part, "who waits is told when nobody downloads any more") {
  const auto part = go_on(100);
  std::optional<Error> told;
  std::thread reader([&] {
    std::vector<std::byte> into(10);
    told = part->read_at(50, into).error();
  });
  part->abandon();
  reader.join();
  CHECK(told->kind == ErrorKind::interrupted);
  CHECK(part->is_abandoned());
  CHECK_FALSE(part->lend(0, {}).has_value());
}

TEST_CASE_METHOD(Part, "starting over empties the file and cuts off who read the first bytes") {
  const auto wrong = go_on(3);
  REQUIRE(wrong->append(std::vector<std::byte>(2, std::byte{'w'})));
  const auto right = wrong->start_over(3).value();
  CHECK(wrong->is_abandoned());
  CHECK(in_file().empty());
  REQUIRE(right->append(std::vector<std::byte>(3, std::byte{'r'})));
  REQUIRE(right->complete());
  CHECK(in_file() == "rrr");
  CHECK(read(*right, 0, 3) == "rrr");
}

TEST_CASE_METHOD(Part, "a size that nobody knows is an error, and is learnt") {
  const auto part = go_on(std::nullopt);
  CHECK(part->size().error().kind == ErrorKind::internal);
  part->set_whole(5);
  CHECK(part->size().value() == 5);
}
