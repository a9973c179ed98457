#pragma once
// A bundle in the network's place: GET requests for the pages and wheels that it holds are answered out of it, ranges too, and
// nothing else is. So whatever is installed from a bundle goes the way of what is downloaded, with every check on it.

#include "torchup/system/http_transport.hpp"

#include "src/bundle/bundle.hpp"

#include <deque>
#include <memory>
#include <vector>

namespace torchup {

class BundleTransport final : public HttpTransport {
 public:
  /// `cancellation` must outlive it.
  BundleTransport(std::shared_ptr<const Bundle> bundle, const Cancellation& cancellation);

  /// A page is answered whole or with 404, a file whole, in part (206, 416) or with ErrorKind::network that names the bundle.
  HttpRequestId start(HttpRequest request) override;
  Result<std::optional<HttpCompletion>> next(std::chrono::milliseconds limit) override;
  void cancel(HttpRequestId id) override;
  std::size_t pending() const override { return m_requests.size(); }

 private:
  struct Sending {
    HttpRequestId id = 0;
    HttpRequest request;
    HttpResponse response;
    const PlacedMember* member = nullptr;
    std::uint64_t next = 0, end = 0;  // in the member's content
    bool is_begun = false;
  };
  std::optional<Error> begin(Sending& sending) const;
  Result<bool> go_on(Sending& sending);

  std::shared_ptr<const Bundle> m_bundle;
  const Cancellation& m_cancellation;
  std::deque<Sending> m_requests;  // the one whose turn it is first
  std::vector<std::byte> m_room;
  HttpRequestId m_last_id = 0;
};

}  // namespace torchup
