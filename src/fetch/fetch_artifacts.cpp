#include "src/fetch/fetch_artifacts.hpp"

#include "src/fetch/connection_limit.hpp"
#include "src/fetch/download.hpp"
#include "src/fetch/hash_follower.hpp"
#include "src/fetch/range_questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <utility>

namespace torchup {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_most_chunks = 96;  // 96 MiB
constexpr std::uint64_t k_first_end = 64ULL << 10;
constexpr milliseconds k_turn{20};  // how late a digest, a due retry or the caller's wish may be noticed

/// All downloads of one call. Ends every request it started, however it ends.
class Fetcher {
 public:
  Fetcher(const std::vector<FetchItem>& items, HttpTransport& transport, const FetchOptions& options, HashLanes& lanes,
          Diagnostics& diagnostics, const Cancellation& cancellation, const FetchEvents& events)
      : m_items(items),
        m_transport(transport),
        m_options(options),
        m_diagnostics(diagnostics),
        m_cancellation(cancellation),
        m_events(events),
        m_hashes(lanes),
        m_limit(options.at_once) {
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
    ask_for_ends();
    send_due_requests();
    milliseconds limit = k_turn;
    if (!m_requests.empty() || m_ends.is_waiting()) {
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

  /// The limit's part of each of those that download at once.
  std::uint64_t share_of_rate() const {
    const std::size_t at_once = std::max<std::size_t>(1, std::min(m_options.at_once, m_items.size()));
    return m_options.bytes_per_second == 0 ? 0 : std::max<std::uint64_t>(1, m_options.bytes_per_second / at_once);
  }

  Status start_downloads() {
    while (m_downloads.size() - m_hashing.size() < m_limit.now() && !m_waiting.empty()) {
      const std::size_t item = m_waiting.back();
      m_waiting.pop_back();
      auto download = std::make_unique<Download>(m_items[item], m_options.retry, share_of_rate(), m_hashes, m_pool, m_diagnostics);
      TORCHUP_TRY(download->open());
      Download& started = *m_downloads.emplace(item, std::move(download)).first->second;
      TORCHUP_TRY(tell_of_part(item));
      if (started.is_complete()) {
        TORCHUP_TRY(await_digest(item));
        continue;
      }
      if (m_items[item].request.file.size.value_or(0) >= m_options.end_first_from) ask_for_end(item, k_first_end);
      m_to_send.push_back(item);
    }
    return {};
  }

  /// Tells the caller of a part that it does not know yet.
  Status tell_of_part(std::size_t item) {
    const std::shared_ptr<PartFile>& part = m_downloads.at(item)->part();
    if (std::exchange(m_told[item], part) == part || !m_events.begun) return {};
    return m_events.begun(item, part);
  }

  Status await_digest(std::size_t item) {
    TORCHUP_TRY_ASSIGN(const HashFollower::Id hash, m_downloads.at(item)->end_hash());
    m_hashing.emplace(hash, item);
    return {};
  }

  void ask_for_end(std::size_t item, std::uint64_t bytes) {
    const LockedFile& file = m_items[item].request.file;
    if (!file.size || *file.size == 0) return;
    m_ends_asked[item] = bytes;
    m_ends.ask({item, file.url, *file.size - std::min(bytes, *file.size), *file.size - 1});
  }

  /// Who reads a wheel's directory may have found that it begins before what was asked for.
  void ask_for_ends() {
    for (const auto& [item, download] : m_downloads) {
      const auto wanted = download->part()->wanted_end();
      const auto asked = m_ends_asked.find(item);
      if (wanted && asked != m_ends_asked.end() && asked->second < *wanted) ask_for_end(item, *wanted);
    }
  }

  void take_end(RangeAnswer answer) {
    const auto download = m_downloads.find(answer.question.item);
    if (download == m_downloads.end() || answer.bytes.empty()) return;
    if (answer.whole == m_items[answer.question.item].request.file.size) download->second->part()->add_end(std::move(answer.bytes));
  }

  void send_due_requests() {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(m_to_send, [&](std::size_t item) {
      Download& download = *m_downloads.at(item);
      if (download.not_before() > now || m_requests.size() >= m_limit.now()) return false;
      m_requests.emplace(m_transport.start(download.request()), item);
      return true;
    });
  }

  Status take_completion(const HttpCompletion& completion) {
    if (auto answer = m_ends.take(completion)) take_end(*std::move(answer));
    const auto found = m_requests.find(completion.id);
    if (found == m_requests.end()) return {};
    const std::size_t item = found->second;
    m_requests.erase(found);
    Download& download = *m_downloads.at(item);
    if (worth_retrying(completion)) break_connection();
    TORCHUP_TRY_ASSIGN(const bool is_complete, download.completed(completion));
    TORCHUP_TRY(tell_of_part(item));  // the server may have made it start over
    if (is_complete) return await_digest(item);
    m_to_send.push_back(item);
    return {};
  }

  void break_connection() {
    const std::size_t before = m_limit.now();
    m_limit.broken();
    if (m_limit.now() == before) return;
    m_diagnostics.note(fmt::format("the line or a server is poor: wheels downloading at once from now on: {}", m_limit.now()));
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
      return tell_of_part(item);
    }
    if (m_items[item].learns_digest && m_events.learned) m_events.learned(item, *finished.sha256);
    m_report.downloaded_bytes += download.downloaded_bytes();
    m_report.resumed_bytes += download.resumed_bytes();
    download.give_file_away();
    const std::shared_ptr<PartFile> part = download.part();
    m_downloads.erase(item);
    m_told.erase(item);
    ++m_whole;
    m_limit.whole();
    return m_events.whole(item, part);
  }

  const std::vector<FetchItem>& m_items;
  HttpTransport& m_transport;
  const FetchOptions& m_options;
  Diagnostics& m_diagnostics;
  const Cancellation& m_cancellation;
  const FetchEvents& m_events;

  std::shared_ptr<ChunkPool> m_pool = std::make_shared<ChunkPool>(k_most_chunks);
  HashFollower m_hashes;
  ConnectionLimit m_limit;
  RangeQuestions m_ends{m_transport};
  std::map<std::size_t, std::uint64_t> m_ends_asked;             // of each wheel so many last bytes
  std::map<std::size_t, std::shared_ptr<PartFile>> m_told;       // the part that the caller knows of
  std::vector<std::size_t> m_waiting;                            // not begun, the next one at the back
  std::map<std::size_t, std::unique_ptr<Download>> m_downloads;  // begun and not whole
  std::vector<std::size_t> m_to_send;                            // of those: with a request to send when it is due
  std::map<HttpRequestId, std::size_t> m_requests;               // with a request under way
  std::map<HashFollower::Id, std::size_t> m_hashing;             // complete, their digest awaited
  std::size_t m_whole = 0;
  FetchReport m_report;
};

}  // namespace

Status learn_sizes(std::vector<FetchItem>& items, HttpTransport& transport, const Cancellation& cancellation) {
  RangeQuestions questions(transport);
  for (std::size_t item = 0; item < items.size(); ++item) {
    if (!items[item].request.file.size) questions.ask({item, items[item].request.file.url, 0, 0});
  }
  while (questions.is_waiting()) {
    TORCHUP_TRY(cancellation.check());
    TORCHUP_TRY_ASSIGN(const std::optional<HttpCompletion> completion, transport.next(k_turn));
    const auto answer = completion ? questions.take(*completion) : std::nullopt;
    if (answer) items[answer->question.item].request.file.size = answer->whole;
  }
  return {};
}

Result<FetchReport> fetch_artifacts(const std::vector<FetchItem>& items, HttpTransport& transport, const FetchOptions& options,
                                    HashLanes& lanes, Diagnostics& diagnostics, const Cancellation& cancellation,
                                    const FetchEvents& events) {
  return Fetcher(items, transport, options, lanes, diagnostics, cancellation, events).run();
}

}  // namespace torchup
