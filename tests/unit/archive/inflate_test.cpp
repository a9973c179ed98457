#include "src/archive/inflate.hpp"

#include "src/archive/zip_content.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/zip_builder.hpp"

#include <catch2/catch.hpp>
#include <libdeflate.h>

#include <random>

using namespace torchup;
using namespace torchup::test;

namespace {

/// Text that compresses about four to one, the same every time.
std::string sample(std::size_t size) {
  std::minstd_rand random(7);
  std::string text;
  while (text.size() < size) text += "word" + std::to_string(random() % 500) + (random() % 9 == 0 ? "\n" : " ");
  text.resize(size);
  return text;
}

std::string compressed(const std::string& text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string stream(libdeflate_deflate_compress_bound(compressor, text.size()), '\0');
  stream.resize(libdeflate_deflate_compress(compressor, text.data(), text.size(), stream.data(), stream.size()));
  libdeflate_free_compressor(compressor);
  return stream;
}

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

struct Inflated {
  std::string text;
  bool finished = false, malformed = false;
  std::size_t excess = 0;
};

Inflated inflate_in_pieces(std::string_view stream, std::size_t piece, std::size_t room) {
  InflateStream inflate;
  Inflated result;
  std::vector<std::byte> out(room);
  while (true) {
    const auto step = inflate.advance(bytes_of(stream.substr(0, piece)), out);
    result.text.append(reinterpret_cast<const char*>(out.data()), step.produced);
    result.finished = step.finished;
    result.malformed = step.malformed;
    result.excess = step.excess;
    stream.remove_prefix(step.consumed);
    if (step.finished || step.malformed || (step.consumed == 0 && step.produced == 0)) return result;
  }
}

}  // namespace

TEST_CASE("both ways of inflating give the content back") {
  const std::string text = sample(1'000'000);
  const std::string stream = compressed(text);
  std::string whole(text.size(), '\0');
  CHECK(inflate_exactly(bytes_of(stream), std::as_writable_bytes(std::span(whole))));
  CHECK(whole == text);
  const auto [piece, room] = GENERATE(std::pair<std::size_t, std::size_t>{1, 1 << 16}, std::pair<std::size_t, std::size_t>{4096, 100},
                                      std::pair<std::size_t, std::size_t>{1 << 20, 1 << 20});
  const Inflated inflated = inflate_in_pieces(stream, piece, room);
  CHECK(inflated.text == text);
  CHECK(inflated.finished);
  CHECK(inflated.excess == 0);
}

TEST_CASE("bytes behind the stream are counted, and a stream cut short never finishes") {
  const std::string stream = compressed(sample(5000));
  for (std::size_t more = 1; more < 12; ++more) {
    InflateStream inflate;
    std::vector<std::byte> out(6000);
    const std::string with_more = stream + std::string(more, 'x');
    const auto step = inflate.advance(bytes_of(with_more), out);
    CHECK(step.finished);
    CHECK(step.consumed - step.excess == stream.size());
  }
  CHECK_FALSE(inflate_in_pieces(stream.substr(0, stream.size() - 1), 100, 100).finished);
}

TEST_CASE("the CRC is that of the definition, in one piece or two") {
  const std::string text = sample(1000);
  CHECK(crc32_of(bytes_of(text)) == crc32_by_definition(text));
  CHECK(crc32_of(bytes_of(text).subspan(10), crc32_of(bytes_of(text).first(10))) == crc32_by_definition(text));
  CHECK(crc32_of({}) == 0);
}

TEST_CASE("content too big to hold is held to the same rules") {
  const std::string text = sample((8 << 20) + 12345);
  const std::string stream = compressed(text);
  const TemporaryFolder folder;
  const auto verdict = [&](const std::string& archive) {
    const auto outcome = check_archive(folder.write("a.zip", archive)).value();
    return outcome ? std::string(outcome->rule) : "ok";
  };
  const auto change_both = [](auto change) {
    return [=](ZipRecord& local, ZipRecord& directory) {
      change(local);
      change(directory);
    };
  };
  CHECK(verdict(ZipBuilder().add_compressed("a", text, stream).build()) == "ok");
  CHECK(verdict(ZipBuilder().add("a", text, Compression::stored).build()) == "ok");
  CHECK(verdict(ZipBuilder().add_compressed("a", text, stream + "x").build()) == "bad-deflate");
  CHECK(verdict(ZipBuilder().add_compressed("a", text, stream + std::string(300'000, 'x')).build()) == "bad-deflate");
  CHECK(verdict(ZipBuilder().add_compressed("a", text, stream.substr(0, stream.size() - 3)).build()) == "bad-deflate");
  CHECK(verdict(ZipBuilder().add_compressed("a", text, stream, change_both([](ZipRecord& record) { record.size -= 1; })).build()) ==
        "bad-deflate");
  CHECK(verdict(ZipBuilder().add_compressed("a", text, stream, change_both([](ZipRecord& record) { record.size += 1; })).build()) ==
        "bad-deflate");
  CHECK(verdict(ZipBuilder().add_compressed("a", text, stream, change_both([](ZipRecord& record) { record.crc32 += 1; })).build()) ==
        "bad-crc");
  CHECK(verdict(ZipBuilder().add("a", text, Compression::stored, change_both([](ZipRecord& record) { record.crc32 += 1; })).build()) ==
        "bad-crc");
}
