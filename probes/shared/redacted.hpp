#pragma once
// Text without the credentials that URLs in it carry. Used by environment_probe.

#include <string>
#include <string_view>

namespace torchup {

/// "https://user:word@host/path?token=x" becomes "https://…@host/path?…": everything before an `@`, and every query.
std::string redacted(std::string_view text);

}  // namespace torchup
