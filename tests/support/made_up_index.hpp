#pragma once
// A package index made of a few lines, and a solver's questions answered from it: for tests of the resolver.

#include "torchup/resolver/solver.hpp"

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace torchup::test {

inline PackageName name_of(std::string_view text) { return PackageName::parse(text).value(); }
inline Version version_of(std::string_view text) { return Version::parse(text).value(); }

inline std::vector<Requirement> requirements_of(const std::vector<std::string>& texts) {
  std::vector<Requirement> result;
  for (const std::string& text : texts) result.push_back(Requirement::parse(text).value());
  return result;
}

class MadeUpIndex {
 public:
  /// A version with its requirements; `candidate.version` is set from the text.
  MadeUpIndex& add(std::string_view name, std::string_view version, const std::vector<std::string>& requires_dist = {},
                   const std::vector<std::string>& extras = {}, Candidate candidate = {version_of("0"), {}, false}) {
    candidate.version = version_of(version);
    PackageMetadata metadata{requirements_of(requires_dist), {}};
    for (const std::string& extra : extras) metadata.provides_extra.push_back(name_of(extra));
    return add(name_of(name), std::move(candidate), std::move(metadata));
  }

  MadeUpIndex& add(const PackageName& name, Candidate candidate, PackageMetadata metadata) {
    m_projects[name].push_back({std::move(candidate), std::move(metadata)});
    return *this;
  }

  MadeUpIndex& add_yanked(std::string_view name, std::string_view version) {
    return add(name, version, {}, {}, {version_of("0"), {}, true});
  }

  MadeUpIndex& add_unusable(std::string_view name, std::string_view version, std::string why) {
    return add(name, version, {}, {}, {version_of("0"), std::move(why), false});
  }

  /// Answers until the solver has an end.
  Question solve(Solver& solver) {
    while (true) {
      Question question = solver.advance();
      if (const auto* versions = std::get_if<NeedVersions>(&question)) {
        m_asked.push_back(versions->name.text());
        solver.answer_versions(versions->name, candidates(versions->name));
      } else if (const auto* metadata = std::get_if<NeedMetadata>(&question)) {
        m_asked.push_back(metadata->name.text() + " " + metadata->version.text());
        solver.answer_metadata(metadata->name, metadata->version, metadata_of(metadata->name, metadata->version));
      } else {
        return question;
      }
    }
  }

  Question solve(SolverRequest request) {
    Solver solver(std::move(request));
    return solve(solver);
  }

  Question solve(const std::vector<std::string>& requirements) {
    return solve(SolverRequest{.requirements = requirements_of(requirements)});
  }

  std::vector<Candidate> candidates(const PackageName& name) const {
    std::vector<Candidate> result;
    if (const auto found = m_projects.find(name); found != m_projects.end()) {
      for (const auto& [candidate, metadata] : found->second) result.push_back(candidate);
    }
    return result;
  }

  PackageMetadata metadata_of(const PackageName& name, const Version& version) const {
    for (const auto& [candidate, metadata] : m_projects.at(name)) {
      if (candidate.version == version) return metadata;
    }
    return {};
  }

  const std::vector<std::string>& asked() const { return m_asked; }  ///< "torch", then "torch 2.9.0", ...

 private:
  std::map<PackageName, std::vector<std::pair<Candidate, PackageMetadata>>> m_projects;
  std::vector<std::string> m_asked;
};

/// "a==1.0 b==2.0" for a solution; "unsolvable" otherwise.
inline std::string pins_of(const Question& question) {
  const auto* solved = std::get_if<Solved>(&question);
  if (solved == nullptr) return "unsolvable";
  std::string text;
  for (const Pin& pin : solved->pins) {
    if (!text.empty()) text += ' ';
    text += pin.name.text();
    for (std::size_t i = 0; i < pin.extras.size(); ++i) text += (i == 0 ? "[" : ",") + pin.extras[i].text();
    if (!pin.extras.empty()) text += ']';
    text += "==" + pin.version.text();
  }
  return text;
}

}  // namespace torchup::test
