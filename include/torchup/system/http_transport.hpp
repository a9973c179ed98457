#pragma once
// GET requests over one pool of connections. No policy inside: redirects, retries, caching and credentials are the
// caller's. Requests run side by side on the caller's thread, inside `next`.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/url.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct HttpHeader {
  std::string name;  ///< Lower case in responses.
  std::string value;
  bool operator==(const HttpHeader&) const = default;
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;  ///< Empty where the request had a sink.

  /// The first header of that lower-case name.
  std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpRequest {
  Url url;
  std::vector<HttpHeader> headers = {};
  std::uint64_t body_limit = 64ULL << 20;  ///< Decoded bytes; more is an ErrorKind::network failure.
  bool accept_compressed = false;          ///< Offer gzip; never for wheels or ranges.
  bool own_connection = false;             ///< HTTP/1.1 on a connection of its own: a big body costs less processor time than by HTTP/2.

  /// Called once with status and headers before the first body byte; a failure ends the request with it.
  std::function<Status(const HttpResponse&)> on_head = {};
  /// Takes body bytes as they come, instead of `HttpResponse::body`; a failure ends the request with it.
  std::function<Status(std::span<const std::byte>)> sink = {};
};

using HttpRequestId = std::uint64_t;

struct HttpCompletion {
  HttpRequestId id = 0;
  Result<HttpResponse> response;  ///< Any status is a response; no response at all is ErrorKind::network.
  bool transient = false;         ///< No response, and trying again may help: reset, stalled, cut short; never a bad certificate.
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  /// Queues a GET; nothing moves before `next`.
  virtual HttpRequestId start(HttpRequest request) = 0;

  /// Drives all requests until one ends or the limit passes (then nothing). ErrorKind::interrupted on cancellation.
  virtual Result<std::optional<HttpCompletion>> next(std::chrono::milliseconds limit) = 0;

  /// Forgets a request; its completion never comes.
  virtual void cancel(HttpRequestId id) = 0;

  /// Requests started and not yet completed or cancelled.
  virtual std::size_t pending() const = 0;
};

struct HttpSettings {
  std::string user_agent;
  std::string ca_file = {};  ///< Empty: SSL_CERT_FILE, then the system's.
  std::string proxy = {};    ///< Empty: the environment's HTTPS_PROXY, NO_PROXY.
  std::chrono::seconds connect_limit{10};
  std::chrono::seconds stall_limit{30};  ///< Less than 1 kB/s for so long ends a request.
  std::size_t connections = 8;           ///< To one host.
  std::string library = {};              ///< The soname of another libcurl; empty: the system's.
};

/// libcurl's multi interface, HTTP/2 where offered. libcurl is loaded with the first request; where it is not there, every request
/// completes with ErrorKind::host. `cancellation` must outlive it.
std::unique_ptr<HttpTransport> make_curl_transport(HttpSettings settings, const Cancellation& cancellation);

}  // namespace torchup
