#pragma once
// A SHA-256 digest as a value. Computing one is `system/hash.hpp`.

#include "torchup/core/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace torchup {

class Sha256 {
 public:
  static constexpr std::size_t k_bytes = 32;
  using Bytes = std::array<std::uint8_t, k_bytes>;

  explicit Sha256(const Bytes& bytes) : m_bytes(bytes) {}

  /// Reads 64 hexadecimal digits of either case. Anything else is ErrorKind::integrity.
  static Result<Sha256> parse(std::string_view hex);

  /// Reads RECORD's form: 43 characters of URL-safe base64 without padding (PEP 376). Anything else is ErrorKind::integrity.
  static Result<Sha256> parse_record(std::string_view base64);

  std::string hex() const;          ///< 64 lower-case digits.
  std::string record_form() const;  ///< URL-safe base64 without padding.
  const Bytes& bytes() const { return m_bytes; }

  auto operator<=>(const Sha256&) const = default;

 private:
  Bytes m_bytes;
};

}  // namespace torchup
