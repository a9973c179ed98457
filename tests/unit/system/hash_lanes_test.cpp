#include "torchup/system/hash_lanes.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace torchup {
namespace {

using test::TemporaryFolder;
using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::mt19937& random, std::size_t size) {
  Bytes bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

TEST_CASE("streams that are hashed side by side have the digests that each has alone", "[hash]") {
  std::mt19937 random(20261123);
  for (std::size_t streams = 1; streams <= 7; ++streams) {
    for (int round = 0; round < 40; ++round) {
      std::vector<Bytes> contents;
      std::vector<Sha256Stream> hashes(streams);
      std::vector<Sha256Stream::Piece> pieces;
      for (std::size_t i = 0; i < streams; ++i) contents.push_back(random_bytes(random, random() % 5000));
      std::vector<std::size_t> heads;
      for (std::size_t i = 0; i < streams; ++i) {
        heads.push_back(contents[i].empty() ? 0 : random() % contents[i].size());  // leaves most of them inside a block
        hashes[i].update(std::span(contents[i]).first(heads[i]));
        pieces.push_back({&hashes[i], std::span(contents[i]).subspan(heads[i])});
      }
      Sha256Stream::update_side_by_side(pieces);
      for (std::size_t i = 0; i < streams; ++i) {
        INFO(streams << " streams, stream " << i << ": " << heads[i] << " of " << contents[i].size() << " bytes before");
        CHECK(hashes[i].finish() == sha256(contents[i]));
      }
    }
  }
}

TEST_CASE("a stream's length is counted beyond 32 bits of bits", "[hash]") {
  // 544 MiB: the length that ends a message no longer fits its lower word.
  const Bytes megabyte = [] {
    std::mt19937 random(7);
    return random_bytes(random, 1 << 20);
  }();
  Sha256Stream alone;
  std::vector<Sha256Stream> together(3);
  for (int i = 0; i < 544; ++i) {
    alone.update(megabyte);
    Sha256Stream::update_side_by_side(
        std::vector<Sha256Stream::Piece>{{&together[0], megabyte}, {&together[1], megabyte}, {&together[2], megabyte}});
  }
  const Sha256 expected = alone.finish();
  for (Sha256Stream& stream : together) CHECK(stream.finish() == expected);
}

/// Everything through `take`, cut at random, most of it big enough to be handed over.
Result<Sha256> hash_in(HashLanes& lanes, const Bytes& content, unsigned seed, const HashedPieces::Use& use) {
  HashedPieces::Slots slots;
  HashedPieces pieces(lanes, slots, use);
  AlignedBuffer piece;
  std::mt19937 random(seed);
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t size = std::min<std::size_t>(content.size() - at, 1 + random() % 300'000);
    std::ranges::copy(std::span(content).subspan(at, size), piece.room(size).begin());
    TORCHUP_TRY(pieces.take(piece, size));
    at += size;
  }
  return pieces.finish();
}

TEST_CASE("contents of several threads get their own digests, and are used in their order", "[hash]") {
  for (const unsigned threads : {1U, 2U, 3U}) {
    for (const std::size_t width : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
      HashLanes lanes(threads, width);
      std::mt19937 random(threads);
      std::vector<Bytes> contents, used(5);
      for (int i = 0; i < 5; ++i) contents.push_back(random_bytes(random, 2'000'000 + random() % 1'000'000));
      std::vector<Result<Sha256>> digests(5, sha256({}));
      std::vector<std::jthread> workers;
      for (std::size_t i = 0; i < contents.size(); ++i) {
        workers.emplace_back([&, i] {
          digests[i] = hash_in(lanes, contents[i], static_cast<unsigned>(i), [&, i](std::span<const std::byte> bytes) -> Status {
            used[i].insert(used[i].end(), bytes.begin(), bytes.end());
            return {};
          });
        });
      }
      workers.clear();  // joins
      for (std::size_t i = 0; i < contents.size(); ++i) {
        CHECK(digests[i].value() == sha256(contents[i]));
        CHECK((used[i] == contents[i]));
      }
    }
  }
}

TEST_CASE("after a use that failed nothing more is used, and the failure is told", "[hash]") {
  std::mt19937 random(3);
  const Bytes content = random_bytes(random, 5'000'000);
  HashLanes lanes(2);
  std::size_t uses = 0;
  const auto digest = hash_in(lanes, content, 3, [&](std::span<const std::byte>) -> Status {
    if (++uses < 4) return {};
    return failure({ErrorKind::host, "the disk is full", {}, {}});
  });
  CHECK(digest.error().message == "the disk is full");
  CHECK(uses == 4);
}

TEST_CASE("files are hashed side by side, each outcome in its place", "[hash]") {
  const TemporaryFolder folder;
  std::mt19937 random(4);
  std::vector<std::filesystem::path> paths;
  std::vector<Bytes> contents;
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{3'000'000}, std::size_t{262'144}, std::size_t{700'001}}) {
    contents.push_back(random_bytes(random, size));
    paths.push_back(folder.write("file" + std::to_string(size), std::string(reinterpret_cast<const char*>(contents.back().data()), size)));
  }
  paths.insert(paths.begin() + 2, folder.path() / "missing");
  const auto digests = sha256_files(paths);
  REQUIRE(digests.size() == 6);
  CHECK(digests[2].error().message == "cannot read `" + paths[2].string() + "`: No such file or directory");
  for (std::size_t i = 0; i < contents.size(); ++i) CHECK(digests[i < 2 ? i : i + 1].value() == sha256(contents[i]));
}

}  // namespace
}  // namespace torchup
