#include "probes/shared/redacted.hpp"

#include <algorithm>

namespace torchup {

std::string redacted(std::string_view text) {
  std::string shown;
  for (;;) {
    const auto mark = text.find("://");
    const auto begin = mark == std::string_view::npos ? text.size() : mark + 3;
    shown += text.substr(0, begin);
    text.remove_prefix(begin);
    if (text.empty()) return shown;
    const auto url = text.substr(0, text.find_first_of(" \t\n,;"));
    // The last `@` before the path: a password may hold one itself.
    const auto authority = url.substr(0, url.find_first_of("/?#"));
    const auto at = authority.rfind('@');
    const auto query = std::min(url.find('?'), url.size());
    if (at != std::string_view::npos) shown += "…@";
    const auto host = at == std::string_view::npos ? 0 : at + 1;
    shown += url.substr(host, query - host);
    if (query < url.size()) shown += "?…";
    text.remove_prefix(url.size());
  }
}

}  // namespace torchup
