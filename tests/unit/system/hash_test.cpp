#include "torchup/system/hash.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace torchup;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace

// The examples of FIPS 180-2, appendix B.
TEST_CASE("sha256 gives the standard's examples") {
  CHECK(sha256({}).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256(bytes_of("abc")).hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(bytes_of(std::string(1'000'000, 'a'))).hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a stream gives the same digest however the bytes are cut") {
  const std::string text(300'000, 'x');
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{64}, text.size()}) {
    Sha256Stream stream;
    stream.update(bytes_of(text).first(cut));
    stream.update(bytes_of(text).subspan(cut));
    CHECK(stream.finish() == sha256(bytes_of(text)));
  }
}

TEST_CASE("a finished stream starts anew") {
  Sha256Stream stream;
  stream.update(bytes_of("first"));
  stream.finish();
  stream.update(bytes_of("abc"));
  CHECK(stream.finish() == sha256(bytes_of("abc")));
}

TEST_CASE("sha256_file hashes more than one piece") {
  const test::TemporaryFolder folder;
  const std::string content(2'500'000, 'y');
  const auto digest = sha256_file(folder.write("file", content));
  REQUIRE(digest);
  CHECK(*digest == sha256(bytes_of(content)));
}

TEST_CASE("sha256_file says which file could not be read") {
  const test::TemporaryFolder folder;
  const auto missing = folder.path() / "none";
  const auto digest = sha256_file(missing);
  REQUIRE_FALSE(digest);
  CHECK(digest.error().kind == ErrorKind::host);
  CHECK(digest.error().message == "cannot read `" + missing.string() + "`: No such file or directory");

  const auto directory = sha256_file(folder.path());
  REQUIRE_FALSE(directory);
  CHECK(directory.error().message == "cannot read `" + folder.path().string() + "`: it is not a regular file");
}
