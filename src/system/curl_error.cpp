#include "src/system/curl_error.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace torchup {
namespace {

constexpr const char* k_check_network = "check the network connection; behind a proxy, set HTTPS_PROXY";
constexpr const char* k_certificates = "if this network has its own certificate authority, set SSL_CERT_FILE to its certificates";

std::string host_and_port(const Url& url) {
  const bool usual = url.port() == (url.scheme() == "https" ? 443 : 80);
  return usual ? url.host() : fmt::format("{}:{}", url.host(), url.port());
}

std::string because(const CurlFailure& problem) {
  if (problem.system_error != 0) return fmt::format(": {}", std::strerror(static_cast<int>(problem.system_error)));
  return problem.detail.empty() ? "" : fmt::format(": {}", problem.detail);
}

Error network(std::string message, std::vector<std::string> hints) {
  return {ErrorKind::network, std::move(message), {}, std::move(hints)};
}

Error timed_out(const CurlFailure& problem, const std::string& host, const HttpSettings& settings) {
  if (!problem.answered) {
    return network(fmt::format("no connection to `{}` within {} s", host, settings.connect_limit.count()), {k_check_network});
  }
  return network(fmt::format("`{}` sent less than 1 kB/s for {} s", host, settings.stall_limit.count()), {"try again later"});
}

}  // namespace

Error describe_curl_failure(const CurlFailure& problem, const Url& url, const HttpSettings& settings) {
  const std::string host = host_and_port(url);
  switch (problem.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return network(fmt::format("cannot resolve `{}`", url.host()), {k_check_network});
    case CURLE_COULDNT_RESOLVE_PROXY:
      return network(fmt::format("cannot resolve the proxy that leads to `{}`", host), {"check HTTPS_PROXY"});
    case CURLE_COULDNT_CONNECT:
      return network(fmt::format("cannot connect to `{}`{}", host, because(problem)), {k_check_network});
    case CURLE_PROXY:
      return network(fmt::format("the proxy does not lead to `{}`{}", host, because(problem)), {"check HTTPS_PROXY"});
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out(problem, host, settings);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return network(fmt::format("the TLS certificate of `{}` cannot be trusted{}", host, because(problem)), {k_certificates});
    case CURLE_SSL_CACERT_BADFILE:
      return network("the certificate authorities cannot be read" + because(problem), {"check SSL_CERT_FILE"});
    case CURLE_SSL_CONNECT_ERROR:
      return network(fmt::format("TLS to `{}` failed{}", host, because(problem)), {"check that the port speaks https", k_certificates});
    case CURLE_PARTIAL_FILE:
      return network(fmt::format("the answer of `{}` was cut short", host), {});
    case CURLE_GOT_NOTHING:
      return network(fmt::format("`{}` closed the connection without an answer", host), {});
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return network(fmt::format("`{}` does not answer in HTTP", host), {});
    case CURLE_BAD_CONTENT_ENCODING:
      return network(fmt::format("the compressed answer of `{}` is damaged", host), {});
    default:
      return network(fmt::format("the connection to `{}` broke{}", host, because(problem)), {});
  }
}

bool is_transient_curl_failure(int code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:  // a resolver that is busy answers as one that does not know
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING:
      return true;
    default:
      return false;
  }
}

}  // namespace torchup
