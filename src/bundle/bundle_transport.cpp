#include "src/bundle/bundle_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <thread>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_piece = 1ULL << 20;
constexpr const char* k_page_type = "application/vnd.pypi.simple.v1+json";

struct ByteRange {
  std::uint64_t first = 0, last = 0;
};

std::optional<std::uint64_t> number_of(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::string header_of(const HttpRequest& request, std::string_view name) {
  const auto found = std::ranges::find(request.headers, name, &HttpHeader::name);
  return found == request.headers.end() ? "" : found->value;
}

/// "bytes=5-", "bytes=5-9", "bytes=-5" (RFC 9110 14.1.2) of so many bytes, of which the first must be there. Nothing where the
/// header is of another form: the whole is sent then.
std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size) {
  if (!header.starts_with("bytes=") || size == 0) return std::nullopt;
  header.remove_prefix(6);
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_of(header.substr(0, dash)), last = number_of(header.substr(dash + 1));
  if (!first && last && dash == 0) return ByteRange{size - std::min(*last, size), size - 1};
  if (!first || (!last && dash + 1 != header.size()) || (last && *last < *first)) return std::nullopt;
  return ByteRange{*first, std::min(last.value_or(size - 1), size - 1)};
}

bool is_page(const Url& url) { return url.path().ends_with('/'); }

}  // namespace

BundleTransport::BundleTransport(std::shared_ptr<const Bundle> bundle, const Cancellation& cancellation)
    : m_bundle(std::move(bundle)), m_cancellation(cancellation), m_room(k_piece) {}

HttpRequestId BundleTransport::start(HttpRequest request) {
  m_requests.push_back({.id = ++m_last_id, .request = std::move(request), .response = {}});
  return m_last_id;
}

/// Finds what is asked for and says so to the caller; an error ends the request.
std::optional<Error> BundleTransport::begin(Sending& sending) const {
  sending.is_begun = true;
  sending.member = m_bundle->find(sending.request.url);
  HttpResponse& response = sending.response;
  if (sending.member == nullptr) {
    if (!is_page(sending.request.url)) {
      return Error{ErrorKind::network,
                   fmt::format("`{}` is not in the bundle `{}`", sending.request.url.text(), m_bundle->path().string()),
                   {},
                   {"`torchup bundle list` shows what it holds, `torchup bundle add` adds to it where there is a network"}};
    }
    response.status = 404;
  } else {
    const BundleMember& member = sending.member->member;
    const std::string etag = fmt::format("\"{}\"", member.sha256.hex());
    const std::string wanted = header_of(sending.request, "If-Range");
    const auto range = wanted.empty() || wanted == etag ? parse_range(header_of(sending.request, "Range"), member.size) : std::nullopt;
    const bool is_behind = range && range->first >= member.size;
    response.status = is_behind ? 416 : range ? 206 : 200;
    sending.next = range && !is_behind ? range->first : 0;
    sending.end = is_behind ? 0 : range ? range->last + 1 : member.size;
    response.headers = {{"etag", etag},
                        {"content-length", fmt::format("{}", sending.end - sending.next)},
                        {"content-type", member.kind == MemberKind::page ? k_page_type : "application/octet-stream"}};
    if (range && !is_behind)
      response.headers.push_back({"content-range", fmt::format("bytes {}-{}/{}", range->first, range->last, member.size)});
  }
  if (sending.end - sending.next > sending.request.body_limit) {
    return Error{
        ErrorKind::network, fmt::format("`{}` is larger than {} bytes", sending.request.url.text(), sending.request.body_limit), {}, {}};
  }
  if (!sending.request.on_head) return std::nullopt;
  const Status taken = sending.request.on_head(response);
  return taken ? std::nullopt : std::optional(taken.error());
}

/// Sends a piece; true once all is sent.
Result<bool> BundleTransport::go_on(Sending& sending) {
  if (sending.next == sending.end) return true;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(m_room.size(), sending.end - sending.next));
  const auto room = std::span(m_room).first(size);
  TORCHUP_TRY_ASSIGN(const std::size_t read, m_bundle->source().read_at(sending.member->offset + sending.next, room));
  if (read == 0) return failure({ErrorKind::integrity, fmt::format("the bundle `{}` became shorter", m_bundle->path().string()), {}, {}});
  sending.next += read;
  if (sending.request.sink) {
    TORCHUP_TRY(sending.request.sink(room.first(read)));
  } else {
    sending.response.body.append(reinterpret_cast<const char*>(room.data()), read);
  }
  return sending.next == sending.end;
}

Result<std::optional<HttpCompletion>> BundleTransport::next(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  if (m_requests.empty()) std::this_thread::sleep_for(limit);
  while (!m_requests.empty()) {
    TORCHUP_TRY(m_cancellation.check());
    Sending sending = std::move(m_requests.front());
    m_requests.pop_front();
    std::optional<Error> problem;
    if (!sending.is_begun) problem = begin(sending);
    const auto sent = problem ? Result<bool>(failure(*problem)) : go_on(sending);
    if (!sent) return HttpCompletion{sending.id, failure(sent.error())};
    if (*sent) return HttpCompletion{sending.id, std::move(sending.response)};
    m_requests.push_back(std::move(sending));  // the next one's turn
    if (std::chrono::steady_clock::now() >= until) break;
  }
  return std::nullopt;
}

void BundleTransport::cancel(HttpRequestId id) {
  std::erase_if(m_requests, [&](const Sending& sending) { return sending.id == id; });
}

}  // namespace torchup
