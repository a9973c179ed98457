#pragma once
// What is wanted, as a person gives it: words on the command line, requirements files as pip reads them, and pyproject.toml.
// The commands gather it here and the pipeline resolves it. Pure: files and variables come through functions.

#include "torchup/core/digest.hpp"
#include "torchup/resolver/requirement.hpp"
#include "torchup/resolver/requirements_text.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The hashes that one line gives: under its marker only wheels with one of them are taken.
struct GivenHashes {
  PackageName name;
  std::optional<Marker> marker = {};
  std::vector<Sha256> sha256 = {};
};

/// The index that a file names.
struct GivenIndex {
  std::string url;    ///< With its credentials: never print it.
  std::string where;  ///< "line 3 of `requirements.txt`"
};

/// The Pythons that a project is for.
struct GivenPython {
  SpecifierSet versions;
  std::string where;  ///< "`requires-python` of `pyproject.toml`"
};

enum class HashNeed { where_given, everywhere };

struct RequirementList {
  std::vector<Requirement> requirements = {};
  std::vector<Requirement> constraints = {};
  std::vector<Requirement> overrides = {};  ///< Take the place of every requirement of their names (overrides.hpp).
  std::vector<GivenHashes> hashes = {};
  HashNeed hash_need = HashNeed::where_given;  ///< `everywhere` with --require-hashes or any --hash, as for pip.
  std::optional<GivenIndex> index = {};
  bool prereleases = false;  ///< A file says --pre.
  std::vector<GivenPython> pythons = {};
};

/// Reads a file's whole text by the name that a line or the user gives; `-` is what the user pipes in.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Where files and variables come from.
struct InputSources {
  ReadFile read;
  ReadVariable variable = [](const std::string&) { return std::nullopt; };
};

/// Adds what a requirements file says, and the files that it names with `-r` and `-c`, each beside the file that names it: at
/// most 16 deep, 1,000 files of 16 MiB each, and 100,000 requirements. What pip refuses, and what a lock of wheels from one
/// index cannot honour, is ErrorKind::usage with a frame that names file, line and text; a file that includes itself, too.
Status add_requirements_file(RequirementList& list, const std::string& path, const InputSources& sources);

/// Adds a constraints file: like a requirements file, but its lines only narrow what something else asks for. What it names
/// with `-r` are requirements, as for pip.
Status add_constraints_file(RequirementList& list, const std::string& path, const InputSources& sources);

/// The hashes that one package's wheel must be among under an environment: those that every line about it gives. Nothing
/// where no line gives any.
std::optional<std::vector<Sha256>> hashes_of(const RequirementList& list, const PackageName& name, const MarkerEnvironment& environment);

/// What of a pyproject.toml is wanted.
struct PyprojectWish {
  bool project = true;                   ///< The project's own dependencies, its Pythons, and `extras`.
  bool all_extras = false;               ///< Every one of [project.optional-dependencies].
  std::vector<std::string> extras = {};  ///< Of [project.optional-dependencies].
  std::vector<std::string> groups = {};  ///< Of [dependency-groups] (PEP 735).
};

/// Adds what a pyproject.toml says (packaging.python.org, "pyproject.toml" and "Dependency Groups"); `path` is for messages.
/// Names are compared normalised. An extra of the project itself (`name[extra]`) stands for what it lists. A missing extra or
/// group, a cycle, two names that are one when normalised, dependencies that a build would compute (`dynamic`), and whatever
/// breaks the standards in a part that is wanted are ErrorKind::usage.
Status add_pyproject(RequirementList& list, std::string_view toml, const std::string& path, const PyprojectWish& wish);

}  // namespace torchup
