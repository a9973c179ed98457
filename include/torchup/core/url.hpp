#pragma once
// A checked http, https or file URL (RFC 3986). Secrets in it are kept apart: printing one never shows them.

#include "torchup/core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace torchup {

class Url {
 public:
  /// Reads an absolute URL of scheme http, https or file, at most 8192 bytes, no spaces or control characters.
  /// A fragment is cut off (see `fragment`). Anything else is ErrorKind::usage.
  static Result<Url> parse(std::string_view text);

  /// Resolves a reference as RFC 3986 section 5.2 does: absolute, `//host`, `/path`, `path` or `../path`.
  Result<Url> join(std::string_view reference) const;

  /// The same origin and userinfo with another path, perhaps with a query; it begins with '/'. A path that begins with `//` stays a
  /// path, which as a reference would name another host.
  Result<Url> with_path(std::string_view path) const;

  /// The same URL with these credentials, percent-encoded, in place of its own; none where they are empty. ErrorKind::usage where they
  /// make it too long, or hold what no URL may.
  Result<Url> with_userinfo(std::string_view userinfo) const;

  const std::string& scheme() const { return m_scheme; }  ///< Lower case.
  const std::string& host() const { return m_host; }      ///< Lower case, brackets kept for IPv6; empty for file URLs.
  std::uint16_t port() const { return m_port; }           ///< The scheme's own port where none is written; 0 for file URLs.
  const std::string& path() const { return m_path; }      ///< Percent-encoded as written, starts with '/'.
  const std::string& query() const { return m_query; }    ///< Without '?'.
  const std::string& fragment() const { return m_fragment; }
  bool has_credentials() const { return !m_userinfo.empty(); }
  const std::string& userinfo() const { return m_userinfo; }  ///< Only for the transport; never print it.

  /// The last path segment, percent-decoded once: a file's name.
  std::string filename() const;

  /// scheme://host[:port]path[?query], without userinfo and fragment: what is printed, stored and compared.
  std::string text() const;

  /// Whether secrets for one may be sent to the other: same scheme, host and port.
  bool same_origin(const Url& other) const;

  bool operator==(const Url& other) const { return text() == other.text(); }

 private:
  Url() = default;

  std::string m_scheme, m_userinfo, m_host, m_path, m_query, m_fragment;
  std::uint16_t m_port = 0;
};

/// Percent-encodes all but letters, digits and `-._~` (RFC 3986, section 2.3).
std::string percent_encode(std::string_view text);

/// Percent-decodes once; a malformed escape is kept as it is.
std::string percent_decode(std::string_view text);

}  // namespace torchup
