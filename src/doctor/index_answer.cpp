#include "src/doctor/index_answer.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>

namespace torchup {
namespace {

constexpr std::chrono::minutes k_most_apart{5};
constexpr const char* k_enough = "the head is all that was wanted";

bool mentions(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

DoctorFinding finding(const IndexAnswer& answer, const char* id, std::string title, std::vector<std::string> remedy) {
  const DoctorIndex& index = *answer.index;
  std::string said = answer.status ? fmt::format("it answered {}", *answer.status) : answer.failure;
  return {.id = id,
          .severity = index.needed ? Severity::error : Severity::note,
          .title = std::move(title),
          .evidence = {fmt::format("{}, from {}", index.url.text(), index.source), std::move(said)},
          .remedy = std::move(remedy)};
}

std::string when_text(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

DoctorFinding no_answer(const IndexAnswer& answer, const std::vector<std::string>& proxies, std::chrono::system_clock::time_point now) {
  const DoctorIndex& index = *answer.index;
  const std::string who = fmt::format("the {} `{}`", index.name, index.url.host());
  if (mentions(answer.failure, "certificate") || mentions(answer.failure, "SSL_CERT_FILE")) {
    const bool early = mentions(answer.failure, "not yet valid");
    DoctorFinding result = finding(
        answer, early ? "clock-wrong" : "certificate-untrusted",
        early ? fmt::format("the certificate of {} is not valid yet: this machine's clock is behind", who)
              : fmt::format("the certificate of {} is not trusted", who),
        early ? std::vector<std::string>{"set the clock: `timedatectl set-ntp true`"}
              : std::vector<std::string>{"a proxy that opens TLS has its own authority: `export SSL_CERT_FILE=/path/to/ca.pem`",
                                         "`apt-get install --reinstall ca-certificates`", "`date` shows whether the clock is wrong"});
    result.evidence.push_back(fmt::format("this machine's time is {}", when_text(now)));
    return result;
  }
  if (mentions(answer.failure, "proxy") || !proxies.empty()) {
    std::string variables;
    for (const std::string& proxy : proxies) variables += (variables.empty() ? "" : " ") + proxy.substr(0, proxy.find('='));
    DoctorFinding result = finding(answer, "proxy-failing", fmt::format("{} cannot be reached through the proxy", who),
                                   {fmt::format("without the proxy: `unset {}`", variables.empty() ? "HTTPS_PROXY" : variables),
                                    fmt::format("for this host alone: `export NO_PROXY={}`", index.url.host())});
    result.evidence.insert(result.evidence.end(), proxies.begin(), proxies.end());
    return result;
  }
  return finding(answer, index.name == "mirror" ? "mirror-unreachable" : "index-unreachable", fmt::format("{} cannot be reached", who),
                 index.needed ? std::vector<std::string>{"check the connection, a proxy (HTTPS_PROXY) and the address",
                                                         "`--offline` works from what the cache has"}
                              : std::vector<std::string>{"`--fallback` takes the main index's build",
                                                         "a mirror of it: `export TORCHUP_TORCH_INDEX_URL=https://HOST/whl`"});
}

/// Statuses that a page's address may well have are no finding: mirrors answer 403 and 404 for folders.
std::optional<DoctorFinding> bad_status(const IndexAnswer& answer) {
  const DoctorIndex& index = *answer.index;
  const std::string who = fmt::format("the {} `{}`", index.name, index.url.host());
  constexpr int k_unauthorised = 401, k_missing = 404, k_proxy = 407, k_server = 500;
  if (*answer.status == k_proxy)
    return finding(answer, "proxy-failing", fmt::format("the proxy on the way to {} wants a name and a password", who),
                   {"put them into HTTPS_PROXY: `http://NAME:PASSWORD@HOST:PORT`"});
  if (*answer.status == k_unauthorised)
    return finding(answer, "index-refuses", fmt::format("{} wants a name and a password", who),
                   {"put them into the index's URL, in TORCHUP_INDEX_URL or the configuration: `https://NAME:PASSWORD@HOST/…`"});
  if (*answer.status >= k_server)
    return finding(answer, index.name == "mirror" ? "mirror-unreachable" : "index-unreachable",
                   fmt::format("{} has trouble of its own", who), {"try again later, or use a mirror"});
  if (*answer.status == k_missing && index.name == "main index")
    return finding(answer, "index-without-torch", fmt::format("{} has no page of torch", who),
                   {"check the index's URL: it ends in `/simple` as a rule"});
  return std::nullopt;
}

}  // namespace

std::vector<IndexAnswer> ask_indexes(const std::vector<DoctorIndex>& indexes, HttpTransport& transport, std::chrono::milliseconds limit) {
  std::vector<IndexAnswer> answers;
  std::map<HttpRequestId, std::size_t> places;
  for (const DoctorIndex& index : indexes) answers.push_back({.index = &index});
  for (IndexAnswer& answer : answers) {
    HttpRequest request{.url = answer.index->url};
    request.on_head = [&answer](const HttpResponse& response) -> Status {
      answer.status = response.status;
      answer.date = response.header("date").value_or("");
      return failure({ErrorKind::network, k_enough, {}, {}});
    };
    places.emplace(transport.start(std::move(request)), places.size());
  }
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!places.empty() && std::chrono::steady_clock::now() < end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    const auto done = transport.next(std::max(left, std::chrono::milliseconds(1)));
    if (!done) break;
    if (!*done) continue;
    const auto place = places.find((*done)->id);
    if (place == places.end()) continue;
    IndexAnswer& answer = answers[place->second];
    if (!answer.status) {
      if ((*done)->response)
        answer.status = (*done)->response->status;
      else
        answer.failure = (*done)->response.error().message;
    }
    places.erase(place);
  }
  for (const auto& [id, place] : places) {
    transport.cancel(id);
    if (!answers[place].status) answers[place].failure = fmt::format("no answer within {} s", limit.count() / 1000);
  }
  return answers;
}

std::optional<std::chrono::sys_seconds> parse_http_date(const std::string& text) {
  constexpr std::array<std::string_view, 12> k_months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::size_t k_length = 29;
  if (text.size() != k_length || !text.ends_with(" GMT")) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = -1;
    const auto [end, problem] = std::from_chars(text.data() + at, text.data() + at + length, value);
    return problem == std::errc{} && end == text.data() + at + length ? value : -1;
  };
  unsigned month = 0;
  while (month < k_months.size() && k_months.at(month) != text.substr(8, 3)) ++month;
  const int day = number(5, 2), year = number(12, 4), hour = number(17, 2), minute = number(20, 2), second = number(23, 2);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month + 1),
                                         std::chrono::day(static_cast<unsigned>(std::max(day, 0)))};
  if (!date.ok() || year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::vector<DoctorFinding> judge_answer(const IndexAnswer& answer, const std::vector<std::string>& proxies,
                                        std::chrono::system_clock::time_point now) {
  if (!answer.status) return {no_answer(answer, proxies, now)};
  std::vector<DoctorFinding> findings;
  if (auto bad = bad_status(answer)) findings.push_back(*std::move(bad));
  const auto date = parse_http_date(answer.date);
  if (!date || now == std::chrono::system_clock::time_point{}) return findings;
  const auto apart = now > *date ? now - *date : *date - now;
  if (apart <= k_most_apart) return findings;
  findings.push_back(
      {.id = "clock-wrong",
       .severity = Severity::warning,
       .title = fmt::format("this machine's clock is {} minutes {}", std::chrono::duration_cast<std::chrono::minutes>(apart).count(),
                            now > *date ? "ahead" : "behind"),
       .evidence = {fmt::format("`{}` says {}", answer.index->url.host(), answer.date),
                    fmt::format("this machine says {}", when_text(now))},
       .remedy = {"`timedatectl set-ntp true`"}});
  return findings;
}

}  // namespace torchup
