#include "resolver/requirements/marker_question.hpp"

#include "resolver/requirements/marker_bounds.hpp"
#include "resolver/versions/ascii.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_longest_list = 256;

/// The order in which markers read best: the platform, the Python, what was asked for.
constexpr std::array<std::string_view, 13> k_order{
    "sys_platform",
    "os_name",
    "platform_system",
    "platform_machine",
    "platform_release",
    "platform_version",
    "implementation_name",
    "platform_python_implementation",
    "python_full_version",
    "implementation_version",
    "extra",
    "extras",
    "dependency_groups",
};

std::ptrdiff_t place_of(const MarkerVariable& variable) {
  return std::find(k_order.begin(), k_order.end(), variable.name) - k_order.begin();
}

const MarkerVariable* full_version() { return find_marker_variable("python_full_version"); }

/// What is asked of `python_version` is asked of the whole version.
const MarkerVariable* asked_variable(const MarkerVariable& variable) {
  return variable.name == "python_version" ? full_version() : &variable;
}

MarkerReading truth(bool holds) { return {.negated = holds}; }

/// The comparison as a question of its own; what `!=` and `not in` say is the opposite of another one.
MarkerReading yes_no(MarkerComparison comparison, const MarkerVariable& variable) {
  MarkerReading reading;
  if (comparison.op == MarkerOperator::not_equal || comparison.op == MarkerOperator::not_in) {
    comparison.op = comparison.op == MarkerOperator::not_in ? MarkerOperator::in : MarkerOperator::equal;
    reading.negated = true;
  }
  reading.question = MarkerQuestion{asked_variable(variable), MarkerQuestion::Kind::yes_no, std::move(comparison)};
  return reading;
}

MarkerReading of_versions(const MarkerVariable& variable, const VersionSet& versions) {
  const bool is_pair = variable.name == "python_version";
  return {.question = MarkerQuestion{asked_variable(variable), MarkerQuestion::Kind::version},
          .versions = is_pair ? full_versions(versions) : canonical_versions(versions)};
}

/// `python_version in "2.7, 3.4"`: every "X.Y" that stands somewhere in the text, "3.1" in "3.10" too.
VersionSet pairs_within(std::string_view text) {
  VersionSet found;
  const auto number_ends = [&](std::size_t begin) {
    std::vector<std::size_t> ends;
    for (std::size_t end = begin; end < text.size() && text[end] >= '0' && text[end] <= '9' && end - begin < 4; ++end) {
      if (end > begin && text[begin] == '0') break;  // no number is written "01"
      ends.push_back(end + 1);
    }
    return ends;
  };
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    for (const std::size_t dot : number_ends(begin)) {
      if (dot >= text.size() || text[dot] != '.') continue;
      for (const std::size_t end : number_ends(dot + 1)) {
        if (const auto pair = Version::parse(text.substr(begin, end - begin))) found = found.united(VersionSet::exactly(*pair));
      }
    }
  }
  return found;
}

/// `VARIABLE op "literal"`.
MarkerReading read_version(const MarkerComparison& comparison, const MarkerVariable& variable, const std::string& literal) {
  const bool is_pair = variable.name == "python_version";
  if (comparison.op == MarkerOperator::in || comparison.op == MarkerOperator::not_in) {
    if (!is_pair || literal.size() > k_longest_list) return yes_no(comparison, variable);
    const VersionSet within = pairs_within(literal);
    return of_versions(variable, comparison.op == MarkerOperator::in ? within : within.complement());
  }
  if (comparison.op == MarkerOperator::arbitrary) return yes_no(comparison, variable);
  const auto version = Version::parse(literal);
  if (version && !version->local().empty()) return yes_no(comparison, variable);
  // "==" before "=3.8" would read as "===3.8".
  const auto specifier = Specifier::parse(std::string(marker_operator_text(comparison.op)) + literal);
  if (specifier && !literal.starts_with('=')) return of_versions(variable, VersionSet::of(*specifier));
  // Compared as text: a version is no text that is none, and `~=` has no meaning then.
  if (version && comparison.op != MarkerOperator::compatible) return yes_no(comparison, variable);
  return truth(comparison.op == MarkerOperator::not_equal);
}

