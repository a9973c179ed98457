#pragma once
// What the indexes carry that the catalog does not know, and the other way round; and rows for what is new, made of the wheels' own
// metadata, so that a new release is one row. Pure: src/check_catalog.hpp asks the indexes, `torchup catalog` prints.

#include "torchup/core/result.hpp"
#include "torchup/resolver/requirement.hpp"
#include "torchup/resolver/variant.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// A wheel of torch as an index lists it.
struct ListedWheel {
  VariantIndex index = VariantIndex::main;
  std::string release = {};   ///< "2.16.0"; never a pre-release.
  std::string variant = {};   ///< The local label, "cu130"; empty on the main index, and of macOS wheels.
  std::string platform = {};  ///< "linux-x86_64"
  std::string tag = {};       ///< "manylinux_2_28_x86_64"
  std::string python = {};    ///< "cp311", "cp314t"
  std::string filename = {};
  bool operator==(const ListedWheel&) const = default;
};

/// Reads a file name of torch's page; one entry a platform tag, none for pre-releases, sdists and wheels of unknown platforms.
std::vector<ListedWheel> parse_listed_wheel(std::string_view filename, VariantIndex index);

/// A difference between the catalog and an index.
struct CatalogGap {
  std::string kind;     ///< "release-missing", "wheels-missing", "wheels-gone", "variant-missing", "variant-gone", "default-differs".
  std::string release;  ///< "2.16.0"
  std::string subject;  ///< "cu134 on linux-x86_64", "cp315 for manylinux_2_28_x86_64"
  std::string text;     ///< One sentence.
  bool operator==(const CatalogGap&) const = default;
};

/// Every difference, newest release first. An index of which no wheel is listed was not asked, and nothing is said of it; releases
/// before the catalog's first are left out.
std::vector<CatalogGap> find_catalog_gaps(const VariantCatalog& catalog, const std::vector<ListedWheel>& listed);

/// The releases of the main index that the catalog does not have, newest first, at most `most`.
std::vector<std::string> unknown_releases(const VariantCatalog& catalog, const std::vector<ListedWheel>& listed, std::size_t most = 8);

/// The build that a wheel's own requirements say it is, on a platform: "cu132" of `cuda-toolkit[…]==13.2.2` and of `nvidia-…-cu12`
/// pins, "rocm7.2", "xpu"; "mps" on macOS's arm64; else "cpu". Markers count.
std::string variant_of_requirements(const std::vector<Requirement>& requirements, std::string_view platform);

/// A release that the catalog does not know, as its wheels tell it.
struct DerivedRelease {
  std::string release = {};
  std::map<std::string, std::vector<std::string>> wheels = {};    ///< Of the main index: tag to Pythons.
  std::map<std::string, std::string> defaults = {};               ///< Platform to variant, by the wheels' requirements.
  std::map<std::string, std::vector<std::string>> variants = {};  ///< Variant to platforms: those listed, and the defaults.
};

/// `defaults` gives what `variant_of_requirements` made of one wheel of each platform.
DerivedRelease derive_release(const std::string& release, const std::vector<ListedWheel>& listed,
                              std::map<std::string, std::string> defaults);

/// The catalog's JSON as this program carries it.
std::string_view built_in_catalog_text();

/// Of the CUDA variants among these, those that the catalog has no toolkit row for, each with the CUDA that its name tells:
/// {"cu134", "13.4"}.
std::vector<std::pair<std::string, std::string>> missing_toolkits(const VariantCatalog& catalog, const std::vector<std::string>& variants);

/// One release of the catalog for those who print it.
struct CatalogRelease {
  std::string release = {};
  std::map<std::string, std::string> defaults = {};               ///< Platform to the main index's build.
  std::map<std::string, std::vector<std::string>> variants = {};  ///< Variant to platforms.
  std::map<std::string, std::vector<std::string>> wheels = {};    ///< Tag to Pythons, of the main index.
  std::vector<std::pair<std::string, std::string>> companions = {};
  std::map<std::string, std::string> code = {};      ///< "cu130 on linux-x86_64" to "sm_75, sm_80".
  std::string cxx_standard = {}, cxx_abi = {};       ///< Of Linux wheels on x86_64; empty where not known.
  std::map<std::string, std::string> libtorch = {};  ///< "cu130 on linux-x86_64" to the archive below the index's base.
  std::string source = {};
};

/// Every release, newest first.
std::vector<CatalogRelease> catalog_contents(const VariantCatalog& catalog);

/// When the catalog's rows were gathered: "2026-11-23"; empty where it does not say.
const std::string& catalog_date(const VariantCatalog& catalog);

/// The published archive of the native library, below the folder that the index's `whl` lies in:
/// "libtorch/cu130/libtorch-shared-with-deps-2.15.0%2Bcu130.zip". Nothing where none is known for that platform and build.
std::optional<std::string> libtorch_archive(const VariantCatalog& catalog, const std::string& release, const std::string& variant,
                                            const std::string& platform);

}  // namespace torchup
