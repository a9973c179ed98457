#pragma once
// What an index or mirror answered, and what is wrong with the answer. Asking is apart from judging, so that tests can make up
// answers; it is bounded in time.

#include "torchup/core/result.hpp"
#include "torchup/doctor/doctor.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct IndexAnswer {
  const DoctorIndex* index = nullptr;
  std::optional<int> status = {};  ///< Nothing where no answer came.
  std::string date = {};           ///< The Date header.
  std::string failure = {};        ///< Why no answer came.
};

/// Asks all of them side by side for their heads; the bodies are not read. What has not answered within the limit has failed.
std::vector<IndexAnswer> ask_indexes(const std::vector<DoctorIndex>& indexes, HttpTransport& transport, std::chrono::milliseconds limit);

/// The time of an HTTP date (RFC 9110, IMF-fixdate): "Sun, 06 Nov 1994 08:49:37 GMT". Nothing for other text.
std::optional<std::chrono::sys_seconds> parse_http_date(const std::string& text);

/// What is wrong with an answer, given the proxy variables that are set ("HTTPS_PROXY=http://…") and this machine's time.
std::vector<DoctorFinding> judge_answer(const IndexAnswer& answer, const std::vector<std::string>& proxies,
                                        std::chrono::system_clock::time_point now);

}  // namespace torchup
