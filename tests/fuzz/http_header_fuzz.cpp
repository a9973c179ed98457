// What a server says in its headers: how long to wait, which part of a file it sends, and where a link leads.

#include "torchup/system/http_policy.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto range = torchup::parse_content_range(text);
  if (range && (range->first > range->last || range->last >= range->total)) std::abort();
  const torchup::RetryPolicy policy;
  const torchup::HttpCompletion busy{1, torchup::HttpResponse{503, {{"retry-after", text}}, ""}};
  const auto pause = torchup::retry_pause(policy, 2, busy, std::chrono::system_clock::from_time_t(1'700'000'000), 0.5);
  if (pause < std::chrono::milliseconds(0) || pause > policy.longest_pause) std::abort();
  const torchup::Url base = torchup::Url::parse("https://me:secret@index.example/simple/demo/").value();
  const auto target = torchup::link_target(base, text);
  if (target && (target->scheme() != "https" || (target->has_credentials() && !target->same_origin(base)))) std::abort();
  return 0;
}
