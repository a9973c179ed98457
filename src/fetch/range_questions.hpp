#pragma once
// Small questions about wheels by range requests, beside the downloads: how long one is, what its last bytes are. A server
// that has no answer is asked no further; whoever needs it does without. Private to `fetch`.

#include "torchup/core/url.hpp"
#include "torchup/system/http_transport.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace torchup {

struct RangeQuestion {
  std::size_t item = 0;  ///< Whose wheel; comes back with the answer.
  Url url;
  std::uint64_t first = 0, last = 0;  ///< Both included.
};

struct RangeAnswer {
  RangeQuestion question;
  std::optional<std::uint64_t> whole;  ///< The wheel's size, where the server told it.
  std::vector<std::byte> bytes;        ///< The range, or nothing where the server did not send exactly that.
};

class RangeQuestions {
 public:
  explicit RangeQuestions(HttpTransport& transport) : m_transport(transport) {}
  ~RangeQuestions();
  RangeQuestions(const RangeQuestions&) = delete;
  RangeQuestions& operator=(const RangeQuestions&) = delete;

  void ask(RangeQuestion question) { ask(std::move(question), 0); }
  bool is_waiting() const { return !m_open.empty(); }

  /// The answer that a completion of the transport is, if it is one. Redirects are followed and no answer.
  std::optional<RangeAnswer> take(const HttpCompletion& completion);

 private:
  struct Open {
    RangeQuestion question;
    unsigned redirects = 0;
    HttpResponse head;
    std::vector<std::byte> bytes;
  };
  void ask(RangeQuestion question, unsigned redirects);

  HttpTransport& m_transport;
  std::map<HttpRequestId, std::unique_ptr<Open>> m_open;
};

}  // namespace torchup
