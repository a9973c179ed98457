#include "torchup/resolver/specifier.hpp"

#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_longest_set = 4096;

struct OperatorSpelling {
  std::string_view text;
  SpecifierOperator op;
};

// Longest first: `===` begins with `==`, `<=` with `<`.
constexpr std::array k_operators{
    OperatorSpelling{"===", SpecifierOperator::arbitrary}, OperatorSpelling{"~=", SpecifierOperator::compatible},
    OperatorSpelling{"==", SpecifierOperator::equal},      OperatorSpelling{"!=", SpecifierOperator::not_equal},
    OperatorSpelling{"<=", SpecifierOperator::less_equal}, OperatorSpelling{">=", SpecifierOperator::greater_equal},
    OperatorSpelling{"<", SpecifierOperator::less},        OperatorSpelling{">", SpecifierOperator::greater},
};

std::string_view operator_text(SpecifierOperator op) {
  const auto* const found = std::find_if(k_operators.begin(), k_operators.end(), [op](const auto& spelling) { return spelling.op == op; });
  return found->text;
}

tl::unexpected<Error> refuse(std::string_view clause, std::string_view why, std::string hint = {}) {
  Error error{ErrorKind::usage, fmt::format("`{}` is not a version specifier: {}", excerpt(clause), why), {}, {}};
  if (!hint.empty()) error.hints.push_back(std::move(hint));
  return failure(std::move(error));
}

// `===` compares text, so nearly any text will do; white space, `;` and `)` would end it inside a requirement.
bool is_arbitrary_text(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) { return is_space(c) || c == ';' || c == ')'; });
}

// The rules that bind an operator to the form of its version (PEP 440, "Version specifiers").
Status check_form(std::string_view clause, const Specifier& specifier) {
  const bool equality = specifier.op == SpecifierOperator::equal || specifier.op == SpecifierOperator::not_equal;
  if (specifier.prefix) {
    if (!equality) return refuse(clause, "`.*` goes only with `==` and `!=`");
    const Version& version = *specifier.version;
    if (version.pre() || version.post() || version.dev() || !version.local().empty()) {
      return refuse(clause, "`.*` cannot follow a pre-release, a post-release, a developmental release or a local part");
    }
  }
  if (!equality && !specifier.version->local().empty()) return refuse(clause, "a local part goes only with `==` and `!=`");
  if (specifier.op == SpecifierOperator::compatible && specifier.version->release().size() < 2) {
    return refuse(clause, "`~=` needs a release of at least two numbers");
  }
  return {};
}

// Whether the candidate's epoch is V's, and its release begins with V's first `places` numbers, zeros filled in.
bool has_prefix(const Version& candidate, const Version& version, std::size_t places) {
  if (candidate.epoch() != version.epoch()) return false;
  const auto place = [](const Version& of, std::size_t i) { return i < of.release().size() ? of.release()[i] : 0U; };
  for (std::size_t i = 0; i < places; ++i) {
    if (place(candidate, i) != place(version, i)) return false;
  }
  return true;
}

bool same_release(const Version& left, const Version& right) {
  return has_prefix(left, right, std::max(left.release().size(), right.release().size()));
}

// PEP 440, "Exclusive ordered comparison": >V takes no post-release of V unless V is one, and no local version of V.
bool exclusively_greater(const Version& candidate, const Version& version) {
  if (candidate.without_local() <= version) return false;
  const bool post_release_of_version =
      candidate.post() && !version.post() && !version.dev() && candidate.pre() == version.pre() && same_release(candidate, version);
  return !post_release_of_version;
}

// PEP 440, "Exclusive ordered comparison": <V takes no pre-release of V unless V is one. Of a post-release, only its own
// developmental releases are pre-releases.
bool exclusively_less(const Version& candidate, const Version& version) {
  if (candidate >= version) return false;
  if (version.is_prerelease() || !candidate.is_prerelease() || !same_release(candidate, version)) return true;
  return version.post() && (candidate.pre() || candidate.post() != version.post());
}

// PEP 440, "Version matching": a specifier without a local part ignores the candidate's.
bool matches(const Version& candidate, const Version& version) {
  return version.local().empty() ? candidate.without_local() == version : candidate == version;
}

}  // namespace

