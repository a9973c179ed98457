#include "torchup/system/http_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace torchup {
namespace {

using std::chrono::milliseconds;

tl::unexpected<Error> refuse(std::string message) { return failure({ErrorKind::network, std::move(message), {}, {}}); }

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT": the one form that servers may send (RFC 9110 5.6.7).
std::optional<std::time_t> parse_http_date(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* end = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return ::timegm(&parts);
}

std::optional<milliseconds> retry_after(const HttpCompletion& completion, std::chrono::system_clock::time_point now, milliseconds longest) {
  if (!completion.response) return std::nullopt;
  const auto header = completion.response->header("retry-after");
  if (!header) return std::nullopt;
  if (header->find_first_not_of("0123456789") == std::string_view::npos && !header->empty()) {
    const auto seconds = parse_number(*header);  // nothing: more than 64 bits
    const auto most = static_cast<std::uint64_t>(longest.count());
    return milliseconds(static_cast<milliseconds::rep>(std::min(seconds.value_or(most), most / 1000 + 1) * 1000));
  }
  // In seconds, since the clock's own unit has no room for the years that a header can name.
  const auto date = parse_http_date(*header);
  if (!date) return std::nullopt;
  const auto left = *date - std::chrono::system_clock::to_time_t(now);
  return milliseconds(1000 * std::clamp<milliseconds::rep>(left, 0, longest.count() / 1000 + 1));
}

}  // namespace

bool worth_retrying(const HttpCompletion& completion) {
  if (!completion.response) return completion.transient;
  switch (completion.response->status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

milliseconds retry_pause(const RetryPolicy& policy, unsigned attempt, const HttpCompletion& completion,
                         std::chrono::system_clock::time_point now, double random) {
  if (const auto told = retry_after(completion, now, policy.longest_pause)) return std::min(*told, policy.longest_pause);
  const auto doublings = std::min(attempt < 2 ? 0U : attempt - 2, 20U);
  const auto grown = std::min(policy.first_pause * (1U << doublings), policy.longest_pause);
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(grown.count()) * (1.0 - random / 2)));
}

bool is_redirect(const HttpResponse& response) {
  switch (response.status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return true;
    default:
      return false;
  }
}

Result<Url> link_target(const Url& base, std::string_view reference) {
  // Nearly every link of an index page; the long way reads the text three times.
  if (!base.has_credentials() && reference.starts_with("https://")) {
    auto target = Url::parse(reference);
    if (target && !target->has_credentials()) return target;
  }
  const auto joined = base.join(reference);
  if (!joined) return refuse(fmt::format("`{}` holds a link that is no http or https URL", base.text()));
  const Url& target = *joined;
  if (target.scheme() != base.scheme() && target.scheme() != "https" && !(base.scheme() == "file" && target.scheme() == "http")) {
    return refuse(fmt::format("`{}` leads to `{}`, which is not https", base.text(), target.text()));
  }
  auto clean = target.with_userinfo(target.same_origin(base) ? std::string_view(base.userinfo()) : std::string_view());
  if (!clean) return refuse(fmt::format("`{}` holds a link that is no http or https URL", base.text()));
  return clean;
}

Result<Url> redirect_target(const Url& from, const HttpResponse& response) {
  const auto location = response.header("location");
  if (!location || location->empty()) return refuse(fmt::format("`{}` answers with a redirect to nowhere", from.text()));
  return link_target(from, *location);
}

std::optional<ContentRange> parse_content_range(std::string_view header) {
  constexpr std::string_view k_unit = "bytes ";
  if (!header.starts_with(k_unit)) return std::nullopt;
  header.remove_prefix(k_unit.size());
  const auto dash = header.find('-');
  const auto slash = header.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  const auto first = parse_number(header.substr(0, dash));
  const auto last = parse_number(header.substr(dash + 1, slash - dash - 1));
  const auto total = parse_number(header.substr(slash + 1));
  if (!first || !last || !total || *first > *last || *last >= *total) return std::nullopt;
  return ContentRange{*first, *last, *total};
}

}  // namespace torchup
