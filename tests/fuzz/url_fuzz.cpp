// A URL, and a reference that is joined to it: texts read back, and none shows a password.

#include "torchup/core/url.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)torchup::percent_decode(text);
  const auto url = torchup::Url::parse(text);
  if (!url && url.error().message.empty()) std::abort();
  if (url) {
    const auto again = torchup::Url::parse(url->text());
    if (!again || again->text() != url->text() || again->has_credentials()) std::abort();
    if (!url->same_origin(*url)) std::abort();
  }
  static const auto base = *torchup::Url::parse("https://me:S3CRET@index.example/simple/demo/");
  const auto joined = base.join(text);
  if (joined && text.find("S3CRET") == std::string_view::npos && joined->text().find("S3CRET") != std::string::npos) std::abort();
  return 0;
}