Result<Specifier> Specifier::parse(std::string_view text) {
  const std::string_view clause = stripped(text);
  Cursor cursor(clause);
  const auto* const spelling =
      std::find_if(k_operators.begin(), k_operators.end(), [&](const OperatorSpelling& candidate) { return cursor.take(candidate.text); });
  if (spelling == k_operators.end()) {
    Cursor number(clause);
    number.take_while([](char c) { return c == '='; });
    std::string hint;
    if (const auto version = Version::parse(number.rest()))
      hint = fmt::format("to ask for this version alone, write `=={}`", version->text());
    return refuse(clause, "it begins with no operator", std::move(hint));
  }
  std::string_view written = stripped(cursor.rest());
  Specifier specifier{spelling->op, std::string(written), std::nullopt, false};
  if (specifier.op == SpecifierOperator::arbitrary) {
    if (!is_arbitrary_text(written)) return refuse(clause, "`===` needs a text without white space, `;` or `)`");
    if (auto version = Version::parse(written)) specifier.version = *std::move(version);
    return specifier;
  }
  if (written.ends_with(".*")) {
    specifier.prefix = true;
    written.remove_suffix(2);
    if (!written.empty() && is_space(written.back())) return refuse(clause, "there is white space before `.*`");
  }
  Result<Version> version = Version::parse(written);
  if (!version) return refuse(clause, fmt::format("`{}` is not a version", excerpt(written)));
  specifier.version = *std::move(version);
  TORCHUP_TRY(check_form(clause, specifier));
  return specifier;
}

bool Specifier::contains(const Version& candidate) const {
  if (op == SpecifierOperator::arbitrary) return candidate.text() == lowered(text);
  switch (op) {
    case SpecifierOperator::compatible:
      return candidate >= *version && has_prefix(candidate, *version, version->release().size() - 1);
    case SpecifierOperator::equal:
      return prefix ? has_prefix(candidate, *version, version->release().size()) : matches(candidate, *version);
    case SpecifierOperator::not_equal:
      return prefix ? !has_prefix(candidate, *version, version->release().size()) : !matches(candidate, *version);
    case SpecifierOperator::less_equal:
      return candidate.without_local() <= *version;
    case SpecifierOperator::greater_equal:
      return candidate >= *version;
    case SpecifierOperator::less:
      return exclusively_less(candidate, *version);
    case SpecifierOperator::greater:
      return exclusively_greater(candidate, *version);
    case SpecifierOperator::arbitrary:
      break;
  }
  return false;
}

std::string Specifier::canonical() const {
  const std::string shown = version && op != SpecifierOperator::arbitrary ? version->text() : text;
  return fmt::format("{}{}{}", operator_text(op), shown, prefix ? ".*" : "");
}

Result<SpecifierSet> SpecifierSet::parse(std::string_view text) {
  if (text.size() > k_longest_set) {
    return failure(
        {ErrorKind::usage, fmt::format("the version specifier `{}` is longer than {} bytes", excerpt(text), k_longest_set), {}, {}});
  }
  SpecifierSet result;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view clause = rest.substr(0, comma);
    if (!stripped(clause).empty()) {
      TORCHUP_TRY_ASSIGN(Specifier specifier, Specifier::parse(clause));
      result.m_specifiers.push_back(std::move(specifier));
    }
    if (comma == std::string_view::npos) return result;
    rest.remove_prefix(comma + 1);
  }
}

bool SpecifierSet::contains(const Version& candidate) const {
  return std::all_of(m_specifiers.begin(), m_specifiers.end(), [&](const Specifier& specifier) { return specifier.contains(candidate); });
}

bool SpecifierSet::admits_prereleases() const {
  return std::any_of(m_specifiers.begin(), m_specifiers.end(), [](const Specifier& specifier) {
    return specifier.op != SpecifierOperator::not_equal && specifier.version && specifier.version->is_prerelease();
  });
}

std::string SpecifierSet::text() const {
  std::vector<std::string> clauses;
  clauses.reserve(m_specifiers.size());
  for (const Specifier& specifier : m_specifiers) clauses.push_back(specifier.canonical());
  std::sort(clauses.begin(), clauses.end());
  clauses.erase(std::unique(clauses.begin(), clauses.end()), clauses.end());
  return fmt::format("{}", fmt::join(clauses, ","));
}

}  // namespace torchup
