#pragma once
// What `torchup debug` answers to one line of input: pure functions from a line to a line, for conformance suites that
// compare torchup with another implementation of the packaging standards. No line has a line break, nor has an answer.

#include "torchup/resolver/requirement_files.hpp"
#include "torchup/resolver/tag.hpp"

#include <string>
#include <string_view>

namespace torchup {

/// `VERSION` -> its normal form, or `invalid` (PEP 440).
std::string answer_version_key(std::string_view line);

/// `A B`, blanks between -> `<`, `=` or `>` by PEP 440's order, or `invalid`.
std::string answer_compare(std::string_view line);

/// `SPECIFIERS<TAB>VERSION` or `SPECIFIERS<TAB>VERSION<TAB>pre` -> `true`, `false` or `invalid`. Without `pre` a pre-release
/// matches only where a specifier names one (PEP 440, "Handling of pre-releases").
std::string answer_specifier(std::string_view line);

/// `SPECIFIERS<TAB>VERSIONS`, blanks between versions, perhaps `<TAB>pre` or `<TAB>final` -> those that the resolver may choose, in the
/// order in which it tries them, or `invalid`. Without `pre` a pre-release is among them only where no final release is, with `final`
/// never (PEP 440, "Handling of pre-releases").
std::string answer_filter(std::string_view line);

/// `MARKER<TAB>OBJECT` -> `true`, `false` or `invalid`. OBJECT is JSON, from variables to strings; `extra`, `extras` and
/// `dependency_groups` may also be arrays of names. A comparison without a meaning makes the marker `invalid`.
std::string answer_marker(std::string_view line);

/// `REQUIREMENT` -> its canonical form, or `invalid: why` (PEP 508).
std::string answer_requirement(std::string_view line);

/// `FILENAME` -> name, version, build tag (`-` without one) and tags (joined by commas) with tabs between, or `invalid: why`.
std::string answer_wheel_name(std::string_view line);

/// What files ask for, one thing a line, each line with its line break: `requirement<TAB>R`, `constraint<TAB>R`,
/// `hashes<TAB>NAME<TAB>SHA256,…`, `python<TAB>SPECIFIERS`, `index<TAB>URL`, `pre`, `require-hashes`.
std::string answer_wanted(const RequirementList& list);

/// The tags that the target supports, best first, each on a line of its own with its line break.
std::string answer_tags(const TagTarget& target);

}  // namespace torchup
