#pragma once
// What holds for every index page that was read, in either form: a page or a reason comes back, no password leaks into the reason,
// and no link leads where it must not.

#include "src/index/project_page.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace torchup::fuzz {

template <class Parse>
void check_page(const std::uint8_t* data, std::size_t size, Parse parse) {
  static const auto base = *Url::parse("https://me:secret@index.example/simple/demo/");
  static const auto name = *PackageName::parse("demo");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto page = parse(text, base, name);
  if (!page) {
    const std::string& why = page.error().message;
    // The index's password is not in it unless the page itself wrote that word.
    if (why.empty() || (why.find("secret") != std::string::npos && text.find("secret") == std::string_view::npos)) std::abort();
    return;
  }
  for (const auto& file : page->files) {
    // No link leaves https, and none takes the index's credentials elsewhere.
    if (file.url.scheme() != "https" || (file.url.has_credentials() && !file.url.same_origin(base))) std::abort();
    if (file.filename.find('/') != std::string::npos) std::abort();
  }
}

}  // namespace torchup::fuzz
