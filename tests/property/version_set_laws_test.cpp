#include "torchup/resolver/version_set.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace torchup;

namespace {

// Versions close to each other, so that specifiers fall between them: every combination of these parts.
std::vector<Version> close_versions() {
  std::vector<Version> versions;
  for (const char* release : {"0", "1", "1.0.1", "1.1", "2.0", "1!0"}) {
    for (const char* pre : {"", "a1", "a2", "rc1"}) {
      for (const char* post : {"", ".post0", ".post1"}) {
        for (const char* dev : {"", ".dev0", ".dev1"}) {
          for (const char* local : {"", "+1", "+cpu"}) {
            versions.push_back(Version::parse(std::string(release) + pre + post + dev + local).value());
          }
        }
      }
    }
  }
  return versions;
}

std::vector<Specifier> close_specifiers(const std::vector<Version>& versions) {
  std::vector<Specifier> specifiers;
  for (const Version& version : versions) {
    for (const char* op : {"==", "!=", "<", "<=", ">", ">=", "~="}) {
      if (const auto set = SpecifierSet::parse(op + version.text())) specifiers.push_back(set->specifiers().front());
    }
  }
  for (const char* text : {"==1.*", "!=1.*", "==1.0.*", "==1.1.*", "==1!0.*", "==0.*", "!=2.0.*", "===1.0.1", "===frog"}) {
    specifiers.push_back(SpecifierSet::parse(text).value().specifiers().front());
  }
  return specifiers;
}

// A set of a few specifiers joined by "and" and "or", as the solver makes them.
class Sets {
 public:
  Sets() : m_versions(close_versions()), m_specifiers(close_specifiers(m_versions)) {}

  VersionSet next() {
    VersionSet set = specifier();
    for (std::uint32_t i = m_random() % 4; i > 0; --i) {
      const VersionSet other = specifier();
      set = m_random() % 2 == 0 ? set.united(other) : set.intersection(other);
    }
    return set;
  }

  const std::vector<Version>& versions() const { return m_versions; }

 private:
  VersionSet specifier() { return VersionSet::of(m_specifiers[m_random() % m_specifiers.size()]); }

  std::mt19937 m_random{20240229};
  std::vector<Version> m_versions;
  std::vector<Specifier> m_specifiers;
};

bool is_canonical(const VersionSet& set) {
  const auto ranges = set.ranges();
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (!(ranges[i].low < ranges[i].high)) return false;
    if (i > 0 && !(ranges[i - 1].high < ranges[i].low)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a specifier's set holds the versions that the specifier holds for") {
  const std::vector<Version> versions = close_versions();
  std::size_t wrong = 0;
  for (const Specifier& specifier : close_specifiers(versions)) {
    const VersionSet set = VersionSet::of(specifier);
    for (const Version& version : versions) {
      // `===` compares text, which a set of versions cannot (see the header).
      if (specifier.op == SpecifierOperator::arbitrary && version.text() != specifier.text && version == specifier.version) continue;
      if (set.contains(version) == specifier.contains(version)) continue;
      if (wrong++ < 5) UNSCOPED_INFO(specifier.canonical() << " and " << version.text());
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("the algebra of sets is that of their versions") {
  Sets sets;
  for (int round = 0; round < 250; ++round) {
    const VersionSet a = sets.next();
    const VersionSet b = sets.next();
    const VersionSet both = a.intersection(b);
    const VersionSet either = a.united(b);
    const VersionSet not_a = a.complement();
    INFO(a.text() << "   and   " << b.text());
    REQUIRE((is_canonical(both) && is_canonical(either) && is_canonical(not_a)));
    bool as_versions = true;
    bool shared = false;
    bool within = true;
    for (const Version& version : sets.versions()) {
      const bool in_a = a.contains(version);
      const bool in_b = b.contains(version);
      as_versions = as_versions && both.contains(version) == (in_a && in_b) && either.contains(version) == (in_a || in_b) &&
                    not_a.contains(version) == !in_a;
      shared = shared || (in_a && in_b);
      within = within && (!in_a || in_b);
    }
    REQUIRE(as_versions);
    if (shared) REQUIRE_FALSE(a.disjoint_from(b));
    if (!within) REQUIRE_FALSE(a.subset_of(b));
  }
}

TEST_CASE("sets keep the laws of a Boolean algebra") {
  Sets sets;
  for (int round = 0; round < 250; ++round) {
    const VersionSet a = sets.next();
    const VersionSet b = sets.next();
    const VersionSet c = sets.next();
    INFO(a.text() << "   and   " << b.text() << "   and   " << c.text());
    REQUIRE(a.complement().complement() == a);
    REQUIRE(a.united(b).complement() == a.complement().intersection(b.complement()));
    REQUIRE(a.intersection(b).complement() == a.complement().united(b.complement()));
    REQUIRE(a.intersection(b.united(c)) == a.intersection(b).united(a.intersection(c)));
    REQUIRE(a.united(a.complement()).is_all());
    REQUIRE(a.intersection(a.complement()).empty());
    REQUIRE(a.subset_of(b) == (a.intersection(b) == a));
    REQUIRE(a.disjoint_from(b) == a.intersection(b).empty());
    REQUIRE(a.united(b) == b.united(a));
  }
}
