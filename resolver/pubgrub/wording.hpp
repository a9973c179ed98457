#pragma once
// Facts and conclusions in words. Ranges are told by the versions that exist: ">=2.0.1,<2.3" of a package whose newest is
// 2.2 reads "2.0.1 and newer".

#include "resolver/pubgrub/search.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torchup::pubgrub {

/// Candidates of the same fate that follow each other, with what stands against them.
struct Refusal {
  std::string versions;   ///< "3.0", "3.0 to 3.2"
  std::string why;        ///< "requires Python >=3.12"
  std::string newest;     ///< "3.2"
  std::string elsewhere;  ///< What the newest one's wheels are for: "macos-arm64"; empty where that is not known.
  bool has_sdist;         ///< Of the newest one.
};

class Wording {
 public:
  explicit Wording(const Search& search) : m_search(search) {}

  std::string fact(const Incompatibility& fact) const;  ///< "torchvision 0.29.2 depends on torch>=2.14"
  /// Many versions of one package that depend on versions of another: "every version of b depends on one of c<3, c<2, c<1".
  std::string dependencies(const std::vector<const Depends*>& same_pair) const;
  std::string conclusion(const Incompatibility& incompatibility) const;  ///< "torch 2.0 cannot be used"
  std::string wanted(PackageId package, const VersionSet& set) const;    ///< "torch>=2.14"
  std::string wanted(const Depends& fact) const;                         ///< The same, of what it depends on.

  /// Newest first, at most `most`; the candidates of the set that may not be chosen.
  std::vector<Refusal> refusals(PackageId package, const VersionSet& set, std::size_t most) const;

  const KnownPackage* known(PackageId package) const { return package == k_root ? nullptr : &m_search.packages().known(package); }

 private:
  enum class Number { one, many };
  struct Subject {
    std::string text;
    Number number;
  };

  std::optional<Subject> by_versions(PackageId package, const VersionSet& set) const;
  Subject subject(PackageId package, const VersionSet& set) const;
  std::string no_versions(const NoVersions& fact) const;

  const Search& m_search;
};

}  // namespace torchup::pubgrub
