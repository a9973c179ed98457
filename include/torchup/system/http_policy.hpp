#pragma once
// What the callers of HttpTransport do alike: when a request is sent again and after which pause, and where a redirect or
// a link may lead. Pure functions; the index client and the fetcher wait and send.

#include "torchup/system/http_transport.hpp"

#include <chrono>
#include <string_view>

namespace torchup {

struct RetryPolicy {
  unsigned attempts = 4;                       ///< Of one request, the first included.
  std::chrono::milliseconds first_pause{500};  ///< Doubles from attempt to attempt.
  std::chrono::milliseconds longest_pause{60'000};
};

inline constexpr unsigned k_most_redirects = 10;

/// Whether the same request may fare better: broken on the way, or answered with 408, 429, 500, 502, 503 or 504.
bool worth_retrying(const HttpCompletion& completion);

/// How long to wait before attempt `attempt` (2 is the first retry): Retry-After (RFC 9110 10.2.3, seconds or a date) where
/// the server gives one, else a growing pause of which `random` in [0, 1) takes up to half away. Never above the longest.
std::chrono::milliseconds retry_pause(const RetryPolicy& policy, unsigned attempt, const HttpCompletion& completion,
                                      std::chrono::system_clock::time_point now, double random);

/// Whether the response points elsewhere: 301, 302, 303, 307 or 308.
bool is_redirect(const HttpResponse& response);

/// Where a reference found at `base` leads: the base's credentials go along to the same origin only, credentials inside
/// the reference are dropped. Anything but http and https, or http out of https, is ErrorKind::network.
Result<Url> link_target(const Url& base, std::string_view reference);

/// `link_target` of a redirect's Location; a missing one is ErrorKind::network.
Result<Url> redirect_target(const Url& from, const HttpResponse& response);

/// The part of a whole that a 206 answer carries (RFC 9110 14.4); nothing where the header is missing or malformed.
struct ContentRange {
  std::uint64_t first = 0, last = 0, total = 0;
  bool operator==(const ContentRange&) const = default;
};
std::optional<ContentRange> parse_content_range(std::string_view header);

}  // namespace torchup
