#include "torchup/resolver/wheel_name.hpp"

#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_longest_filename = 1024;
constexpr std::size_t k_most_tags = 4096;

tl::unexpected<Error> refuse(std::string_view filename, std::string_view why) {
  return failure({ErrorKind::usage, fmt::format("`{}` is not a wheel's name: {}", excerpt(filename), why), {}, {}});
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool is_identifier(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '_'; });
}

// The cross product of the compressed tag sets (PEP 425, "Compressed Tag Sets").
Result<std::vector<Tag>> expand_tags(std::string_view filename, std::string_view python, std::string_view abi, std::string_view platform) {
  const auto pythons = split(lowered(python), '.');
  const auto abis = split(lowered(abi), '.');
  const auto platforms = split(lowered(platform), '.');
  for (const auto* const set : {&pythons, &abis, &platforms}) {
    if (std::any_of(set->begin(), set->end(), [](const std::string& part) { return part.empty(); }))
      return refuse(filename, "a tag is empty");
  }
  for (const std::string& one : pythons) {
    // PEP 425 has an implementation's name before the version; a wheel with a build tag in this place has one part too many.
    if (!is_identifier(one)) return refuse(filename, fmt::format("`{}` is not a Python tag", one));
  }
  if (pythons.size() * abis.size() * platforms.size() > k_most_tags) {
    return refuse(filename, fmt::format("it stands for more than {} tags", k_most_tags));
  }
  std::vector<Tag> tags;
  for (const std::string& one_python : pythons) {
    for (const std::string& one_abi : abis) {
      for (const std::string& one_platform : platforms) tags.push_back({one_python, one_abi, one_platform});
    }
  }
  return tags;
}

using Build = std::optional<std::pair<std::uint64_t, std::string>>;

// It begins with a number, and sorts by that number, then by the rest (packaging.python.org, "Binary distribution format").
Result<Build> read_build(std::string_view filename, std::string_view text) {
  Cursor cursor(text);
  const auto number = cursor.take_number();
  if (!number) return refuse(filename, fmt::format("the build tag `{}` does not begin with a number below 2^64", excerpt(text)));
  return Build({*number, std::string(cursor.rest())});
}

}  // namespace

Result<WheelName> WheelName::parse(std::string_view filename) {
  if (filename.size() > k_longest_filename) return refuse(filename, fmt::format("it is longer than {} bytes", k_longest_filename));
  if (!filename.ends_with(".whl")) return refuse(filename, "it does not end with `.whl`");
  const auto forbidden = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '\x7f' || c == '/' || c == '\\'; };
  if (std::any_of(filename.begin(), filename.end(), forbidden)) {
    return refuse(filename, "it has white space, a slash, a backslash or a control character");
  }
  const auto parts = split(filename.substr(0, filename.size() - 4), '-');
  if (parts.size() != 5 && parts.size() != 6) return refuse(filename, fmt::format("5 or 6 parts are joined by `-`, not {}", parts.size()));

  // A name's runs of separators are written as one `_`; readers also accept `.` (same page, "Escaping and Unicode").
  if (parts[0].find("__") != std::string::npos) return refuse(filename, fmt::format("the name `{}` has `__`", parts[0]));
  Result<PackageName> name = PackageName::parse(parts[0]);
  if (!name) return refuse(filename, fmt::format("`{}` is not a package name", parts[0]));
  Result<Version> version = Version::parse(parts[1]);
  if (!version) return refuse(filename, fmt::format("`{}` is not a version", parts[1]));
  Build build;
  if (parts.size() == 6) {
    TORCHUP_TRY_ASSIGN(build, read_build(filename, parts[2]));
  }
  const std::size_t first_tag = parts.size() - 3;
  TORCHUP_TRY_ASSIGN(std::vector<Tag> tags, expand_tags(filename, parts[first_tag], parts[first_tag + 1], parts[first_tag + 2]));
  return WheelName{*std::move(name), *std::move(version), std::move(build), std::move(tags)};
}

std::optional<std::size_t> WheelName::rank(const SupportedTags& supported) const {
  std::optional<std::size_t> best;
  for (const Tag& tag : tags) {
    const auto rank = supported.rank(tag);
    if (rank && (!best || *rank < *best)) best = rank;
  }
  return best;
}

}  // namespace torchup
