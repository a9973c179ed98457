#pragma once
// A Python package version (PEP 440, packaging.python.org "version specifiers"): epoch, release, pre, post, dev, local. Copies
// share their parts, since a resolution holds each version in dozens of places.

#include "torchup/core/result.hpp"
#include "torchup/core/shared_value.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace torchup {

class Version {
 public:
  enum class PreKind : std::uint8_t { alpha, beta, candidate };
  struct Pre {
    PreKind kind;
    std::uint64_t number;
    auto operator<=>(const Pre&) const = default;
  };
  using LocalPart = std::variant<std::string, std::uint64_t>;  ///< Numbers sort after text (PEP 440, "Local version identifiers").

  // Not to be moved from: a version without parts is none.
  Version(const Version&) = default;
  Version& operator=(const Version&) = default;
  ~Version() = default;

  /// Reads any spelling that PEP 440 accepts ("v1.0-RC_1" is 1.0rc1): at most 256 bytes, each number below 2^64.
  /// Anything else is ErrorKind::usage.
  static Result<Version> parse(std::string_view text);

  std::uint64_t epoch() const { return m_parts->epoch; }
  const std::vector<std::uint64_t>& release() const { return m_parts->release; }  ///< Never empty.
  const std::optional<Pre>& pre() const { return m_parts->pre; }
  const std::optional<std::uint64_t>& post() const { return m_parts->post; }
  const std::optional<std::uint64_t>& dev() const { return m_parts->dev; }
  const std::vector<LocalPart>& local() const { return m_parts->local; }

  bool is_prerelease() const { return m_parts->pre.has_value() || m_parts->dev.has_value(); }

  std::string text() const;        ///< Normal form: "1!2.0rc1.post2.dev3+cu130".
  std::string local_text() const;  ///< "cu130"; empty without a local part.
  Version without_local() const;   ///< The public version.

  /// PEP 440's total order; trailing zeros of the release do not count, so 1.0 == 1.
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

 private:
  struct Parts {
    std::uint64_t epoch = 0;
    std::vector<std::uint64_t> release = {};
    std::optional<Pre> pre = {};
    std::optional<std::uint64_t> post = {}, dev = {};
    std::vector<LocalPart> local = {};
  };
  explicit Version(Parts parts) : m_parts(std::move(parts)) {}

  SharedValue<Parts> m_parts;  // never nothing
};

}  // namespace torchup
