#pragma once
// The catalog's rows as values. Only the files of this folder and their tests look inside; everyone else asks choose_variant.

#include "torchup/core/numeric_version.hpp"
#include "torchup/resolver/variant.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// A GPU's compute capability, or code for one: 9.0; `a` code runs on exactly that capability, `f` code on its family.
struct Capability {
  unsigned major = 0, minor = 0;
  char suffix = 0;  ///< 'a', 'f' or 0.
  bool operator==(const Capability&) const = default;
};

struct WheelsRow {
  std::string tag;  ///< "manylinux_2_28_x86_64"
  std::vector<std::string> pythons;
};

struct BuildRow {
  std::string name;
  std::vector<std::string> platforms;  ///< "linux-x86_64", ...
};

struct CompanionRow {
  std::string name, version;
  bool pinned = false;  ///< Its metadata names exactly this torch; else it only admits it.
};

struct ReleaseRow {
  NumericVersion version;
  std::vector<WheelsRow> wheels;                             ///< Of the main index.
  std::map<std::string, std::string, std::less<>> defaults;  ///< Platform to variant.
  std::vector<BuildRow> builds;
  std::vector<CompanionRow> companions;
  std::string source;
};

struct ToolkitRow {
  std::string variant;
  NumericVersion cuda;
};

struct DriverRow {
  NumericVersion cuda;
  NumericVersion linux_driver;  ///< The first that has all of this CUDA.
  std::optional<NumericVersion> windows_driver;
};

/// Minor-version compatibility: drivers from these on run precompiled code of the CUDA versions from..to.
struct MinorRow {
  NumericVersion from, to, linux_driver, windows_driver;
  std::string source;
};

struct ArchitectureRow {
  NumericVersion torch;  ///< "2.14": all its patch releases.
  std::string variant, os, machine;
  std::vector<Capability> cubins, ptx;
  std::string source;
};

struct GpuRow {
  Capability capability;
  std::vector<std::string> products;
};

struct GfxRow {
  NumericVersion from, to;
  std::vector<std::string> rocm;  ///< Only with these; any where empty.
  std::vector<std::string> gfx;
  std::string source;
};

/// Intel's device IPs ("12.55.8") that a release's XPU builds have code for.
struct XpuRow {
  NumericVersion from, to;
  std::vector<std::string> ips;
  std::string source;
};

/// Device IPs without their revision, "12.55", that run one another's code.
struct XpuFamilyRow {
  std::vector<std::string> ips;
  std::string products;
};

/// The native library's archive of some releases: below the index's folder of a variant, with `{version}` and `{variant}` to fill in.
struct LibtorchRow {
  NumericVersion from, to;
  std::string os, machine;
  std::string abi;   ///< "cxx11", "pre-cxx11", or "any" where the platform knows no difference.
  std::string file;  ///< "libtorch-shared-with-deps-{version}%2B{variant}.zip"
  std::string source;
};

/// The C++ standard that headers of some releases want, and the ABI of std::string that their Linux wheels use.
struct CxxRow {
  NumericVersion from, to;
  std::string machine;   ///< "x86_64", "aarch64", or "any".
  std::string standard;  ///< "C++17"
  std::string abi;       ///< "cxx11" or "pre-cxx11"
  std::string source;
};

struct MpsRow {
  NumericVersion from, to, macos;
  std::string source;
};

struct LevelRow {
  NumericVersion from;
  std::string machine, wants, source;
};

struct VariantCatalog::Data {
  std::vector<std::string> family;
  std::vector<ReleaseRow> releases;  ///< Newest first.
  std::vector<ToolkitRow> toolkits;
  std::vector<DriverRow> drivers;
  std::vector<MinorRow> minors;
  std::vector<ArchitectureRow> architectures;
  std::vector<GpuRow> gpus;
  std::vector<GfxRow> gfx;
  std::vector<XpuRow> xpu;
  std::vector<XpuFamilyRow> xpu_families;
  std::vector<MpsRow> mps;
  std::vector<LevelRow> levels;
  std::vector<CxxRow> cxx;
  std::vector<LibtorchRow> libtorch;
  std::string date;  ///< When its rows were gathered: "2026-11-22".
};

/// Whether the release lies in from..to, where `to` counts all its patch releases: 2.4.1 lies in 1.12..2.4.
bool in_range(const NumericVersion& release, const NumericVersion& from, const NumericVersion& to);

/// "9.0", "10.0a", "12.0f"; nothing for other text.
std::optional<Capability> parse_capability(std::string_view text);

}  // namespace torchup
