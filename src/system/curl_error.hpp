#pragma once
// What a libcurl failure means to a person. Private to the curl transport.

#include "torchup/core/error.hpp"
#include "torchup/system/http_transport.hpp"

#include <string>

namespace torchup {

/// A request that ended without a response.
struct CurlFailure {
  int code = 0;           ///< CURLcode.
  long system_error = 0;  ///< errno of connecting; 0 where there was none.
  std::string detail;     ///< libcurl's own words; may be empty.
  bool answered = false;  ///< Whether the connection stood or bytes had come.
};

/// Names the host and what failed; never the URL's credentials.
Error describe_curl_failure(const CurlFailure& curl_failure, const Url& url, const HttpSettings& settings);

/// Whether the same request may succeed if it is sent again.
bool is_transient_curl_failure(int code);

}  // namespace torchup
