#pragma once
// GET requests with redirects followed and failures tried again, side by side: the policy between the index client and
// the transport. One thread; answers come inside `drive`.

#include "torchup/system/http_policy.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

namespace torchup {

/// Time and chance as the queue needs them; tests give their own.
struct RequestClock {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<std::chrono::system_clock::time_point()> wall;
  std::function<void(std::chrono::milliseconds)> sleep;
  std::function<double()> random;  ///< In [0, 1).
};

/// The machine's own.
RequestClock system_request_clock();

/// A response and where it came from, after redirects.
struct Fetched {
  Url url;
  HttpResponse response;
};

struct RequestCounts {
  std::uint64_t requests = 0;  ///< Sent, redirects and retries included.
  std::uint64_t retries = 0;
  std::uint64_t bytes = 0;  ///< Of bodies, decoded.
};

class RequestQueue {
 public:
  /// Runs once, inside `drive`; may ask for more. Any final status is a result; no response, a redirect that leads nowhere
  /// allowed and more than ten of them are ErrorKind::network.
  using Done = std::function<void(Result<Fetched>)>;

  /// `transport` and `cancellation` must outlive the queue.
  RequestQueue(HttpTransport& transport, const Cancellation& cancellation, RequestClock clock, RetryPolicy policy = {});

  /// Queues a GET of which no `sink` is set.
  void get(HttpRequest request, Done done);

  /// Works until at least one request is done; returns at once where there is none. ErrorKind::interrupted on Ctrl-C.
  Status drive();

  bool idle() const { return m_sent.empty() && m_pausing.empty(); }
  const RequestCounts& counts() const { return m_counts; }
  std::chrono::system_clock::time_point wall_time() const { return m_clock.wall(); }

 private:
  struct Job {
    HttpRequest request;
    Done done;
    unsigned attempt = 1;
    unsigned redirects = 0;
  };

  void send(Job job);
  void send_due();
  Status pause();
  std::chrono::milliseconds time_to_next() const;
  bool settle(HttpCompletion completion);
  bool follow(Job& job, const HttpResponse& response);

  HttpTransport& m_transport;
  const Cancellation& m_cancellation;
  RequestClock m_clock;
  RetryPolicy m_policy;
  RequestCounts m_counts;
  std::map<HttpRequestId, Job> m_sent;
  std::multimap<std::chrono::steady_clock::time_point, Job> m_pausing;  // by when they go out again
};

}  // namespace torchup
