#pragma once
// Values as bytes, for files of the cache that only this machine reads: numbers as they lie in memory, texts behind their lengths.
// offers_text.cpp and kept_resolution.cpp write and read with it; what is damaged makes the reader fail and nothing worse.

#include "torchup/core/digest.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace torchup {

class PackedWriter {
 public:
  /// The first bytes name the form, so that another one is not taken for it.
  explicit PackedWriter(std::string_view form) : m_bytes(form) {}

  void number(std::uint64_t value) { m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view value) {
    length(static_cast<std::uint32_t>(value.size()));
    m_bytes += value;
  }
  void text_if_any(const std::optional<std::string>& value) { value ? text(*value) : length(k_nothing); }
  void digest(const std::optional<Sha256>& value) {
    if (value)
      text({reinterpret_cast<const char*>(value->bytes().data()), Sha256::k_bytes});
    else
      length(k_nothing);
  }
  std::string take() { return std::move(m_bytes); }

  static constexpr std::uint32_t k_nothing = 0xffffffff;  ///< The length of a text that is not there.

 private:
  void length(std::uint32_t value) { m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

  std::string m_bytes;
};

/// Reads what a PackedWriter wrote, out of bytes that must outlive it. Once anything does not fit, everything else is empty and
/// `failed` true.
class PackedReader {
 public:
  PackedReader(std::string_view bytes, std::string_view form) : m_rest(bytes), m_failed(!bytes.starts_with(form)) {
    if (!m_failed) m_rest.remove_prefix(form.size());
  }

  bool failed() const { return m_failed; }
  bool at_end() const { return m_rest.empty(); }
  std::string_view rest() const { return m_rest; }

  std::uint64_t number() { return fixed<std::uint64_t>(); }

  std::optional<std::string_view> text_if_any() {
    const auto length = fixed<std::uint32_t>();
    if (m_failed || length == PackedWriter::k_nothing) return std::nullopt;
    if (length > m_rest.size()) return fail();
    const auto text = m_rest.substr(0, length);
    m_rest.remove_prefix(length);
    return text;
  }

  std::string_view text() {
    const auto found = text_if_any();
    if (!found) m_failed = true;
    return found.value_or(std::string_view());
  }

  std::optional<std::string> string_if_any() {
    const auto found = text_if_any();
    return found ? std::optional<std::string>(*found) : std::nullopt;
  }

  std::optional<Sha256> digest() {
    const auto found = text_if_any();
    if (!found) return std::nullopt;
    Sha256::Bytes bytes;
    if (found->size() != bytes.size()) return fail();
    std::memcpy(bytes.data(), found->data(), bytes.size());
    return Sha256(bytes);
  }

 private:
  std::nullopt_t fail() {
    m_failed = true;
    return std::nullopt;
  }

  template <class Number>
  Number fixed() {
    Number value = 0;
    if (m_failed || m_rest.size() < sizeof value) {
      m_failed = true;
      return 0;
    }
    std::memcpy(&value, m_rest.data(), sizeof value);
    m_rest.remove_prefix(sizeof value);
    return value;
  }

  std::string_view m_rest;
  bool m_failed;
};

}  // namespace torchup
