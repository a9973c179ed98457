// What the cache keeps of a page: bytes that read as offers for three targets are written in a form that reads as the same.

#include "src/index/judged_page.hpp"
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
  const auto offers = torchup::parse_offers(std::string(bytes), index);
  if (!offers) return 0;
  for (const auto& offer : *offers) (void)static_cast<bool>(offer.wheel);  // which reads it
  return 0;
}
