#include "tests/support/fake_transport.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup::test {
namespace {

constexpr std::size_t k_piece = 1000;

}  // namespace

void FakeTransport::script(const std::string& url, std::vector<Handler> handlers) {
  m_scripts[url] = std::deque<Handler>(handlers.begin(), handlers.end());
}

void FakeTransport::serve(const std::string& url, FakeAnswer answer) {
  script(url, {[answer = std::move(answer)](const HttpRequest&) { return answer; }});
}

HttpRequestId FakeTransport::start(HttpRequest request) {
  m_pending.emplace_back(++m_last_id, std::move(request));
  return m_last_id;
}

Result<std::optional<HttpCompletion>> FakeTransport::next(std::chrono::milliseconds) {
  if (cancellation != nullptr) TORCHUP_TRY(cancellation->check());
  if (m_pending.empty()) return std::nullopt;
  const auto [id, request] = std::move(m_pending.front());
  m_pending.pop_front();
  const FakeAnswer answered = answer(request);
  if (answered.status == 0) {
    m_pending.emplace_back(id, request);
    return std::nullopt;
  }
  HttpCompletion completion = perform(id, request, answered);
  if (cancellation != nullptr) TORCHUP_TRY(cancellation->check());
  return completion;
}

void FakeTransport::cancel(HttpRequestId id) {
  std::erase_if(m_pending, [&](const auto& pending) { return pending.first == id; });
}

FakeAnswer FakeTransport::answer(const HttpRequest& request) {
  const std::string url = request.url.text();
  const std::string range = header_of(request, "Range");
  auto& handlers = m_scripts[url];
  FakeAnswer answered = handlers.empty() ? FakeAnswer{.status = 404} : handlers.front()(request);
  if (answered.status == 0) return answered;
  m_asked.push_back(range.empty() ? url : url + " " + range);
  m_requests.push_back(request);
  if (handlers.size() > 1) handlers.pop_front();
  return answered;
}

HttpCompletion FakeTransport::perform(HttpRequestId id, const HttpRequest& request, const FakeAnswer& answered) {
  HttpResponse response{answered.status, answered.headers, {}};
  if (request.on_head) {
    if (Status status = request.on_head(response); !status) return {id, failure(std::move(status).error())};
  }
  std::string_view rest = std::string_view(answered.body).substr(0, answered.cut_after.value_or(answered.body.size()));
  for (; !rest.empty(); rest.remove_prefix(std::min(k_piece, rest.size()))) {
    const std::string_view piece = rest.substr(0, k_piece);
    if (!request.sink) {
      response.body += piece;
    } else if (Status status = request.sink(std::as_bytes(std::span(piece))); !status) {
      return {id, failure(std::move(status).error())};
    }
    if (after_piece) after_piece();
  }
  if (answered.cut_after && !answered.claims_success) {
    return {id, failure({ErrorKind::network, fmt::format("the connection to `{}` broke", request.url.host()), {}, {}}), true};
  }
  return {id, std::move(response)};
}

std::string header_of(const HttpRequest& request, std::string_view name) {
  const auto found = std::ranges::find(request.headers, name, &HttpHeader::name);
  return found == request.headers.end() ? std::string() : found->value;
}

FakeTransport::Handler file_server(std::string content, std::string etag) {
  return [content = std::move(content), etag = std::move(etag)](const HttpRequest& request) -> FakeAnswer {
    FakeAnswer answer{.headers = {{"content-type", "binary/octet-stream"}}};
    if (!etag.empty()) answer.headers.push_back({"etag", etag});
    const std::string range = header_of(request, "Range");
    const std::string if_range = header_of(request, "If-Range");
    if (range.empty() || (!if_range.empty() && if_range != etag)) {
      answer.body = content;
    } else {
      const std::size_t first = std::stoul(range.substr(range.find('=') + 1));
      const std::string last_text = range.substr(range.find('-') + 1);
      const std::size_t last = last_text.empty() ? content.size() - 1 : std::stoul(last_text);
      if (first >= content.size()) return {.status = 416};
      answer.status = 206;
      answer.body = content.substr(first, last - first + 1);
      answer.headers.push_back({"content-range", fmt::format("bytes {}-{}/{}", first, last, content.size())});
    }
    answer.headers.push_back({"content-length", std::to_string(answer.body.size())});
    return answer;
  };
}

FakeTransport::Handler breaking_server(std::string content, std::size_t after, std::string etag) {
  return [serve = file_server(std::move(content), std::move(etag)), after](const HttpRequest& request) {
    FakeAnswer answer = serve(request);
    if (answer.body.size() > after) answer.cut_after = after;
    return answer;
  };
}

}  // namespace torchup::test
