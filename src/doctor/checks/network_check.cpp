// Do the indexes and mirrors that packages would come from answer, is their TLS trusted, and is the clock right? All are asked side
// by side, and none is waited for longer than some seconds.
#include "torchup/doctor/doctor.hpp"
#include "torchup/doctor/report.hpp"

#include "src/doctor/host_questions.hpp"
#include "src/doctor/index_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace torchup {

extern const DoctorCheck network_check;

namespace {

constexpr const char* k_findings[] = {"index-unreachable",  "mirror-unreachable", "index-refuses",         "index-without-torch",
                                      "proxy-failing",      "clock-wrong",        "certificate-untrusted", "certificate-file-missing",
                                      "index-misconfigured"};
constexpr const char* k_certificate_variables[] = {"SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"};
constexpr std::chrono::milliseconds k_limit{12'000};

/// NAME=value of those that are set, without what stands before the host.
std::vector<std::string> proxies(const DoctorInput& input) {
  std::vector<std::string> set;
  for (const char* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"}) {
    const auto value = input.host.environment(name);
    if (!value) continue;
    const auto at = value->rfind('@');
    set.push_back(fmt::format("{}={}", name, at == std::string::npos ? *value : "…" + value->substr(at)));
  }
  return set;
}

void look_at_certificates(const DoctorInput& input, CheckReport& report) {
  for (const char* name : k_certificate_variables) {
    const auto path = input.host.environment(name);
    std::error_code error;
    if (!path || std::filesystem::exists(*path, error)) continue;
    report.findings.push_back({.id = "certificate-file-missing",
                               .severity = Severity::error,
                               .title = fmt::format("{} names `{}`, which is not there", name, *path),
                               .evidence = {fmt::format("{}={}", name, *path), "TLS cannot be trusted without it"},
                               .remedy = {fmt::format("`unset {}`, or correct it", name)}});
  }
}

/// A file of certificates that a variable names takes the place of the system's.
void add_named_certificates(const DoctorInput& input, DoctorFinding& finding) {
  for (const char* name : k_certificate_variables) {
    const auto path = input.host.environment(name);
    if (!path) continue;
    finding.evidence.push_back(fmt::format("{}={}", name, *path));
    finding.remedy.insert(finding.remedy.begin(), fmt::format("`unset {}`, if the file it names is not for this index", name));
  }
}

CheckReport run(const DoctorInput& input) {
  CheckReport report;
  look_at_certificates(input, report);
  for (const std::string& problem : input.index_problems) {
    report.findings.push_back({.id = "index-misconfigured",
                               .severity = Severity::error,
                               .title = redacted_text(problem, ""),
                               .evidence = {"nothing can be asked of it"},
                               .remedy = {"correct it: an index's URL has the form `https://HOST/simple`"}});
  }
  std::string answered;
  std::set<std::string> told;
  for (const IndexAnswer& answer : ask_indexes(input.indexes, *input.transport, k_limit)) {
    for (DoctorFinding& finding : judge_answer(answer, proxies(input), input.now)) {
      if (finding.id == "clock-wrong" && !told.insert(finding.id).second) continue;  // each index says the same of it
      if (finding.id == "certificate-untrusted") add_named_certificates(input, finding);
      report.findings.push_back(std::move(finding));
    }
    if (answer.status) answered += (answered.empty() ? "" : ", ") + answer.index->url.host();
  }
  report.status = answered.empty() ? "no index is configured" : answered + " answered";
  return report;
}

}  // namespace

constinit const DoctorCheck network_check = {.name = "network",
                                             .title = "Network",
                                             .describes = "indexes and mirrors answer, TLS is trusted, the clock is right",
                                             .needs = CheckNeeds::this_machine | CheckNeeds::network,
                                             .findings = k_findings,
                                             .run = run};

}  // namespace torchup
