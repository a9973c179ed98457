#include "torchup/resolver/tag.hpp"

#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace torchup {
namespace {

struct NamedPlatform {
  std::string_view name;
  std::string_view tag;
};

// glibc 2.28 is what torch's Linux wheels have asked for since 2.6; macOS 14 is the oldest on which its GPU backend runs.
constexpr std::array k_named_platforms{
    NamedPlatform{"linux-x86_64", "manylinux_2_28_x86_64"}, NamedPlatform{"linux-aarch64", "manylinux_2_28_aarch64"},
    NamedPlatform{"macos-arm64", "macosx_14_0_arm64"},      NamedPlatform{"macos-x86_64", "macosx_14_0_x86_64"},
    NamedPlatform{"windows-x86_64", "win_amd64"},           NamedPlatform{"windows-arm64", "win_arm64"},
};

std::optional<unsigned> take_small_number(Cursor& cursor) {
  const auto number = cursor.take_number();
  if (!number || *number > 999) return std::nullopt;
  return static_cast<unsigned>(*number);
}

bool read_python(TagTarget& target, std::string_view text) {
  Cursor cursor(text);
  const auto major = take_small_number(cursor);
  if (!major || !cursor.take('.')) return false;
  const auto minor = take_small_number(cursor);
  if (!minor) return false;
  target.python_major = *major;
  target.python_minor = *minor;
  target.free_threaded = cursor.take('t');
  return cursor.at_end();
}

// After "manylinux_": "2_28_x86_64".
bool read_versioned(TagTarget& target, Cursor cursor) {
  const auto major = take_small_number(cursor);
  if (!major || !cursor.take('_')) return false;
  const auto minor = take_small_number(cursor);
  if (!minor || !cursor.take('_')) return false;
  target.libc_major = *major;
  target.libc_minor = *minor;
  target.machine = std::string(cursor.take_while([](char c) { return is_letter_or_digit(c) || c == '_'; }));
  return !target.machine.empty() && cursor.at_end();
}

bool read_platform(TagTarget& target, std::string_view tag) {
  Cursor cursor(tag);
  if (cursor.take("manylinux_") || cursor.take("musllinux_")) {
    target.system = "linux";
    target.libc = tag.starts_with("musl") ? "musl" : "glibc";
    return read_versioned(target, cursor);
  }
  if (cursor.take("macosx_")) {
    target.system = "macos";
    return read_versioned(target, cursor);
  }
  if (tag != "win_amd64" && tag != "win_arm64" && tag != "win32") return false;
  target.system = "windows";
  target.machine = tag == "win32" ? "x86" : std::string(tag.substr(4));
  return true;
}

}  // namespace

Result<TagTarget> parse_tag_target(std::string_view python, std::string_view platform) {
  TagTarget target;
  if (!read_python(target, python)) {
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is not a Python version", excerpt(python)),
                    {},
                    {"write it as `3.12`, or as `3.13t` for the free-threaded build"}});
  }
  const auto* const named =
      std::find_if(k_named_platforms.begin(), k_named_platforms.end(), [&](const NamedPlatform& one) { return one.name == platform; });
  if (!read_platform(target, named != k_named_platforms.end() ? named->tag : platform)) {
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is not a platform", excerpt(platform)),
                    {},
                    {"name one such as `linux-x86_64`, `linux-aarch64`, `macos-arm64` or `windows-x86_64`, or a platform tag such as "
                     "`manylinux_2_36_x86_64`"}});
  }
  return target;
}

}  // namespace torchup
