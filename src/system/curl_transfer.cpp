#include "src/system/curl_transfer.hpp"

#include "src/system/curl_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>

namespace torchup {
namespace {

constexpr std::size_t k_head_limit = 256 << 10;
constexpr std::size_t k_most_headers = 1000;
constexpr long k_big_buffer = 512L << 10;  // libcurl's largest: fewer calls per gigabyte
constexpr long k_small_buffer = 64L << 10;
constexpr long k_slowest = 1000;  // bytes a second

tl::unexpected<Error> refuse(std::string message) { return failure({ErrorKind::network, std::move(message), {}, {}}); }

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (problem != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return length;
}

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

/// Runs a callback's work: an error or an exception ends the request instead of crossing libcurl's C frames.
template <class Work>
bool kept(std::optional<Error>& refused, Work work) {
  try {
    if (auto done = work(); !done) {
      refused = std::move(done).error();
      return false;
    }
    return true;
  } catch (const std::exception& problem) {
    refused = Error{ErrorKind::internal, fmt::format("a response could not be handled: {}", problem.what()), {}, {}};
    return false;
  }
}

}  // namespace

CurlTransfer::CurlTransfer(HttpRequestId id, HttpRequest request, const HttpSettings& settings, const CurlLibrary& curl)
    : m_id(id),
      m_request(std::move(request)),
      m_settings(settings),
      m_curl(curl),
      m_easy(curl.easy_init(), FreeEasy{&curl}),
      m_headers(nullptr, FreeList{&curl}) {
  if (m_easy != nullptr) set_options();
}

CurlTransfer::~CurlTransfer() = default;

void CurlTransfer::set_options() {
  const auto set = [&](CURLoption option, auto value) { m_curl.easy_setopt(m_easy.get(), option, value); };
  set(CURLOPT_URL, m_request.url.text().c_str());
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(m_request.own_connection ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
  // Wait for the first connection's answer to "HTTP/2?"; plain HTTP never asks, and libcurl would wait for a whole response.
  set(CURLOPT_PIPEWAIT, m_request.url.scheme() == "https" && !m_request.own_connection ? 1L : 0L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_ERRORBUFFER, m_detail.data());
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(m_settings.connect_limit.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, k_slowest);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(m_settings.stall_limit.count()));
  set(CURLOPT_BUFFERSIZE, m_request.sink ? k_big_buffer : k_small_buffer);
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::take_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::take_body);
  set(CURLOPT_WRITEDATA, this);
  if (!m_settings.user_agent.empty()) set(CURLOPT_USERAGENT, m_settings.user_agent.c_str());
  if (!m_settings.proxy.empty()) set(CURLOPT_PROXY, m_settings.proxy.c_str());
  if (m_request.accept_compressed) set(CURLOPT_ACCEPT_ENCODING, "gzip");
  set_authorities();
  for (const HttpHeader& header : m_request.headers) {
    const std::string line = header.name + ": " + header.value;
    if (line.find_first_of("\r\n") != std::string::npos) continue;  // would become a header that nobody meant to send
    if (curl_slist* longer = m_curl.slist_append(m_headers.get(), line.c_str())) {
      (void)m_headers.release();
      m_headers.reset(longer);
    }
  }
  if (m_headers != nullptr) set(CURLOPT_HTTPHEADER, m_headers.get());
  set_credentials();
}

// libcurl parses a file of authorities, some 25 ms, once for all connections only where no folder is searched as well.
void CurlTransfer::set_authorities() {
  const auto set = [&](CURLoption option, const char* value) { m_curl.easy_setopt(m_easy.get(), option, value); };
  const char* file = m_settings.ca_file.empty() ? environment("SSL_CERT_FILE") : m_settings.ca_file.c_str();
  const char* directory = file == nullptr ? environment("SSL_CERT_DIR") : nullptr;
  if (file != nullptr) set(CURLOPT_CAINFO, file);  // the curl program reads the variable, the library does not
  if (directory != nullptr || file != nullptr || m_curl.version_info(CURLVERSION_NOW)->cainfo != nullptr) set(CURLOPT_CAPATH, directory);
}

