// A version specifier: its text reads back, and the set of versions that it stands for has those that it admits.

#include "torchup/resolver/version_set.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using torchup::SpecifierOperator;
  const auto specifiers = torchup::SpecifierSet::parse({reinterpret_cast<const char*>(data), size});
  if (!specifiers) return specifiers.error().message.empty() ? (std::abort(), 0) : 0;
  const auto again = torchup::SpecifierSet::parse(specifiers->text());
  if (!again || again->text() != specifiers->text()) std::abort();
  const auto& clauses = specifiers->specifiers();
  // A set cannot tell two spellings apart, as `===` does.
  if (std::any_of(clauses.begin(), clauses.end(), [](const auto& one) { return one.op == SpecifierOperator::arbitrary; })) return 0;
  const auto set = torchup::VersionSet::of(*specifiers);
  if (!(set.complement().complement() == set) || !set.disjoint_from(set.complement())) std::abort();
  static const char* const k_around[] = {"0", "1", "1.0rc1", "1.0.post1", "1.0+cpu", "1.1.dev0", "2.0a1.post1.dev2", "1!1.0"};
  const auto check = [&](const torchup::Version& version) {
    if (set.contains(version) != specifiers->contains(version) || set.complement().contains(version) == set.contains(version)) std::abort();
  };
  for (const char* version : k_around) check(*torchup::Version::parse(version));
  for (const auto& clause : clauses) check(*clause.version);
  return 0;
}
