#include "src/fetch/download.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fcntl.h>
#include <functional>
#include <random>
#include <system_error>
#include <unistd.h>

namespace torchup {
namespace {

constexpr std::uint64_t k_most_unknown_bytes = 32ULL << 30;  // of a wheel whose size nobody told
constexpr std::uint64_t k_progress_step = 1ULL << 20;
constexpr std::uint64_t k_own_connection_from = 8ULL << 20;
constexpr unsigned k_most_requests = 100;  // however much progress each of them made

std::optional<std::uint64_t> content_length(const HttpResponse& response) {
  const auto value = response.header("content-length");
  if (!value || value->empty()) return std::nullopt;
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), length);
  if (error != std::errc() || end != value->data() + value->size()) return std::nullopt;
  return length;
}

/// An ETag that stands for exact bytes; a weak one must not be used for ranges (RFC 9110 13.1.5).
std::string strong_etag(const HttpResponse& response) {
  const auto etag = response.header("etag");
  return etag && etag->starts_with('"') ? std::string(*etag) : std::string();
}

double spread() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(random);
}

}  // namespace

Download::Download(const FetchItem& item, const RetryPolicy& retry, std::uint64_t bytes_per_second, HashFollower& hashes,
                   std::shared_ptr<ChunkPool> pool, Diagnostics& diagnostics)
    : m_item(item),
      m_retry(retry),
      m_bytes_per_second(bytes_per_second),
      m_hashes(hashes),
      m_diagnostics(diagnostics),
      m_pool(std::move(pool)),
      m_expected(item.request.file.size),
      m_url(item.request.file.url) {}

Download::~Download() {
  if (m_part) m_part->abandon();
  std::error_code ignored;
  if (m_is_private) std::filesystem::remove(m_path, ignored);
}

/// Opens the part file and locks it. Where another process downloads into it, one beside it is used.
Result<FileDescriptor> Download::open_part() {
  for (m_path = m_item.part;;) {
    TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(m_path, O_RDWR | O_CREAT | O_NOFOLLOW, 0644));
    TORCHUP_TRY_ASSIGN(const bool is_mine, file.try_lock());
    if (!is_mine) {
      m_path = m_item.part.string() + fmt::format(".{}", ::getpid());
      m_is_private = true;
    } else if (file.is_still_at(m_path)) {
      return file;
    }  // else another process was done with it between opening and locking
  }
}

Status Download::open() {
  TORCHUP_TRY_ASSIGN(FileDescriptor file, open_part());
  TORCHUP_TRY_ASSIGN(m_part, PartFile::go_on(std::move(file), m_expected, m_pool));
  m_written = m_part->available();
  follow();
  if (m_expected && m_written > *m_expected) TORCHUP_TRY(start_over());
  m_resumed = m_written;
  report_progress(true);
  return {};
}

void Download::follow() {
  m_hash = m_hashes.follow(m_part);
  m_hashes.grown(m_hash, m_written);
}

HttpRequest Download::request() {
  ++m_attempts;
  ++m_requests;
  m_written_before = m_written;
  m_starts_over = false;
  m_body = Body::refuse;
  HttpRequest request{.url = m_url};
  request.headers.push_back({"Accept-Encoding", "identity"});
  if (m_written > 0 && !m_no_range) {
    request.headers.push_back({"Range", fmt::format("bytes={}-", m_written)});
    if (!m_etag.empty()) request.headers.push_back({"If-Range", m_etag});
  }
  request.body_limit = m_expected.value_or(k_most_unknown_bytes) + 1;  // `take` says it better
  request.bytes_per_second = m_bytes_per_second;
  request.own_connection = m_expected.value_or(0) >= k_own_connection_from;
  request.on_head = [this](const HttpResponse& response) { return head(response); };
  request.sink = [this](std::span<const std::byte> bytes) { return take(bytes); };
  return request;
}

Status Download::head(const HttpResponse& response) {
  if (response.status == 200) return head_of_whole(response);
  if (response.status == 206) return head_of_rest(response);
  return {};
}