// With redirects off they reach the URL's own origin only.
void CurlTransfer::set_credentials() {
  if (!m_request.url.has_credentials()) return;
  const std::string_view userinfo = m_request.url.userinfo();
  const auto colon = std::min(userinfo.find(':'), userinfo.size());
  const std::string user = percent_decode(userinfo.substr(0, colon));
  const std::string password = percent_decode(userinfo.substr(std::min(colon + 1, userinfo.size())));
  m_curl.easy_setopt(m_easy.get(), CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  m_curl.easy_setopt(m_easy.get(), CURLOPT_USERNAME, user.c_str());
  m_curl.easy_setopt(m_easy.get(), CURLOPT_PASSWORD, password.c_str());
}

std::size_t CurlTransfer::take_header(char* line, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  return kept(transfer.m_refused, [&] { return transfer.add_header({line, size}); }) ? size : 0;
}

std::size_t CurlTransfer::take_body(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  return kept(transfer.m_refused, [&] { return transfer.add_body(std::as_bytes(std::span(bytes, size))); }) ? size : 0;
}

Status CurlTransfer::add_header(std::string_view line) {
  if (m_head_done) return {};  // trailers
  m_head_bytes += line.size();
  if (m_head_bytes > k_head_limit || m_response.headers.size() >= k_most_headers) {
    return refuse(fmt::format("`{}` sent more headers than any answer needs", m_request.url.host()));
  }
  if (line.starts_with("HTTP/")) {  // a head begins: the final one, or an interim one before it
    m_response.headers.clear();
    const auto space = std::min(line.find(' '), line.size());
    const auto digits = trimmed(line.substr(space)).substr(0, 3);
    std::from_chars(digits.data(), digits.data() + digits.size(), m_response.status);
    return {};
  }
  if (trimmed(line).empty()) return m_response.status >= 200 ? end_head() : Status{};
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  std::string name(trimmed(line.substr(0, colon)));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  m_response.headers.push_back({std::move(name), std::string(trimmed(line.substr(colon + 1)))});
  return {};
}

Status CurlTransfer::end_head() {
  m_head_done = true;
  const auto encoding = m_response.header("content-encoding");
  const bool encoded = encoding && !encoding->empty() && *encoding != "identity";
  if (encoded && !m_request.accept_compressed) {
    return refuse(fmt::format("`{}` answered with the encoding `{}`, which was not asked for", m_request.url.host(), *encoding));
  }
  for (const HttpHeader& header : m_response.headers) {
    if (header.name != "content-length") continue;
    const auto length = parse_length(header.value);
    // libcurl takes the last of several lengths and gives up counting where one is too large to read.
    if (!length || (m_promised && *m_promised != *length)) {
      return refuse(fmt::format("`{}` answered with the impossible Content-Length `{}`", m_request.url.host(), header.value));
    }
    m_promised = length;
  }
  const bool bodiless = m_response.status == 204 || m_response.status == 304;
  if (encoded || bodiless || m_response.header("transfer-encoding")) m_promised.reset();
  if (m_promised && *m_promised > m_request.body_limit) {
    return refuse(
        fmt::format("the answer of `{}` has {} bytes, more than the {} allowed", m_request.url.host(), *m_promised, m_request.body_limit));
  }
  return m_request.on_head ? m_request.on_head(m_response) : Status{};
}

Status CurlTransfer::add_body(std::span<const std::byte> bytes) {
  m_body_bytes += bytes.size();
  if (m_body_bytes > m_request.body_limit) {
    return refuse(fmt::format("the answer of `{}` has more than the {} bytes allowed", m_request.url.host(), m_request.body_limit));
  }
  if (m_request.sink) return m_request.sink(bytes);
  m_response.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {};
}

Status CurlTransfer::check_whole() const {
  if (!m_promised || *m_promised == m_body_bytes) return {};
  return refuse(fmt::format("the answer of `{}` was cut short: {} of {} bytes came", m_request.url.host(), m_body_bytes, *m_promised));
}

HttpCompletion CurlTransfer::finish(CURLcode code) {
  if (m_refused) return {m_id, failure(std::move(*m_refused))};
  if (code == CURLE_OK) {
    if (auto whole = check_whole(); !whole) return {m_id, failure(std::move(whole).error()), true};
    return {m_id, std::move(m_response)};
  }
  curl_off_t connected = 0;
  CurlFailure problem{.code = code, .system_error = 0, .detail = m_detail.data(), .answered = false};
  m_curl.easy_getinfo(m_easy.get(), CURLINFO_OS_ERRNO, &problem.system_error);
  m_curl.easy_getinfo(m_easy.get(), CURLINFO_PRETRANSFER_TIME_T, &connected);
  problem.answered = connected > 0 || m_head_bytes > 0;
  return {m_id, failure(describe_curl_failure(problem, m_request.url, m_settings)), is_transient_curl_failure(code)};
}

}  // namespace torchup
