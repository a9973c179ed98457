#pragma once
// How both page parsers and the client speak of a page that cannot be used. Private to src/index.

#include "torchup/core/result.hpp"
#include "torchup/core/url.hpp"
#include "torchup/resolver/package_name.hpp"

#include <fmt/format.h>

#include <string_view>

namespace torchup {

/// "the index page of `torch` cannot be used: WHY", with its URL as the frame.
inline tl::unexpected<Error> refuse_page(const PackageName& name, const Url& url, std::string_view why,
                                         std::vector<std::string> hints = {}) {
  return failure({ErrorKind::network,
                  fmt::format("the index page of `{}` cannot be used: {}", name.text(), why),
                  {fmt::format("while reading `{}`", url.text())},
                  std::move(hints)});
}

/// The Simple API's version, "1.4"; only the major number matters, and it must be 1.
inline Status check_repository_version(std::string_view version, const PackageName& name, const Url& url) {
  if (version == "1" || version.starts_with("1.")) return {};
  return refuse_page(name, url, fmt::format("it has the format version `{}`, and only 1 is known", version.substr(0, 20)));
}

}  // namespace torchup