Status Download::head_of_whole(const HttpResponse& response) {
  const auto encoding = response.header("content-encoding");
  if (encoding && *encoding != "identity") {
    return failure({ErrorKind::network, fmt::format("`{}` sends wheel `{}` encoded as `{}`", m_url.host(), wheel(), *encoding), {}, {}});
  }
  const auto type = response.header("content-type");
  if (type && type->starts_with("text/html")) {
    return failure({ErrorKind::network,
                    fmt::format("`{}` answers with a web page instead of wheel `{}`", m_url.host(), wheel()),
                    {},
                    {"a login page or a captive portal may stand before the index: open the URL in a browser"}});
  }
  const auto length = content_length(response);
  if (m_expected && length && *length != *m_expected) {
    return failure({ErrorKind::integrity,
                    fmt::format("wheel `{}` has {} bytes at `{}`, and the lock says {}", wheel(), *length, m_url.text(), *m_expected),
                    {},
                    {"the file was replaced since it was locked; lock again"}});
  }
  if (!m_expected && length) learn_whole(*length);
  if (m_written > 0) TORCHUP_TRY(start_over());  // the server sends all of it, whatever was asked for
  m_etag = strong_etag(response);
  m_body = Body::take;
  return {};
}

void Download::learn_whole(std::uint64_t bytes) {
  m_expected = bytes;
  m_part->set_whole(bytes);
}

Status Download::head_of_rest(const HttpResponse& response) {
  const auto header = response.header("content-range");
  const auto range = header ? parse_content_range(*header) : std::nullopt;
  const bool continues =
      range && range->first == m_written && range->last + 1 == range->total && (!m_expected || range->total == *m_expected);
  if (!continues) {
    m_starts_over = true;
    m_no_range = true;  // a server that answered another range once is not asked for one again
    return failure(
        {ErrorKind::network, fmt::format("`{}` sends another part of wheel `{}` than asked for", m_url.host(), wheel()), {}, {}});
  }
  if (!m_expected) learn_whole(range->total);
  m_body = Body::take;
  return {};
}

Status Download::take(std::span<const std::byte> bytes) {
  if (m_body == Body::refuse) return {};
  if (bytes.size() > m_expected.value_or(k_most_unknown_bytes) - m_written) {
    return failure(
        {ErrorKind::integrity,
         fmt::format("`{}` sends more than the {} bytes of wheel `{}`", m_url.text(), m_expected.value_or(k_most_unknown_bytes), wheel()),
         {},
         {}});
  }
  TORCHUP_TRY(m_part->append(bytes));
  m_written += bytes.size();
  m_downloaded += bytes.size();
  m_hashes.grown(m_hash, m_written);
  report_progress(false);
  return {};
}

Status Download::start_over() {
  m_hashes.forget(m_hash);
  TORCHUP_TRY_ASSIGN(m_part, m_part->start_over(m_expected));
  m_written = 0;
  m_resumed = 0;
  m_etag.clear();
  follow();
  return {};
}

Result<bool> Download::completed(const HttpCompletion& completion) {
  if (m_written > m_written_before) m_attempts = 0;
  if (m_starts_over) {
    TORCHUP_TRY(start_over());
    m_diagnostics.note(fmt::format("downloading `{}` from its beginning: the server did not go on where it stopped", wheel()));
    if (m_attempts >= m_retry.attempts) return give_up(completion.response.error());
    return false;
  }
  if (!completion.response) {
    if (worth_retrying(completion)) return try_again(completion, completion.response.error());
    return give_up(completion.response.error());
  }
  const HttpResponse& response = *completion.response;
  if (response.status == 200 || response.status == 206) return ended_well();
  if (is_redirect(response)) return redirected(response);
  if (response.status == 416 && m_written > 0) {  // the part is no beginning of what is there now
    TORCHUP_TRY(start_over());
    return false;
  }
  if (worth_retrying(completion)) return try_again(completion, refusal(response.status));
  return give_up(refusal(response.status));
}

Result<bool> Download::ended_well() {
  if (!m_expected) m_expected = m_written;
  if (is_complete()) {
    report_progress(true);
    return true;
  }
  // Shorter than it should be, and the transport saw nothing wrong: the body was cut without a length.
  const Error error{
      ErrorKind::network, fmt::format("`{}` sent {} of the {} bytes of wheel `{}`", m_url.host(), m_written, *m_expected, wheel()), {}, {}};
  return try_again({.id = 0, .response = failure(error), .transient = true}, error);
}

