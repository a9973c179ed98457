#include "torchup/resolver/wheels_elsewhere.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_most_named = 4;

/// The last three parts of a wheel's name, each a compressed set: "py2.py3", "none", "any".
struct TagSets {
  std::string_view python, abi, platform;
};

std::optional<TagSets> tag_sets(std::string_view filename) {
  if (!filename.ends_with(".whl")) return std::nullopt;
  filename.remove_suffix(4);
  std::array<std::string_view, 3> parts;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const auto dash = filename.rfind('-');
    if (dash == std::string_view::npos) return std::nullopt;
    *part = filename.substr(dash + 1);
    filename = filename.substr(0, dash);
  }
  return TagSets{parts[0], parts[1], parts[2]};
}

template <class Visit>
void each_of(std::string_view set, Visit visit) {
  while (!set.empty()) {
    const auto dot = std::min(set.find('.'), set.size());
    visit(set.substr(0, dot));
    set.remove_prefix(std::min(dot + 1, set.size()));
  }
}

// "manylinux_2_28_x86_64" is for "linux-x86_64"; nothing for a tag that people have no name for.
std::string family_of(std::string_view platform) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> k_exact{
      {{"win_amd64", "windows-x86_64"}, {"win_arm64", "windows-arm64"}, {"win32", "windows-x86"}}};
  constexpr std::array<std::string_view, 5> k_machines{"x86_64", "aarch64", "arm64", "i686", "universal2"};
  for (const auto& [tag, name] : k_exact) {
    if (platform == tag) return std::string(name);
  }
  const bool is_musl = platform.starts_with("musllinux");
  const bool is_linux = is_musl || platform.starts_with("manylinux") || platform.starts_with("linux");
  if (!is_linux && !platform.starts_with("macosx")) return "";
  const auto machine =
      std::find_if(k_machines.begin(), k_machines.end(), [&](std::string_view known) { return platform.ends_with(known); });
  if (machine == k_machines.end()) return "";
  return fmt::format("{}-{}{}", is_linux ? "linux" : "macos", *machine, is_musl ? " with musl" : "");
}

/// Whether it is free-threaded, and a CPython's number: of "cp313" with the ABI "cp313t", true and 13.
using NamedPython = std::pair<bool, unsigned>;

std::optional<NamedPython> named_python_of(std::string_view python, std::string_view abi) {
  if (!python.starts_with("cp3")) return std::nullopt;
  unsigned minor = 0;
  const auto [end, error] = std::from_chars(python.data() + 3, python.data() + python.size(), minor);
  if (error != std::errc() || end != python.data() + python.size()) return std::nullopt;
  return NamedPython{abi.ends_with('t'), minor};
}

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}{}{}", fmt::join(parts.begin(), parts.end() - 1, ", "), parts.size() > 1 ? " and " : "", parts.back());
}

// "3.9, 3.11 to 3.13 and 3.13t"
std::string pythons_text(const std::set<NamedPython>& pythons) {
  std::vector<std::string> parts;
  for (auto first = pythons.begin(); first != pythons.end();) {
    auto last = first;
    for (auto next = std::next(last); next != pythons.end() && *next == NamedPython{first->first, last->second + 1}; ++next) last = next;
    const char* ending = first->first ? "t" : "";
    parts.push_back(fmt::format("3.{}{}", first->second, ending));
    if (last != first) parts.back() += fmt::format(" to 3.{}{}", last->second, ending);
    first = std::next(last);
  }
  return joined(parts);
}

std::string platforms_text(const std::set<std::string>& platforms) {
  std::vector<std::string> parts(platforms.begin(), platforms.end());
  if (parts.size() > k_most_named) {
    const std::string more = fmt::format("{} others", parts.size() - k_most_named + 1);
    parts.resize(k_most_named - 1);
    parts.push_back(more);
  }
  return joined(parts);
}

}  // namespace

std::string wheels_elsewhere(const std::vector<std::string>& filenames, const SupportedTags& supported) {
  const auto& own = supported.platforms();
  std::set<std::string, std::less<>> own_families;
  for (const std::string& platform : own) own_families.insert(family_of(platform));
  std::set<NamedPython> pythons;
  std::set<std::string> platforms;
  for (const std::string& filename : filenames) {
    const auto sets = tag_sets(filename);
    if (!sets) continue;
    each_of(sets->platform, [&](std::string_view platform) {
      if (own.contains(platform)) {
        each_of(sets->python, [&](std::string_view python) {
          if (const auto named = named_python_of(python, sets->abi)) pythons.insert(*named);
        });
        return;
      }
      const std::string family = family_of(platform);
      platforms.insert(family.empty() || own_families.contains(family) ? std::string(platform) : family);
    });
  }
  if (!pythons.empty()) return "Python " + pythons_text(pythons);
  return platforms.empty() ? "" : platforms_text(platforms);
}

}  // namespace torchup
