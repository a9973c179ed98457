#include "torchup/resolver/version.hpp"

#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_longest_version = 256;

struct PreSpelling {
  std::string_view word;
  Version::PreKind kind;
};

// A word stands before those that it begins with, so that the longest is taken (PEP 440, "Pre-release spelling").
constexpr std::array k_pre_spellings{
    PreSpelling{"alpha", Version::PreKind::alpha},       PreSpelling{"a", Version::PreKind::alpha},
    PreSpelling{"beta", Version::PreKind::beta},         PreSpelling{"b", Version::PreKind::beta},
    PreSpelling{"preview", Version::PreKind::candidate}, PreSpelling{"pre", Version::PreKind::candidate},
    PreSpelling{"c", Version::PreKind::candidate},       PreSpelling{"rc", Version::PreKind::candidate},
};

// PEP 440, "Post release spelling".
constexpr std::array<std::string_view, 3> k_post_spellings{"post", "rev", "r"};

void take_separator(Cursor& cursor) {
  if (is_separator(cursor.peek())) cursor.take_bytes(1);
}

// The number after a word, with an optional separator; none counts as 0 (PEP 440, "Implicit pre-release number").
// Nothing where the digits are too large for a number.
std::optional<std::uint64_t> take_implicit_number(Cursor& cursor) {
  take_separator(cursor);
  if (!is_digit(cursor.peek())) return 0;
  return cursor.take_number();
}

// Each of these reads its part and gives true, or gives true with nothing read, or gives false: no version.
bool take_pre(Cursor& cursor, std::optional<Version::Pre>& pre) {
  Cursor ahead = cursor;
  take_separator(ahead);
  for (const PreSpelling& spelling : k_pre_spellings) {
    if (!ahead.take_ignoring_case(spelling.word)) continue;
    const std::optional<std::uint64_t> number = take_implicit_number(ahead);
    if (!number) return false;
    pre = Version::Pre{spelling.kind, *number};
    cursor = ahead;
    break;
  }
  return true;
}

bool take_post(Cursor& cursor, std::optional<std::uint64_t>& post) {
  Cursor ahead = cursor;
  if (ahead.take('-') && is_digit(ahead.peek())) {  // 1.0-1 is 1.0.post1 (PEP 440, "Implicit post releases")
    post = ahead.take_number();
    cursor = ahead;
    return post.has_value();
  }
  ahead = cursor;
  take_separator(ahead);
  for (const std::string_view word : k_post_spellings) {
    if (!ahead.take_ignoring_case(word)) continue;
    post = take_implicit_number(ahead);
    cursor = ahead;
    return post.has_value();
  }
  return true;
}

bool take_dev(Cursor& cursor, std::optional<std::uint64_t>& dev) {
  Cursor ahead = cursor;
  take_separator(ahead);
  if (!ahead.take_ignoring_case("dev")) return true;
  dev = take_implicit_number(ahead);
  cursor = ahead;
  return dev.has_value();
}

bool take_release(Cursor& cursor, std::vector<std::uint64_t>& release) {
  do {
    const std::optional<std::uint64_t> number = cursor.take_number();
    if (!number) return false;
    release.push_back(*number);
    const std::string_view rest = cursor.rest();
    if (rest.size() < 2 || rest[0] != '.' || !is_digit(rest[1])) return true;
  } while (cursor.take('.'));
  return true;
}

// "+" has been read. Segments are letters and digits; those of digits alone are numbers (PEP 440, "Local version identifiers").
bool take_local(Cursor& cursor, std::vector<Version::LocalPart>& local) {
  do {
    const std::string_view segment = cursor.take_while(is_letter_or_digit);
    if (segment.empty()) return false;
    Cursor digits(segment);
    if (!digits.take_while(is_digit).empty() && digits.at_end()) {
      const std::optional<std::uint64_t> number = Cursor(segment).take_number();
      if (!number) return false;
      local.emplace_back(*number);
    } else {
      local.emplace_back(lowered(segment));
    }
    if (cursor.at_end()) return true;
  } while (is_separator(cursor.peek()) && !cursor.take_bytes(1).empty());
  return false;
}

