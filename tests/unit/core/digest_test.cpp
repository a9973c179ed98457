#include "torchup/core/digest.hpp"

#include <catch2/catch.hpp>

using torchup::Sha256;

namespace {

// Of no bytes at all (FIPS 180-4's well-known value), in both spellings.
constexpr auto k_empty_hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto k_empty_record = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

}  // namespace

TEST_CASE("both spellings give the same digest and come back") {
  const auto digest = Sha256::parse(k_empty_hex).value();
  CHECK(digest == Sha256::parse_record(k_empty_record).value());
  CHECK(digest.hex() == k_empty_hex);
  CHECK(digest.record_form() == k_empty_record);
}

TEST_CASE("what is no digest is refused") {
  CHECK_FALSE(Sha256::parse("").has_value());
  CHECK_FALSE(Sha256::parse(std::string(63, 'a')).has_value());
  CHECK_FALSE(Sha256::parse(std::string(64, 'g')).has_value());
  CHECK_FALSE(Sha256::parse_record("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU").has_value());  // not the URL-safe alphabet
  CHECK_FALSE(Sha256::parse_record("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=").has_value());
  CHECK_FALSE(Sha256::parse_record("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV").has_value());  // a second spelling of the same bits
}
