#pragma once
// A transport without a network: each URL has a script of answers, faults included, and every request is kept. Requests
// are answered one after the other in the order in which they were started, in small pieces.

#include "torchup/system/http_transport.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace torchup::test {

/// What a made-up server does with one request.
struct FakeAnswer {
  int status = 200;  ///< 0: not yet; the request stays open and is shown to the handler again.
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  std::optional<std::size_t> cut_after = {};  ///< The connection breaks after so many bytes of the body.
  bool claims_success = false;                ///< With `cut_after`: the transport notices nothing.
};

class FakeTransport final : public HttpTransport {
 public:
  using Handler = std::function<FakeAnswer(const HttpRequest& request)>;

  /// The answers of a URL, one for each request; the last one stays.
  void script(const std::string& url, std::vector<Handler> handlers);

  /// The same answer always.
  void serve(const std::string& url, FakeAnswer answer);

  /// URLs in the order in which they were asked for, with the range: "https://… bytes=5-".
  const std::vector<std::string>& asked() const { return m_asked; }
  const std::vector<HttpRequest>& requests() const { return m_requests; }

  /// Called after each piece of each body.
  std::function<void()> after_piece = {};
  /// Whose request `next` reports as the real transport does.
  const Cancellation* cancellation = nullptr;

  HttpRequestId start(HttpRequest request) override;
  Result<std::optional<HttpCompletion>> next(std::chrono::milliseconds limit) override;
  void cancel(HttpRequestId id) override;
  std::size_t pending() const override { return m_pending.size(); }

 private:
  FakeAnswer answer(const HttpRequest& request);
  HttpCompletion perform(HttpRequestId id, const HttpRequest& request, const FakeAnswer& answered);

  std::map<std::string, std::deque<Handler>> m_scripts;
  std::deque<std::pair<HttpRequestId, HttpRequest>> m_pending;
  std::vector<std::string> m_asked;
  std::vector<HttpRequest> m_requests;
  HttpRequestId m_last_id = 0;
};

/// A request header's value; empty where there is none.
std::string header_of(const HttpRequest& request, std::string_view name);

/// A server that keeps a file and honours ranges, with `etag` for If-Range.
FakeTransport::Handler file_server(std::string content, std::string etag = {});

/// The same server, breaking the connection after so many bytes of each answer's body.
FakeTransport::Handler breaking_server(std::string content, std::size_t after, std::string etag = {});

}  // namespace torchup::test
