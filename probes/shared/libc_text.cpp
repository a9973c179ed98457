#include "probes/shared/libc_text.hpp"

#include "probes/shared/text.hpp"

namespace torchup {
namespace {

/// The dotted number that the text begins with.
std::optional<NumericVersion> leading_version(std::string_view text) {
  auto digits = text.substr(0, text.find_first_not_of("0123456789."));
  while (digits.ends_with('.')) digits.remove_suffix(1);
  auto version = NumericVersion::parse(digits);
  if (!version) return std::nullopt;
  return *std::move(version);
}

std::optional<Libc> named(const char* family, std::optional<NumericVersion> version) {
  if (!version) return std::nullopt;
  return Libc{family, *std::move(version)};
}

}  // namespace

std::optional<Libc> parse_glibc_banner(std::string_view text) {
  const auto lines = lines_of(text);
  if (lines.empty()) return std::nullopt;
  const auto first = trimmed(lines.front());
  constexpr std::string_view k_mark = "release version ";
  if (const auto at = first.find(k_mark); at != std::string_view::npos)
    return named("glibc", leading_version(first.substr(at + k_mark.size())));
  const bool is_ldd =
      first.starts_with("ldd (") && (first.find("GLIBC") != std::string_view::npos || first.find("GNU libc") != std::string_view::npos);
  if (!is_ldd) return std::nullopt;
  return named("glibc", leading_version(first.substr(first.rfind(' ') + 1)));
}

std::optional<Libc> parse_musl_banner(std::string_view text) {
  const auto lines = lines_of(text);
  if (lines.size() < 2 || !lines[0].starts_with("musl libc") || !lines[1].starts_with("Version ")) return std::nullopt;
  return named("musl", leading_version(lines[1].substr(8)));
}

}  // namespace torchup
