#pragma once
// Published metadata that is known to be wrong, and what to read in its place: named, narrow and told to the user. The index
// side applies repairs to METADATA after it was read and before the solver sees it; `--no-repairs` leaves them out.

#include "torchup/resolver/marker.hpp"
#include "torchup/resolver/package_name.hpp"
#include "torchup/resolver/requirement.hpp"
#include "torchup/resolver/specifier.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// One row of the table: which wheels it is about, what is wrong with them, and how that is known.
struct Repair {
  std::string id;  ///< Stable, unique: "torch-2.7.0-cpu-aarch64".
  PackageName package;
  SpecifierSet versions;                ///< With a local label only builds with that label ("==2.7.0+cpu").
  std::string wheels;                   ///< A pattern for the wheel's file name, in which `*` is any text.
  std::vector<std::string> removed;     ///< Patterns for the normalised names of requirements that are taken out.
  std::vector<Requirement> added = {};  ///< What is required after that, unless a requirement of that name is still there.
  std::string reason;                   ///< One clause: what is wrong as published.
  std::string source;                   ///< Where that is shown.
};

class RepairTable {
 public:
  RepairTable() = default;  ///< Repairs nothing.

  /// Reads a table in the form of resolver/repairs/repairs.json. ErrorKind::usage names the row and key that is wrong.
  static Result<RepairTable> parse(std::string_view json);

  /// The table that the program carries.
  static const RepairTable& built_in();

  const std::vector<Repair>& rows() const { return m_rows; }

  /// Changes the requirements of one wheel where a row is about it. Gives the rows that made a difference under this
  /// environment: a requirement whose marker does not hold there is changed without being told.
  std::vector<const Repair*> apply(const PackageName& name, const Version& version, std::string_view wheel,
                                   const MarkerEnvironment& environment, std::vector<Requirement>& requirements) const;

 private:
  std::vector<Repair> m_rows;
};

/// "it no longer needs nvidia-*, and needs torch>=2.11.0": what a repair changes, for people.
std::string change_text(const Repair& repair);

}  // namespace torchup