const char* pre_text(Version::PreKind kind) {
  switch (kind) {
    case Version::PreKind::alpha:
      return "a";
    case Version::PreKind::beta:
      return "b";
    case Version::PreKind::candidate:
      break;
  }
  return "rc";
}

std::strong_ordering compare_releases(const std::vector<std::uint64_t>& left, const std::vector<std::uint64_t>& right) {
  const auto place = [](const std::vector<std::uint64_t>& release, std::size_t i) { return i < release.size() ? release[i] : 0U; };
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    if (const auto order = place(left, i) <=> place(right, i); order != 0) return order;
  }
  return std::strong_ordering::equal;
}

// PEP 440, "Summary of permitted suffixes and relative ordering": within one release .devN, aN, bN, rcN, none, .postN.
// A developmental release of the final release itself stands before all its pre-releases.
struct PrePlace {
  int stage;  // 0 only .dev, 1 alpha, 2 beta, 3 candidate, 4 final
  std::uint64_t number;
  auto operator<=>(const PrePlace&) const = default;
};

PrePlace pre_place(const Version& version) {
  if (version.pre()) return {1 + static_cast<int>(version.pre()->kind), version.pre()->number};
  return {!version.post() && version.dev() ? 0 : 4, 0};
}

std::strong_ordering compare_dev(const std::optional<std::uint64_t>& left, const std::optional<std::uint64_t>& right) {
  if (left && right) return *left <=> *right;
  return left.has_value() ? std::strong_ordering::less : (right.has_value() ? std::strong_ordering::greater : std::strong_ordering::equal);
}

}  // namespace

Result<Version> Version::parse(std::string_view text) {
  if (text.size() > k_longest_version) {
    return failure({ErrorKind::usage, fmt::format("the version `{}` is longer than {} bytes", excerpt(text), k_longest_version), {}, {}});
  }
  const auto refuse = [&] { return failure({ErrorKind::usage, fmt::format("`{}` is not a version", text), {}, {}}); };

  Cursor cursor(stripped(text));
  Parts parts;
  if (lower(cursor.peek()) == 'v') cursor.take_bytes(1);

  Cursor ahead = cursor;
  if (const auto epoch = ahead.take_number(); epoch && ahead.take('!')) {
    parts.epoch = *epoch;
    cursor = ahead;
  }
  const bool read =
      take_release(cursor, parts.release) && take_pre(cursor, parts.pre) && take_post(cursor, parts.post) && take_dev(cursor, parts.dev);
  if (!read) return refuse();
  if (cursor.take('+') && !take_local(cursor, parts.local)) return refuse();
  if (!cursor.at_end()) return refuse();
  return Version(std::move(parts));
}

std::string Version::text() const {
  std::string result = epoch() != 0 ? fmt::format("{}!", epoch()) : std::string();
  result += fmt::format("{}", fmt::join(release(), "."));
  if (pre()) result += fmt::format("{}{}", pre_text(pre()->kind), pre()->number);
  if (post()) result += fmt::format(".post{}", *post());
  if (dev()) result += fmt::format(".dev{}", *dev());
  if (!local().empty()) result += "+" + local_text();
  return result;
}

std::string Version::local_text() const {
  std::string result;
  for (const LocalPart& part : local()) {
    if (!result.empty()) result += '.';
    if (const auto* number = std::get_if<std::uint64_t>(&part)) {
      result += std::to_string(*number);
    } else {
      result += std::get<std::string>(part);
    }
  }
  return result;
}

Version Version::without_local() const {
  if (local().empty()) return *this;
  Parts parts = *m_parts;
  parts.local.clear();
  return Version(std::move(parts));
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  if (m_parts.same_as(other.m_parts)) return std::strong_ordering::equal;
  if (const auto order = epoch() <=> other.epoch(); order != 0) return order;
  if (const auto order = compare_releases(release(), other.release()); order != 0) return order;
  if (const auto order = pre_place(*this) <=> pre_place(other); order != 0) return order;
  if (const auto order = post() <=> other.post(); order != 0) return order;  // none stands before .post0
  if (const auto order = compare_dev(dev(), other.dev()); order != 0) return order;
  return local() <=> other.local();
}

}  // namespace torchup
