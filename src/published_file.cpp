#include "src/published_file.hpp"

#include "torchup/system/http_policy.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace torchup {
namespace {

constexpr const char* k_from_wheel = "`--from-wheel` takes the libraries out of the wheel, which has a hash";

class PublishedFileQuestion {
 public:
  PublishedFileQuestion(const Ports& ports, Url url) : m_ports(ports), m_url(std::move(url)) {}

  /// Whether the file is there; a server that cannot be asked is ErrorKind::network.
  Result<bool> run() {
    for (unsigned redirects = 0; redirects <= k_most_redirects; ++redirects) {
      TORCHUP_TRY_ASSIGN(const int status, status_of_one_byte());
      if (status == 200 || status == 206) return true;
      if (status == 403 || status == 404 || status == 410) return false;
      if (m_next) {
        m_url = *std::exchange(m_next, std::nullopt);
        continue;
      }
      return failure({ErrorKind::network, fmt::format("`{}` answers {} for `{}`", m_url.host(), status, m_url.text()), {}, {k_from_wheel}});
    }
    return failure({ErrorKind::network, fmt::format("`{}` leads to more than {} redirects", m_url.text(), k_most_redirects), {}, {}});
  }

 private:
  Result<int> status_of_one_byte() {
    const RetryPolicy policy;
    for (unsigned attempt = 1;; ++attempt) {
      TORCHUP_TRY_ASSIGN(const HttpCompletion completion, ask());
      if (m_status == 200 || m_status == 206) return m_status;
      if (worth_retrying(completion) && attempt < policy.attempts) {
        std::this_thread::sleep_for(retry_pause(policy, attempt + 1, completion, std::chrono::system_clock::now(), 0));
        TORCHUP_TRY(m_ports.cancellation.check());
        continue;
      }
      if (!completion.response) {
        Error error = completion.response.error();
        error.hints.emplace_back(k_from_wheel);
        return failure(std::move(error));
      }
      if (is_redirect(*completion.response)) {
        TORCHUP_TRY_ASSIGN(m_next, redirect_target(m_url, *completion.response));
      }
      return completion.response->status;
    }
  }

  /// The head is enough: a server that sends the whole file is not listened to.
  Result<HttpCompletion> ask() {
    m_status = 0;
    HttpRequest request{.url = m_url};
    request.headers.push_back({"Range", "bytes=0-0"});
    request.on_head = [this](const HttpResponse& response) -> Status {
      m_status = response.status;
      if (response.status != 200) return {};
      return failure({ErrorKind::network, "the head is enough", {}, {}});
    };
    const HttpRequestId id = m_ports.transport.start(std::move(request));
    for (;;) {
      TORCHUP_TRY(m_ports.cancellation.check());
      TORCHUP_TRY_ASSIGN(auto completion, m_ports.transport.next(std::chrono::milliseconds(100)));
      if (completion && completion->id == id) return *std::move(completion);
    }
  }

  const Ports& m_ports;
  Url m_url;
  int m_status = 0;
  std::optional<Url> m_next;
};

}  // namespace

Result<bool> is_published(const Ports& ports, const Url& url) { return PublishedFileQuestion(ports, url).run(); }

}  // namespace torchup
