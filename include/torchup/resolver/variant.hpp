#pragma once
// A variant is one build of one framework release: cpu, cu130, rocm7.2, xpu, mps, each on one index. The catalog is
// data (resolver/variants/catalog/*.json); choosing is a pure function of host, catalog and wish.

#include "torchup/core/numeric_version.hpp"
#include "torchup/core/result.hpp"
#include "torchup/host/host_facts.hpp"
#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/requirement.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct VariantReason {
  std::string code;  ///< Stable: driver-too-old, driver-minor-compatible, driver-forward-compatible, arch-missing, arch-family,
                     ///< arch-ptx, arch-override, no-device, device-not-ready, python-unsupported, libc-too-old, cpu-level,
                     ///< os-unsupported, not-published, and `fits`.
  bool fits = false;
  std::string text;      ///< "driver 525.60.13 reports CUDA 12.0, below 13.0"
  std::string evidence;  ///< Where the fact was read.
  bool operator==(const VariantReason&) const = default;
};

enum class VariantIndex { main, torch };  ///< The main package index, or the PyTorch index's folder of that variant.

struct RankedVariant {
  std::string release;  ///< "2.15.0"
  std::string name;     ///< "cpu", "cu130", ...
  VariantIndex index = VariantIndex::torch;
  bool is_default = false;  ///< The build that the main index carries on this platform.
  bool fits = false;
  int score = 0;  ///< Higher is better; only the order matters.
  std::vector<VariantReason> reasons = {};
  bool operator==(const RankedVariant&) const = default;
};

struct VariantChoice {
  std::optional<RankedVariant> chosen;  ///< Nothing where no variant fits; every reason stands in `ranked`.
  std::vector<RankedVariant> ranked;    ///< Best first, the ones that do not fit last.
  std::string summary;                  ///< One sentence: what was chosen and why.
};

struct VariantWish {
  std::optional<std::string> release = {};   ///< Exactly this torch; else the newest that fits.
  std::string variant = "auto";              ///< "auto", "default", or a variant's name.
  std::vector<std::string> companions = {};  ///< "torchvision", "torchaudio" where asked for too.
  std::optional<std::string> python = {};    ///< "3.11" of the target interpreter, "3.14t" free-threaded; else the host's first.
  std::vector<std::string> among = {};       ///< Only these releases, where not empty: the ones that a requirement admits.
};

/// Releases, variants, drivers, architectures; made from the JSON catalog and checked against its schema.
class VariantCatalog {
 public:
  /// Reads a catalog. What breaks the schema is ErrorKind::usage naming the row.
  static Result<VariantCatalog> parse(std::string_view json);

  /// The catalog that this program carries; it is read when something is first looked up in it.
  static const VariantCatalog& built_in();

  struct Data;
  const Data& data() const;

 private:
  explicit VariantCatalog(std::shared_ptr<const Data> data) : m_data(std::move(data)) {}
  std::shared_ptr<const Data> m_data;  // none: the built-in's
};

/// Ranks every variant of the wished release (or of each release, newest first, until one fits). Pure. A release or
/// variant name that the catalog does not know is ErrorKind::usage with the nearest names. A variant that the wish names is
/// chosen even where this host could not use it (a lock for another machine), then with `fits` false and the reasons why;
/// never one that cannot be installed here: not published, wrong system, Python or C library.
Result<VariantChoice> choose_variant(const HostFacts& facts, const VariantCatalog& catalog, const VariantWish& wish);

/// The same choice, but `ranked` holds every build of every release that the wish leaves: for a matrix of all of them.
Result<VariantChoice> rank_every_variant(const HostFacts& facts, const VariantCatalog& catalog, const VariantWish& wish);

/// The best of the variants that a lock holds for this host and environment (`tool.variants`): the newest torch with an
/// accelerator that fits, else the CPU's. ErrorKind::lock where none fits.
Result<RankedVariant> choose_locked_variant(const HostFacts& facts, const VariantCatalog& catalog, const Lockfile& lock,
                                            const MarkerEnvironment& environment);

/// The releases that the catalog knows, newest first: "2.15.0", ...
std::vector<std::string> catalog_releases(const VariantCatalog& catalog);

/// The packages that are built for each variant and so come from torch's own index, torch itself among them, sorted.
const std::vector<std::string>& torch_family(const VariantCatalog& catalog);

/// What to do about requirements of torch's family that name a build by its local label, such as `torch==2.15.0+cu130`, where
/// another index than that build's was searched: nothing stands for the main one.
std::vector<std::string> index_hints(const VariantCatalog& catalog, const std::vector<Requirement>& requirements,
                                     const std::optional<RankedVariant>& searched);

/// The PyTorch index's folder of a variant, below its base address: "cu130" of cu130, "cpu" of mps.
std::string variant_index_folder(std::string_view variant);

}  // namespace torchup