Result<bool> Download::try_again(const HttpCompletion& completion, Error error) {
  if (m_attempts >= m_retry.attempts || m_requests >= k_most_requests) {
    error.context.push_back(fmt::format("after {} requests for wheel `{}`", m_requests, wheel()));
    return give_up(std::move(error));
  }
  const auto pause = retry_pause(m_retry, m_attempts + 1, completion, std::chrono::system_clock::now(), spread());
  m_not_before = std::chrono::steady_clock::now() + pause;
  m_diagnostics.note(fmt::format("{}; trying again in {} ms", error.message, pause.count()));
  m_url = source();  // a redirect's target may be short-lived
  m_redirects = 0;
  return false;
}

/// Goes on at the next source, with the bytes that are there: the digest will tell whether they go together.
Result<bool> Download::give_up(Error error) {
  const std::vector<Url>& others = m_item.request.other_sources;
  const bool is_the_sources_fault = error.kind == ErrorKind::network || error.kind == ErrorKind::integrity;
  if (!is_the_sources_fault || m_source == others.size()) {
    if (!others.empty()) error.context.push_back(fmt::format("as the last of {} places to fetch it from", others.size() + 1));
    return failure(std::move(error));
  }
  m_url = others[m_source++];
  m_diagnostics.warn(fmt::format("{}; going on at `{}`", error.message, m_url.host()));
  m_etag.clear();
  m_no_range = false;
  m_redirects = m_attempts = m_requests = m_wrong_digests = 0;
  m_not_before = {};
  return false;
}

const Url& Download::source() const { return m_source == 0 ? m_item.request.file.url : m_item.request.other_sources[m_source - 1]; }

Result<bool> Download::redirected(const HttpResponse& response) {
  --m_attempts;  // an answer, only from elsewhere
  if (++m_redirects > k_most_redirects) {
    return give_up({ErrorKind::network, fmt::format("`{}` leads to more than {} redirects", source().text(), k_most_redirects), {}, {}});
  }
  auto target = redirect_target(m_url, response);
  if (!target) return give_up(std::move(target).error());
  m_url = *std::move(target);
  return false;
}

Error Download::refusal(int status) const {
  const std::string url = m_url.text();
  if (status == 404 || status == 410) {
    return {ErrorKind::network,
            fmt::format("wheel `{}` is not at `{}` any more ({})", wheel(), url, status),
            {},
            {"lock again to choose from what the index has now"}};
  }
  if (status == 401 || status == 403) {
    return {ErrorKind::network,
            fmt::format("`{}` refuses access to wheel `{}` ({})", m_url.host(), wheel(), status),
            {},
            {"set a name and a password in the URL of its index, or in `~/.netrc`"}};
  }
  return {ErrorKind::network, fmt::format("`{}` answers {} for wheel `{}`", m_url.host(), status, wheel()), {}, {}};
}

Result<HashFollower::Id> Download::end_hash() {
  TORCHUP_TRY(m_part->complete());
  m_hashes.ended(m_hash, m_written);
  return m_hash;
}

Result<bool> Download::hashed(const Result<Sha256>& digest) {
  if (!digest) return failure(digest.error());
  if (m_item.learns_digest || *digest == m_item.request.file.sha256) return true;

  TORCHUP_TRY(start_over());
  if (++m_wrong_digests < 2) {
    m_diagnostics.note(fmt::format("`{}` has a wrong sha256; downloading it once more", wheel()));
    m_attempts = 0;
    return false;
  }
  auto given_up = give_up(wrong_digest(*digest));
  std::error_code ignored;
  if (!given_up) std::filesystem::remove(m_path, ignored);
  return given_up;
}

Error Download::wrong_digest(const Sha256& digest) const {
  const std::string expected = m_item.request.file.sha256.hex();
  if (is_native_archive(wheel())) {
    return {ErrorKind::integrity,
            fmt::format("archive `{}` from `{}` is not the one that was downloaded first: sha256 is `{}`, expected `{}`", wheel(),
                        m_url.text(), digest.hex(), expected),
            {},
            {"the file was replaced in its place, or something alters it on the way"}};
  }
  return {ErrorKind::integrity,
          fmt::format("wheel `{}` from `{}` does not match the lock: sha256 is `{}`, expected `{}`", wheel(), m_url.text(), digest.hex(),
                      expected),
          {},
          {"the file was replaced since it was locked, or something alters it on the way; lock again if you trust the new one"}};
}

void Download::report_progress(bool always) {
  const bool is_step = m_written < m_reported || m_written - m_reported >= k_progress_step;
  if (!always && !is_step && !is_complete()) return;
  m_reported = m_written;
  m_diagnostics.progress(wheel(), m_written, m_expected.value_or(0));
}

}  // namespace torchup
