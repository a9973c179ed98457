#include "torchup/resolver/package_name.hpp"

#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_longest_name = 256;

// packaging.python.org, "Names and normalization": ^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$, ignoring case.
bool is_name(std::string_view text) {
  if (text.empty() || !is_letter_or_digit(text.front()) || !is_letter_or_digit(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || is_separator(c); });
}

}  // namespace

Result<PackageName> PackageName::parse(std::string_view text) {
  if (text.size() > k_longest_name) {
    return failure({ErrorKind::usage, fmt::format("the name `{}` is longer than {} bytes", excerpt(text), k_longest_name), {}, {}});
  }
  if (!is_name(text)) {
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is not a package name", text),
                    {},
                    {"a name has letters, digits, `-`, `_` and `.`, with a letter or a digit at both ends"}});
  }
  std::string normal;
  for (const char c : text) {
    if (!is_separator(c)) {
      normal += lower(c);
    } else if (normal.back() != '-') {
      normal += '-';
    }
  }
  return PackageName(std::move(normal));
}

std::string PackageName::underscored() const {
  std::string result = m_text;
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

}  // namespace torchup
