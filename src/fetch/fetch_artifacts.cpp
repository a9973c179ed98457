#include "src/fetch/fetch_artifacts.hpp"

#include "src/fetch/download.hpp"
#include "src/fetch/hash_follower.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

namespace torchup {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_turn{20};  // how late a digest, a due retry or the caller's wish may be noticed

/// All downloads of one call. Ends every request it started, however it ends.
class Fetcher {
 public:
  Fetcher(const std::vector<FetchItem>& items, HttpTransport& transport, const FetchOptions& options, Diagnostics& diagnostics,
          const Cancellation& cancellation, const FetchEvents& events)
      : m_items(items),
        m_transport(transport),
        m_options(options),
        m_diagnostics(diagnostics),
        m_cancellation(cancellation),
        m_events(events) {
    m_waiting.resize(items.size());
    std::iota(m_waiting.begin(), m_waiting.end(), std::size_t{0});
    // The biggest first: what follows a download takes longest for it. Without a size last, at the vector's front.
    std::ranges::stable_sort(m_waiting, {}, [&](std::size_t item) { return items[item].request.file.size.value_or(0); });
  }

  ~Fetcher() {
    for (const auto& [id, item] : m_requests) m_transport.cancel(id);
  }

  Result<FetchReport> run() {
    while (m_whole < m_items.size()) {
      if (Status status = turn(); !status) {
        return with_context(Result<FetchReport>(failure(std::move(status).error())),
                            fmt::format("while fetching wheels, {} of {} done", m_whole, m_items.size()));
      }
    }
    return m_report;
  }

 private:
  Status turn() {
    TORCHUP_TRY(m_cancellation.check());
    if (m_events.poll) TORCHUP_TRY(m_events.poll());
    TORCHUP_TRY(start_downloads());
    send_due_requests();
    milliseconds limit = k_turn;
    if (!m_requests.empty()) {
      TORCHUP_TRY_ASSIGN(const std::optional<HttpCompletion> completion, m_transport.next(k_turn));
      if (completion) TORCHUP_TRY(take_completion(*completion));
      limit = milliseconds::zero();
    }
    while (const auto finished = m_hashes.next(limit)) {
      TORCHUP_TRY(take_digest(*finished));
      limit = milliseconds::zero();
    }
    return {};
  }

  Status start_downloads() {
    while (m_downloads.size() - m_hashing.size() < m_options.at_once && !m_waiting.empty()) {
      const std::size_t item = m_waiting.back();
      m_waiting.pop_back();
      auto download = std::make_unique<Download>(m_items[item], m_options.retry, m_hashes, m_diagnostics);
      TORCHUP_TRY(download->open());
      Download& started = *m_downloads.emplace(item, std::move(download)).first->second;
      if (started.is_complete()) {
        m_hashing.emplace(started.end_hash(), item);
      } else {
        m_to_send.push_back(item);
      }
    }
    return {};
  }

  void send_due_requests() {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(m_to_send, [&](std::size_t item) {
      Download& download = *m_downloads.at(item);
      if (download.not_before() > now) return false;
      m_requests.emplace(m_transport.start(download.request()), item);
      return true;
    });
  }

  Status take_completion(const HttpCompletion& completion) {
    const auto found = m_requests.find(completion.id);
    if (found == m_requests.end()) return {};
    const std::size_t item = found->second;
    m_requests.erase(found);
    Download& download = *m_downloads.at(item);
    TORCHUP_TRY_ASSIGN(const bool is_complete, download.completed(completion));
    if (is_complete) {
      m_hashing.emplace(download.end_hash(), item);
    } else {
      m_to_send.push_back(item);
    }
    return {};
  }

  Status take_digest(const HashFollower::Finished& finished) {
    const auto found = m_hashing.find(finished.id);
    if (found == m_hashing.end()) return {};
    const std::size_t item = found->second;
    m_hashing.erase(found);
    Download& download = *m_downloads.at(item);
    TORCHUP_TRY_ASSIGN(const bool is_right, download.hashed(finished.sha256));
    if (!is_right) {
      m_to_send.push_back(item);
      return {};
    }
    m_report.downloaded_bytes += download.downloaded_bytes();
    m_report.resumed_bytes += download.resumed_bytes();
    FetchedWheel wheel = download.take_file();
    m_downloads.erase(item);
    ++m_whole;
    return m_events.whole(item, std::move(wheel));
  }