/// `"literal" op python_version`: PEP 440's exceptions are for the side that stands right, which a pair of numbers never meets.
MarkerReading read_reversed_version(const MarkerComparison& comparison, const MarkerVariable& variable, const std::string& literal) {
  using Place = VersionBound::Place;
  const auto version = Version::parse(literal);
  const bool is_plain = version && !version->is_prerelease() && !version->post() && version->local().empty();
  if (variable.name != "python_version" || !is_plain) return yes_no(comparison, variable);
  const VersionSet equal = VersionSet::exactly(*version);
  const VersionSet above = VersionSet::between({Place::at, *version, true}, {Place::after_all});
  switch (comparison.op) {
    case MarkerOperator::equal:
      return of_versions(variable, equal);
    case MarkerOperator::not_equal:
      return of_versions(variable, equal.complement());
    case MarkerOperator::less:
      return of_versions(variable, above);
    case MarkerOperator::less_equal:
      return of_versions(variable, above.united(equal));
    case MarkerOperator::greater:
      return of_versions(variable, above.united(equal).complement());
    case MarkerOperator::greater_equal:
      return of_versions(variable, above.complement());
    default:
      return yes_no(comparison, variable);
  }
}

/// PEP 508 knows no order of texts: `<=` and `>=` hold where both are equal, `<` and `>` never.
MarkerReading read_text(const MarkerComparison& comparison, const MarkerVariable& variable, const std::string& literal) {
  switch (comparison.op) {
    case MarkerOperator::in:
    case MarkerOperator::not_in:
      return yes_no(comparison, variable);
    case MarkerOperator::equal:
    case MarkerOperator::not_equal:
    case MarkerOperator::less_equal:
    case MarkerOperator::greater_equal:
      return {.question = MarkerQuestion{&variable, MarkerQuestion::Kind::text},
              .negated = comparison.op == MarkerOperator::not_equal,
              .text = literal};
    default:
      return truth(false);
  }
}

/// `extra == "x"` either way round, and `"x" in extras`; nothing else has a meaning.
MarkerReading read_membership(const MarkerVariable& variable, MarkerOperator op, const std::string& literal, bool variable_first) {
  const bool is_extra = variable.type == MarkerType::extra;
  const bool has_meaning = is_extra ? op == MarkerOperator::equal || op == MarkerOperator::not_equal
                                    : !variable_first && (op == MarkerOperator::in || op == MarkerOperator::not_in);
  if (!has_meaning) return truth(false);
  if (is_extra) return yes_no({&variable, op, literal}, variable);
  return yes_no({literal, op, &variable}, variable);
}

}  // namespace

std::strong_ordering MarkerQuestion::operator<=>(const MarkerQuestion& other) const {
  if (const auto order = place_of(*variable) <=> place_of(*other.variable); order != 0) return order;
  if (const auto order = kind <=> other.kind; order != 0) return order;
  if (!comparison || !other.comparison) return comparison.has_value() <=> other.comparison.has_value();
  return marker_text(*comparison) <=> marker_text(*other.comparison);
}

MarkerReading read_comparison(const MarkerComparison& comparison) {
  const bool variable_first = std::holds_alternative<const MarkerVariable*>(comparison.left);
  const auto* found = std::get_if<const MarkerVariable*>(variable_first ? &comparison.left : &comparison.right);
  const auto* literal = std::get_if<std::string>(variable_first ? &comparison.right : &comparison.left);
  if (found == nullptr || literal == nullptr) return truth(false);
  const MarkerVariable& variable = **found;
  switch (variable.type) {
    case MarkerType::version:
      return variable_first ? read_version(comparison, variable, *literal) : read_reversed_version(comparison, variable, *literal);
    case MarkerType::string:
      return read_text(comparison, variable, *literal);
    case MarkerType::version_or_string:
      return yes_no(comparison, variable);
    case MarkerType::set:
    case MarkerType::extra:
      break;
  }
  return read_membership(variable, comparison.op, *literal, variable_first);
}

}  // namespace torchup
