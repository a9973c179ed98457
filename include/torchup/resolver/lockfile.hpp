#pragma once
// pylock.toml as a value (PEP 751, packaging.python.org "pylock.toml"). Writing and reading are inverse, bytes included.

#include "torchup/core/digest.hpp"
#include "torchup/core/url.hpp"
#include "torchup/resolver/marker.hpp"
#include "torchup/resolver/package_name.hpp"
#include "torchup/resolver/specifier.hpp"
#include "torchup/resolver/version.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torchup {

/// One file of a package: a wheel or a source distribution.
struct LockedFile {
  std::string name;  ///< The file's name.
  Url url;
  std::optional<std::uint64_t> size;
  Sha256 sha256;
  std::optional<std::string> upload_time = {};  ///< "2026-10-28T15:04:05Z"
  bool operator==(const LockedFile&) const = default;
};

struct LockedPackage {
  PackageName name;
  Version version;
  std::optional<Marker> marker = {};
  std::optional<SpecifierSet> requires_python = {};
  std::vector<std::pair<PackageName, Version>> dependencies = {};  ///< Informational (PEP 751): never used to install.
  std::optional<Url> index = {};
  std::vector<LockedFile> wheels = {};   ///< At least one, or an sdist.
  std::optional<LockedFile> sdist = {};  ///< What a wheel is built from where none of `wheels` fits and the user allows it.
};

/// An entry that PEP 751 allows and torchup cannot install: a repository, a folder, an archive, or files of which one has no URL or no
/// sha256. It is kept as it is, and in the way only where it is selected.
struct KeptEntry {
  PackageName name;
  std::optional<Marker> marker = {};
  std::string why = {};   ///< "it comes from a repository": the rest of a sentence.
  std::string toml = {};  ///< Its keys in canonical form, a line each; without `tool`, which may be dropped.
};

/// What a variant of the framework needs of a machine (variant_needs.hpp).
struct VariantNeeds {
  std::string variant = {}, platform = {};      ///< "cu130", "linux-x86_64"
  std::string toolkit = {};                     ///< "13.0": of CUDA, or of ROCm.
  std::string driver = {};                      ///< "580.65.06": the first that has all of this CUDA; empty where it is not known.
  std::string minor_driver = {};                ///< The first that runs precompiled code of it.
  std::vector<std::string> architectures = {};  ///< "sm_90", "PTX 12.0", "gfx942"; empty where they are not known.
  bool operator==(const VariantNeeds&) const = default;
};

/// What the format has no word for; it never affects installation.
struct LockTool {
  std::string variant = {};  ///< "cu132"; empty without a framework, and where there are several.
  std::string variant_reason = {};
  std::vector<std::string> requests = {};         ///< The requirements as asked for.
  std::vector<std::string> variants = {};         ///< The extras that stand for a variant of the framework each; one of them is installed.
  std::vector<VariantNeeds> needs = {};           ///< Of the variants above.
  std::vector<std::string> repairs = {};          ///< The ids of the repairs that the resolution rests on, sorted.
  std::vector<std::string> computed_hashes = {};  ///< Files whose hash no index gave: computed when the lock was made, sorted.
};

struct Lockfile {
  std::vector<Marker> environments = {};
  std::optional<SpecifierSet> requires_python = {};
  std::vector<std::string> extras = {};
  std::vector<std::string> dependency_groups = {};
  std::vector<std::string> default_groups = {};
  std::string created_by = "torchup";
  std::vector<LockedPackage> packages = {};  ///< Sorted by name, then version.
  std::vector<KeptEntry> kept = {};          ///< Sorted by name; written behind the others.
  LockTool tool = {};
  std::vector<std::string> unknown_keys = {};  ///< Top-level keys that PEP 751 does not know, for a warning; never written.
};

/// Reads a lock, at most 64 MiB, 64 levels deep and with 4 million values. What breaks PEP 751 is ErrorKind::lock naming the key.
Result<Lockfile> read_lock(std::string_view toml);

/// The canonical text: every list sorted whatever its order in `lock`, byte-stable, ends with a newline.
std::string write_lock(const Lockfile& lock);

/// The packages to install under this environment, sorted by name: markers evaluated, one entry a name, requires-python
/// and `environments` checked (PEP 751, "installing"). Without dependency groups of its own the environment gets the lock's
/// default groups. `python_full_version` must be among its values. ErrorKind::lock where a rule fails or a kept entry is meant.
Result<std::vector<LockedPackage>> select_packages(const Lockfile& lock, const MarkerEnvironment& environment);

}  // namespace torchup
