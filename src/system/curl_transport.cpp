#include "torchup/system/http_transport.hpp"

#include "src/system/curl_error.hpp"
#include "src/system/curl_library.hpp"
#include "src/system/curl_transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

namespace torchup {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds k_cancellation_pause{50};  // how late a cancellation may be noticed

class CurlTransport final : public HttpTransport {
 public:
  CurlTransport(HttpSettings settings, const Cancellation& cancellation) : m_settings(std::move(settings)), m_cancellation(cancellation) {}

  ~CurlTransport() override {
    for (const auto& [id, transfer] : m_running) m_curl->multi_remove_handle(m_multi.get(), transfer->easy());
  }

  HttpRequestId start(HttpRequest request) override {
    m_waiting.push_back({++m_last_id, std::move(request)});
    return m_last_id;
  }

  Result<std::optional<HttpCompletion>> next(milliseconds limit) override {
    const auto end = steady_clock::now() + limit;
    for (;;) {
      TORCHUP_TRY(m_cancellation.check());
      start_waiting();
      if (auto finished = take_finished()) return finished;
      if (m_running.empty()) return std::nullopt;
      int active = 0;
      m_driving = true;
      const CURLMcode driven = m_curl->multi_perform(m_multi.get(), &active);
      m_driving = false;
      if (driven != CURLM_OK) return cannot_drive(driven);
      forget_cancelled();
      collect();
      if (auto finished = take_finished()) return finished;
      const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
      if (left <= milliseconds::zero()) return std::nullopt;
      if (!m_waiting.empty()) continue;  // a callback queued another
      const auto pause = static_cast<int>(std::min(left, k_cancellation_pause).count());
      const CURLMcode waited = m_curl->multi_poll(m_multi.get(), nullptr, 0, pause, nullptr);
      if (waited != CURLM_OK) return cannot_drive(waited);
    }
  }

  void cancel(HttpRequestId id) override {
    if (m_driving) {  // libcurl forbids removing a handle inside its callbacks
      m_cancelled.push_back(id);
      return;
    }
    std::erase_if(m_waiting, [&](const Waiting& waiting) { return waiting.id == id; });
    std::erase_if(m_finished, [&](const HttpCompletion& completion) { return completion.id == id; });
    if (const auto running = m_running.find(id); running != m_running.end()) {
      m_curl->multi_remove_handle(m_multi.get(), running->second->easy());
      m_running.erase(running);
    }
  }

  std::size_t pending() const override { return m_waiting.size() + m_running.size() + m_finished.size(); }

 private:
  struct Waiting {
    HttpRequestId id;
    HttpRequest request;
  };
  struct FreeMulti {
    const CurlLibrary* curl;
    void operator()(CURLM* multi) const { curl->multi_cleanup(multi); }
  };

  tl::unexpected<Error> cannot_drive(CURLMcode code) const {
    return failure({ErrorKind::internal, fmt::format("libcurl cannot go on: {}", m_curl->multi_strerror(code)), {}, {}});
  }

  /// With the first request: most commands make none.
  Status load() {
    if (m_curl) return {};
    TORCHUP_TRY_ASSIGN(m_curl, load_curl(m_settings.library.empty() ? k_curl_soname : m_settings.library));
    m_multi = {m_curl->multi_init(), FreeMulti{&*m_curl}};
    if (m_multi == nullptr) return {};
    m_curl->multi_setopt(m_multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    m_curl->multi_setopt(m_multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(m_settings.connections));
    return {};
  }

  void start_waiting() {
    for (; !m_waiting.empty(); m_waiting.pop_front()) start_now(std::move(m_waiting.front()));
  }

  void start_now(Waiting waiting) {
    const HttpRequestId id = waiting.id;
    if (waiting.request.url.scheme() == "file") {
      refuse(id, {ErrorKind::usage, fmt::format("`{}` is a file, not a web address", waiting.request.url.text()), {}, {}});
      return;
    }
    if (const Status loaded = load(); !loaded) {
      refuse(id, loaded.error());
      return;
    }
    auto transfer = std::make_unique<CurlTransfer>(id, std::move(waiting.request), m_settings, *m_curl);
    if (m_multi == nullptr || transfer->easy() == nullptr || m_curl->multi_add_handle(m_multi.get(), transfer->easy()) != CURLM_OK) {
      refuse(id, {ErrorKind::internal, "libcurl cannot start a request", {}, {}});
      return;
    }
    m_running.emplace(id, std::move(transfer));
  }

  void refuse(HttpRequestId id, Error error) { m_finished.push_back({id, failure(std::move(error))}); }

  void forget_cancelled() {
    for (const HttpRequestId id : std::exchange(m_cancelled, {})) cancel(id);
  }

  void collect() {
    int left = 0;
    while (const CURLMsg* message = m_curl->multi_info_read(m_multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;  // the message dies with the handle's removal
      CurlTransfer* transfer = nullptr;
      m_curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      m_curl->multi_remove_handle(m_multi.get(), transfer->easy());
      m_finished.push_back(transfer->finish(code));
      m_running.erase(transfer->id());
    }
  }

  std::optional<HttpCompletion> take_finished() {
    if (m_finished.empty()) return std::nullopt;
    std::optional<HttpCompletion> completion(std::move(m_finished.front()));
    m_finished.pop_front();
    return completion;
  }

  HttpSettings m_settings;
  const Cancellation& m_cancellation;
  std::optional<CurlLibrary> m_curl;  // outlives all that is libcurl's
  std::unique_ptr<CURLM, FreeMulti> m_multi{nullptr, FreeMulti{nullptr}};
  HttpRequestId m_last_id = 0;
  std::deque<Waiting> m_waiting;                                     // started, not yet libcurl's
  std::map<HttpRequestId, std::unique_ptr<CurlTransfer>> m_running;  // libcurl's
  std::deque<HttpCompletion> m_finished;                             // ended, not yet handed out
  std::vector<HttpRequestId> m_cancelled;                            // cancelled inside a callback
  bool m_driving = false;
};

}  // namespace

std::unique_ptr<HttpTransport> make_curl_transport(HttpSettings settings, const Cancellation& cancellation) {
  return std::make_unique<CurlTransport>(std::move(settings), cancellation);
}

}  // namespace torchup
