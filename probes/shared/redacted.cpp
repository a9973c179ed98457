#include "probes/shared/redacted.hpp"

#include <algorithm>

namespace torchup {
namespace {

/// `user:password@host` without a scheme, as proxies are named, becomes `…@host`.
std::string without_bare_userinfo(std::string_view text) {
  std::string shown(text);
  constexpr std::string_view k_hidden = "…";
  for (auto at = shown.find('@'); at != std::string::npos; at = shown.find('@', at + 1)) {
    const auto before = shown.find_last_of(" \t\n,;/", at);
    const auto start = before == std::string::npos ? 0 : before + 1;
    if (std::string_view(shown).substr(start, at - start).find(':') == std::string_view::npos) continue;
    shown.replace(start, at - start, k_hidden);
    at = start + k_hidden.size();
  }
  return shown;
}

}  // namespace

std::string redacted(std::string_view text) {
  std::string shown;
  for (;;) {
    const auto mark = text.find("://");
    const auto begin = mark == std::string_view::npos ? text.size() : mark + 3;
    shown += without_bare_userinfo(text.substr(0, begin));
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