  const std::vector<FetchItem>& m_items;
  HttpTransport& m_transport;
  const FetchOptions& m_options;
  Diagnostics& m_diagnostics;
  const Cancellation& m_cancellation;
  const FetchEvents& m_events;

  HashFollower m_hashes;
  std::vector<std::size_t> m_waiting;                            // not begun, the next one at the back
  std::map<std::size_t, std::unique_ptr<Download>> m_downloads;  // begun and not whole
  std::vector<std::size_t> m_to_send;                            // of those: with a request to send when it is due
  std::map<HttpRequestId, std::size_t> m_requests;               // with a request under way
  std::map<HashFollower::Id, std::size_t> m_hashing;             // complete, their digest awaited
  std::size_t m_whole = 0;
  FetchReport m_report;
};

/// The whole's size as an answer to a request for one byte tells it.
std::optional<std::uint64_t> told_size(const HttpResponse& response) {
  if (response.status == 206) {
    const auto header = response.header("content-range");
    const auto range = header ? parse_content_range(*header) : std::nullopt;
    return range ? std::optional(range->total) : std::nullopt;
  }
  const auto length = response.header("content-length");
  if (response.status != 200 || !length || length->empty() || length->size() > 18 ||
      length->find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  return std::stoull(std::string(*length));
}

/// Asks for the sizes; one question at a time for each wheel, redirects followed.
class SizeQuestions {
 public:
  SizeQuestions(std::vector<FetchItem>& items, HttpTransport& transport) : m_items(items), m_transport(transport) {}
  ~SizeQuestions() {
    for (const auto& [id, question] : m_questions) m_transport.cancel(id);
  }

  void ask(std::size_t item, Url url, unsigned redirects) {
    auto response = std::make_unique<HttpResponse>();
    HttpRequest request{.url = url};
    request.headers = {{"Accept-Encoding", "identity"}, {"Range", "bytes=0-0"}};
    request.on_head = [head = response.get()](const HttpResponse& answer) -> Status {
      *head = answer;
      // A server that sends the whole wheel is stopped: its size was all that was asked for.
      if (answer.status == 200) return failure({ErrorKind::network, "the size is known", {}, {}});
      return {};
    };
    request.sink = [](std::span<const std::byte>) -> Status { return {}; };
    m_questions.emplace(m_transport.start(std::move(request)), Question{item, std::move(url), redirects, std::move(response)});
  }

  Status run(const Cancellation& cancellation) {
    while (!m_questions.empty()) {
      TORCHUP_TRY(cancellation.check());
      TORCHUP_TRY_ASSIGN(const std::optional<HttpCompletion> completion, m_transport.next(k_turn));
      if (completion) take(*completion);
    }
    return {};
  }

 private:
  struct Question {
    std::size_t item;
    Url url;
    unsigned redirects;
    std::unique_ptr<HttpResponse> head;
  };

  void take(const HttpCompletion& completion) {
    auto found = m_questions.extract(completion.id);
    if (found.empty()) return;
    const Question& question = found.mapped();
    if (is_redirect(*question.head) && question.redirects < k_most_redirects) {
      if (auto target = redirect_target(question.url, *question.head)) ask(question.item, *std::move(target), question.redirects + 1);
      return;
    }
    m_items[question.item].request.file.size = told_size(*question.head);
  }

  std::vector<FetchItem>& m_items;
  HttpTransport& m_transport;
  std::map<HttpRequestId, Question> m_questions;
};

}  // namespace

Status learn_sizes(std::vector<FetchItem>& items, HttpTransport& transport, const Cancellation& cancellation) {
  SizeQuestions questions(items, transport);
  for (std::size_t item = 0; item < items.size(); ++item) {
    if (!items[item].request.file.size) questions.ask(item, items[item].request.file.url, 0);
  }
  return questions.run(cancellation);
}

Result<FetchReport> fetch_artifacts(const std::vector<FetchItem>& items, HttpTransport& transport, const FetchOptions& options,
                                    Diagnostics& diagnostics, const Cancellation& cancellation, const FetchEvents& events) {
  return Fetcher(items, transport, options, diagnostics, cancellation, events).run();
}

}  // namespace torchup
