// An index page in its JSON form: whatever it holds, a page or a reason comes back.

#include "src/index/project_page.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto base = *torchup::Url::parse("https://me:secret@index.example/simple/demo/");
  static const auto name = *torchup::PackageName::parse("demo");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto page = torchup::parse_simple_json(text, base, name);
  if (!page) {
    const std::string& why = page.error().message;
    // A reason there must be, and the index's password is not in it unless the page itself wrote that word.
    if (why.empty() || (why.find("secret") != std::string::npos && text.find("secret") == std::string_view::npos)) std::abort();
    return 0;
  }
  for (const auto& file : page->files) {
    // No link leaves https, and none takes the index's credentials elsewhere.
    if (file.url.scheme() != "https" || (file.url.has_credentials() && !file.url.same_origin(base))) std::abort();
    if (file.filename.find('/') != std::string::npos) std::abort();
  }
  return 0;
}
