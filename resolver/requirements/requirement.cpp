#include "torchup/resolver/requirement.hpp"

#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_longest_requirement = 16384;

class RequirementReader {
 public:
  explicit RequirementReader(std::string_view text) : m_text(text), m_cursor(text) {}

  Result<Requirement> read() {
    m_cursor.skip_blanks();
    TORCHUP_TRY_ASSIGN(PackageName name, read_name("a package name"));
    Requirement requirement{std::move(name)};
    TORCHUP_TRY(read_extras(requirement));
    if (m_cursor.take('@')) {
      TORCHUP_TRY(read_url(requirement));
    } else {
      TORCHUP_TRY(read_specifiers(requirement));
    }
    m_cursor.skip_blanks();
    if (m_cursor.take(';')) {
      TORCHUP_TRY_ASSIGN(requirement.marker, Marker::parse(m_cursor.rest()));
    } else if (!m_cursor.at_end()) {
      return refuse("`;` or the end");
    }
    return requirement;
  }

 private:
  tl::unexpected<Error> refuse(std::string_view expected) const {
    const std::string found = m_cursor.at_end() ? "it ends" : fmt::format("there is `{}`", excerpt(m_cursor.rest()));
    return failure(
        {ErrorKind::usage, fmt::format("`{}` is not a requirement: where {} should stand, {}", excerpt(m_text), expected, found), {}, {}});
  }

  Result<PackageName> read_name(std::string_view what) {
    Cursor ahead = m_cursor;
    const std::string_view name = ahead.take_while([](char c) { return is_letter_or_digit(c) || is_separator(c); });
    if (name.empty()) return refuse(what);
    TORCHUP_TRY_ASSIGN(PackageName parsed, PackageName::parse(name));
    m_cursor = ahead;
    m_cursor.skip_blanks();
    return parsed;
  }

  Status read_extras(Requirement& requirement) {
    if (!m_cursor.take('[')) return {};
    m_cursor.skip_blanks();
    if (m_cursor.peek() != ']') {
      do {
        m_cursor.skip_blanks();
        TORCHUP_TRY_ASSIGN(PackageName extra, read_name("the name of an extra"));
        requirement.extras.push_back(std::move(extra));
      } while (m_cursor.take(','));
    }
    if (!m_cursor.take(']')) return refuse("`,` or `]`");
    m_cursor.skip_blanks();
    std::sort(requirement.extras.begin(), requirement.extras.end());
    requirement.extras.erase(std::unique(requirement.extras.begin(), requirement.extras.end()), requirement.extras.end());
    return {};
  }

  // A URL ends at white space; a `;` without a blank before it belongs to the URL (PEP 508, "urlspec").
  Status read_url(Requirement& requirement) {
    m_cursor.skip_blanks();
    Cursor ahead = m_cursor;
    const std::string_view url = ahead.take_while([](char c) { return static_cast<unsigned char>(c) > 0x20 && c != '\x7f'; });
    if (url.empty()) return refuse("a URL");
    requirement.url = std::string(url);
    m_cursor = ahead;
    return {};
  }

  Status read_specifiers(Requirement& requirement) {
    const bool enclosed = m_cursor.take('(');
    const std::string_view list = m_cursor.take_while([](char c) { return c != ';' && c != ')'; });
    if (enclosed && !m_cursor.take(')')) return refuse("`)`");
    TORCHUP_TRY(check_clauses(list));
    TORCHUP_TRY_ASSIGN(requirement.specifiers, SpecifierSet::parse(list));
    return {};
  }

  // One trailing comma is allowed, an empty clause before it is not, and white space means blanks and tabs (PEP 508, "version_many").
  Status check_clauses(std::string_view list) const {
    bool sound = std::none_of(list.begin(), list.end(), [](char c) { return is_space(c) && !is_blank(c); });
    std::string_view rest = stripped(list);
    while (sound && !rest.empty()) {
      const std::size_t comma = rest.find(',');
      sound = !stripped(rest.substr(0, comma)).empty();
      rest = comma == std::string_view::npos ? std::string_view() : stripped(rest.substr(comma + 1));
    }
    if (sound) return {};
    return failure(
        {ErrorKind::usage, fmt::format("`{}` is not a requirement: `{}` is no list of versions", excerpt(m_text), excerpt(list)), {}, {}});
  }

  std::string_view m_text;
  Cursor m_cursor;
};

}  // namespace

Result<Requirement> Requirement::parse(std::string_view text) {
  if (text.size() > k_longest_requirement) {
    return failure(
        {ErrorKind::usage, fmt::format("the requirement `{}` is longer than {} bytes", excerpt(text), k_longest_requirement), {}, {}});
  }
  return RequirementReader(text).read();
}

std::string Requirement::text() const {
  std::string result = name.text();
  for (std::size_t i = 0; i < extras.size(); ++i) result += (i == 0 ? "[" : ",") + extras[i].text();
  if (!extras.empty()) result += ']';
  result += specifiers.text();
  if (url) result += " @ " + *url;
  if (marker) result += " ; " + marker->text();
  return result;
}

}  // namespace torchup
