#include "src/fetch/range_questions.hpp"

#include "torchup/system/http_policy.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <span>
#include <utility>

namespace torchup {
namespace {

std::optional<ContentRange> content_range(const HttpResponse& head) {
  const auto header = head.status == 206 ? head.header("content-range") : std::nullopt;
  return header ? parse_content_range(*header) : std::nullopt;
}

/// The whole's size as the answer's head tells it.
std::optional<std::uint64_t> told_size(const HttpResponse& head) {
  if (const auto range = content_range(head)) return range->total;
  const auto length = head.header("content-length");
  if (head.status != 200 || !length) return std::nullopt;
  std::uint64_t size = 0;
  const auto [end, problem] = std::from_chars(length->data(), length->data() + length->size(), size);
  if (problem != std::errc() || end != length->data() + length->size()) return std::nullopt;
  return size;
}

}  // namespace

RangeQuestions::~RangeQuestions() {
  for (const auto& [id, open] : m_open) m_transport.cancel(id);
}

void RangeQuestions::ask(RangeQuestion question, unsigned redirects) {
  auto open = std::make_unique<Open>(Open{std::move(question), redirects, {}, {}});
  const std::uint64_t wanted = open->question.last - open->question.first + 1;
  HttpRequest request{.url = open->question.url};
  request.headers = {{"Accept-Encoding", "identity"}, {"Range", fmt::format("bytes={}-{}", open->question.first, open->question.last)}};
  request.body_limit = std::numeric_limits<std::uint64_t>::max();  // or the head of one that sends more would not come here
  request.on_head = [to = open.get()](const HttpResponse& head) -> Status {
    to->head = head;
    // A server that sends the whole wheel is stopped: its head tells enough.
    if (head.status == 200) return failure({ErrorKind::network, "the range was ignored", {}, {}});
    return {};
  };
  request.sink = [to = open.get(), wanted](std::span<const std::byte> bytes) -> Status {
    if (bytes.size() > wanted - to->bytes.size()) return failure({ErrorKind::network, "more came than was asked for", {}, {}});
    to->bytes.insert(to->bytes.end(), bytes.begin(), bytes.end());
    return {};
  };
  m_open.emplace(m_transport.start(std::move(request)), std::move(open));
}

std::optional<RangeAnswer> RangeQuestions::take(const HttpCompletion& completion) {
  const auto found = m_open.extract(completion.id);
  if (found.empty()) return std::nullopt;
  Open& open = *found.mapped();
  if (is_redirect(open.head) && open.redirects < k_most_redirects) {
    if (auto target = redirect_target(open.question.url, open.head)) {
      open.question.url = *std::move(target);
      ask(std::move(open.question), open.redirects + 1);
      return std::nullopt;
    }
  }
  RangeAnswer answer{std::move(open.question), told_size(open.head), {}};
  const auto range = content_range(open.head);
  const bool is_exact = completion.response && range && range->first == answer.question.first && range->last == answer.question.last &&
                        open.bytes.size() == range->last - range->first + 1;
  if (is_exact) answer.bytes = std::move(open.bytes);
  return answer;
}

}  // namespace torchup
