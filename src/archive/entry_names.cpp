#include "src/archive/entry_names.hpp"

#include "torchup/core/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <utf8proc.h>

namespace torchup {
namespace {

constexpr std::size_t k_longest_path = 1024;
constexpr std::size_t k_longest_part = 255;
constexpr std::size_t k_most_parts = 64;

constexpr unsigned k_type_mask = 0170000;
constexpr unsigned k_regular_file = 0100000;
constexpr unsigned k_directory = 0040000;

/// Controls, and what changes the direction or order in which the rest of a name is shown.
bool is_deceptive(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

Ruling<void> check_characters(std::string_view name) {
  for (std::string_view rest = name; !rest.empty();) {
    const auto code = take_code_point(rest);
    if (!code) return broken("name-encoding", fmt::format("`{}` is not UTF-8", name));
    if (is_deceptive(*code)) {
      return broken("name-character", fmt::format("`{}` has the character U+{:04X}", name, static_cast<std::uint32_t>(*code)));
    }
    if (*code == '\\') return broken("backslash", fmt::format("`{}` has a backslash", name));
  }
  return {};
}

Ruling<void> check_part(std::string_view part, std::string_view name) {
  if (part.empty()) return broken("path-traversal", fmt::format("`{}` has an empty part", name));
  if (part == "." || part == "..") return broken("path-traversal", fmt::format("`{}` has the part `{}`", name, part));
  if (part.size() > k_longest_part) {
    return broken("path-too-long", fmt::format("`{}` has a part of {} bytes, above {}", name, part.size(), k_longest_part));
  }
  return {};
}

bool has_drive(std::string_view name) {
  const auto is_letter = [](char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'); };
  return name.size() >= 2 && name[1] == ':' && is_letter(name[0]);
}

/// Letters without case and accents composed, as file systems that look past either compare names (Unicode 15, section 3.13: NFC of
/// the case folding). What is no UTF-8 stays; such a name is refused anyhow.
std::string folded_text(const std::string& text) {
  struct Free {
    void operator()(utf8proc_uint8_t* memory) const { std::free(memory); }  // NOLINT(cppcoreguidelines-no-malloc): the library's own
  };
  utf8proc_uint8_t* folded = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &folded, options);
  const std::unique_ptr<utf8proc_uint8_t, Free> owned(folded);
  return size < 0 ? text : std::string(reinterpret_cast<const char*>(folded), static_cast<std::size_t>(size));
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) { return static_cast<unsigned char>(letter) < 0x80; });
}

/// A name for comparing: folded, no '/' at the end, and parts joined by a byte that sorts before all others, so that a file stands
/// right before what lies "in" it.
struct ComparedName {
  std::string folded;
  const ZipEntry* entry = nullptr;
};

ComparedName compared(const ZipEntry& entry) {
  std::string folded = is_ascii(entry.name) ? entry.name : folded_text(entry.name);
  if (folded.ends_with('/')) folded.pop_back();
  for (char& letter : folded) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    if (letter == '/') letter = '\x01';
  }
  return {std::move(folded), &entry};
}

}  // namespace

Ruling<void> check_entry_name(std::string_view name) {
  if (name.empty()) return broken("path-traversal", "an entry has no name");
  if (name.size() > k_longest_path)
    return broken("path-too-long", fmt::format("a name has {} bytes, above {}", name.size(), k_longest_path));
  TORCHUP_KEEPS(check_characters(name));
  if (name.front() == '/' || has_drive(name)) return broken("absolute-path", fmt::format("`{}` is absolute", name));

  std::string_view rest = name;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  std::size_t parts = 1;
  for (std::size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    TORCHUP_KEEPS(check_part(rest.substr(0, slash), name));
    rest.remove_prefix(slash + 1);
    ++parts;
  }
  TORCHUP_KEEPS(check_part(rest, name));
  if (parts > k_most_parts) return broken("path-too-long", fmt::format("`{}` has {} parts, above {}", name, parts, k_most_parts));
  return {};
}

Ruling<void> check_entry_kind(const ZipEntry& entry) {
  const unsigned type = entry.unix_mode() & k_type_mask;
  const unsigned expected = entry.is_directory() ? k_directory : k_regular_file;
  if (type != 0 && type != expected) {
    return broken("file-type",
                  fmt::format("`{}` is neither a regular file nor a directory by its mode {:o}", entry.name, entry.unix_mode()));
  }
  if (entry.is_directory() && (entry.size != 0 || entry.crc32 != 0)) {
    return broken("directory-data", fmt::format("the directory `{}` has content", entry.name));
  }
  return {};
}

Ruling<void> check_distinct_names(const std::vector<ZipEntry>& entries) {
  std::vector<ComparedName> names;
  names.reserve(entries.size());
  for (const ZipEntry& entry : entries) names.push_back(compared(entry));
  std::ranges::sort(names, {}, &ComparedName::folded);

  for (std::size_t i = 1; i < names.size(); ++i) {
    const ComparedName& before = names[i - 1];
    const ComparedName& here = names[i];
    if (before.folded == here.folded) {
      if (before.entry->name == here.entry->name) return broken("duplicate-name", fmt::format("`{}` occurs twice", here.entry->name));
      if (before.entry->is_directory() != here.entry->is_directory()) {
        return broken("file-as-directory", fmt::format("`{}` is a file and a directory", before.entry->name));
      }
      return broken("name-collision",
                    fmt::format("`{}` and `{}` differ only in case or in how accents are written", before.entry->name, here.entry->name));
    }
    const bool lies_in =
        here.folded.size() > before.folded.size() && here.folded.starts_with(before.folded) && here.folded[before.folded.size()] == '\x01';
    if (lies_in && !before.entry->is_directory()) {
      return broken("file-as-directory", fmt::format("`{}` is a file, and `{}` lies in it", before.entry->name, here.entry->name));
    }
  }
  return {};
}

}  // namespace torchup
