// What the cache keeps of a page and of a resolution: bytes that read as one are written in a form that reads as the same.

#include "src/index/judged_page.hpp"
#include "src/index/kept_resolution.hpp"
#include "src/index/offers_text.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const torchup::Url index = torchup::Url::parse("https://me:secret@index.example/simple/demo/").value();
  const auto judged = torchup::parse_judged_page(bytes, 3, index);
  if (judged) {
    const std::string written = torchup::print_judged_page(*judged);
    const auto again = torchup::parse_judged_page(written, 3, index);
    if (!again || torchup::print_judged_page(*again) != written) std::abort();
    if (written.find("secret") != std::string::npos && bytes.find("secret") == std::string_view::npos) std::abort();
  }
  if (const auto offers = torchup::parse_offers(std::string(bytes), index)) {
    for (const auto& offer : *offers) (void)static_cast<bool>(offer.wheel);  // which reads it
  }
  const torchup::PackageIndexes indexes{index};
  if (const auto kept = torchup::parse_kept_resolution(bytes, indexes, {})) {
    const std::string written = torchup::print_kept_resolution(*kept);
    const auto again = torchup::parse_kept_resolution(written, indexes, {});
    if (!again || torchup::print_kept_resolution(*again) != written) std::abort();
  }
  return 0;
}
