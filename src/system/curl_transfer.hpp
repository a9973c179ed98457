#pragma once
// One GET as a libcurl easy handle: its options, its head, its body, its end. Private to the curl transport.

#include "torchup/system/http_transport.hpp"

#include "src/system/curl_library.hpp"

#include <array>
#include <memory>
#include <optional>

namespace torchup {

class CurlTransfer {
 public:
  /// `settings` and `curl` must outlive the transfer.
  CurlTransfer(HttpRequestId id, HttpRequest request, const HttpSettings& settings, const CurlLibrary& curl);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  HttpRequestId id() const { return m_id; }
  CURL* easy() const { return m_easy.get(); }

  /// What became of it, once libcurl is done with it.
  HttpCompletion finish(CURLcode code);

 private:
  struct FreeEasy {
    const CurlLibrary* curl;
    void operator()(CURL* easy) const { curl->easy_cleanup(easy); }
  };
  struct FreeList {
    const CurlLibrary* curl;
    void operator()(curl_slist* list) const { curl->slist_free_all(list); }
  };

  static std::size_t take_header(char* line, std::size_t one, std::size_t size, void* self);
  static std::size_t take_body(char* bytes, std::size_t one, std::size_t size, void* self);
  void set_options();
  void set_authorities();
  void set_credentials();
  Status add_header(std::string_view line);
  Status end_head();
  Status add_body(std::span<const std::byte> bytes);
  Status check_whole() const;

  HttpRequestId m_id;
  HttpRequest m_request;
  const HttpSettings& m_settings;
  const CurlLibrary& m_curl;
  std::unique_ptr<CURL, FreeEasy> m_easy;
  std::unique_ptr<curl_slist, FreeList> m_headers;
  std::array<char, CURL_ERROR_SIZE> m_detail{};
  HttpResponse m_response;
  std::size_t m_head_bytes = 0;
  std::uint64_t m_body_bytes = 0;
  std::optional<std::uint64_t> m_promised;  // Content-Length, where it counts the bytes that are handed on
  bool m_head_done = false;
  std::optional<Error> m_refused;  // why a callback ended the request
};

}  // namespace torchup
