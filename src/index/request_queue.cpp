#include "src/index/request_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

namespace torchup {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t k_most_retries = 100;   // of all requests together: an index that is down is told soon
constexpr milliseconds k_longest_wait{60'000};  // for the transport; it notices Ctrl-C itself
constexpr milliseconds k_cancellation_pause{50};

tl::unexpected<Error> refuse(std::string message) { return failure({ErrorKind::network, std::move(message), {}, {}}); }

}  // namespace

RequestClock system_request_clock() {
  auto generator = std::make_shared<std::minstd_rand>(std::random_device{}());
  return {[] { return std::chrono::steady_clock::now(); }, [] { return std::chrono::system_clock::now(); },
          [](milliseconds pause) { std::this_thread::sleep_for(pause); },
          [generator] { return std::uniform_real_distribution<double>(0, 1)(*generator); }};
}

RequestQueue::RequestQueue(HttpTransport& transport, const Cancellation& cancellation, RequestClock clock, RetryPolicy policy)
    : m_transport(transport), m_cancellation(cancellation), m_clock(std::move(clock)), m_policy(policy) {}

void RequestQueue::get(HttpRequest request, Done done) { send({std::move(request), std::move(done)}); }

void RequestQueue::send(Job job) {
  ++m_counts.requests;
  const auto id = m_transport.start(job.request);
  m_sent.emplace(id, std::move(job));
}

Status RequestQueue::drive() {
  while (!idle()) {
    send_due();
    if (m_sent.empty()) {
      TORCHUP_TRY(pause());
      continue;
    }
    TORCHUP_TRY_ASSIGN(auto completion, m_transport.next(time_to_next()));
    if (completion && settle(*std::move(completion))) return {};
  }
  return {};
}

void RequestQueue::send_due() {
  while (!m_pausing.empty() && m_pausing.begin()->first <= m_clock.now()) {
    auto node = m_pausing.extract(m_pausing.begin());
    send(std::move(node.mapped()));
  }
}

Status RequestQueue::pause() {
  TORCHUP_TRY(m_cancellation.check());
  m_clock.sleep(std::min(time_to_next(), k_cancellation_pause));
  return {};
}

milliseconds RequestQueue::time_to_next() const {
  if (m_pausing.empty()) return k_longest_wait;
  const auto left = std::chrono::ceil<milliseconds>(m_pausing.begin()->first - m_clock.now());
  return std::clamp(left, milliseconds(1), k_longest_wait);
}

/// Whether the request is done now, and not redirected or to be tried again.
bool RequestQueue::settle(HttpCompletion completion) {
  auto node = m_sent.extract(completion.id);
  if (node.empty()) return false;
  Job job = std::move(node.mapped());
  if (completion.response) m_counts.bytes += completion.response->body.size();
  if (worth_retrying(completion) && job.attempt < m_policy.attempts && m_counts.retries < k_most_retries) {
    ++m_counts.retries;
    const auto wait = retry_pause(m_policy, ++job.attempt, completion, m_clock.wall(), m_clock.random());
    m_pausing.emplace(m_clock.now() + wait, std::move(job));
    return false;
  }
  if (!completion.response) {
    auto broken = failure(std::move(completion.response).error());
    if (job.attempt > 1) broken.value().context.push_back(fmt::format("in attempt {} of {}", job.attempt, m_policy.attempts));
    job.done(std::move(broken));
    return true;
  }
  if (is_redirect(*completion.response)) return follow(job, *completion.response);
  job.done(Fetched{job.request.url, *std::move(completion.response)});
  return true;
}

/// Whether the request is done: a redirect that may not be followed ends it.
bool RequestQueue::follow(Job& job, const HttpResponse& response) {
  if (++job.redirects > k_most_redirects) {
    job.done(refuse(fmt::format("`{}` redirects more than {} times", job.request.url.text(), k_most_redirects)));
    return true;
  }
  auto target = redirect_target(job.request.url, response);
  if (!target) {
    job.done(failure(std::move(target).error()));
    return true;
  }
  job.request.url = *std::move(target);
  send(std::move(job));
  return false;
}

}  // namespace torchup
