#pragma once
// The spine: the data's way from a host and a wish to a validated install, stage by stage. Commands call it in two
// steps, so that a user sees what will be done, and what it costs, before it is done.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/install/environment.hpp"
#include "torchup/install/install_plan.hpp"
#include "torchup/kernels/validation_report.hpp"
#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/requirement_files.hpp"
#include "torchup/resolver/solver.hpp"
#include "torchup/resolver/target.hpp"
#include "torchup/resolver/variant.hpp"
#include "torchup/system/host_system.hpp"
#include "torchup/system/http_transport.hpp"

#include "src/configuration.hpp"
#include "src/install/install.hpp"
#include "src/record/ledger.hpp"
#include "src/validate/validate_environment.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace torchup {

/// What the stages may touch of the machine and the world.
struct Ports {
  HostSystem& host;       ///< The machine that is locked for.
  HostSystem& this_host;  ///< The machine that the program runs on: it is asked for pip's index.
  HttpTransport& transport;
  const VariantCatalog& catalog;
  const Configuration& configuration;
  std::filesystem::path cache;   ///< Pages, metadata, and the store below it.
  std::filesystem::path ledger;  ///< The SQLite file.
  std::filesystem::path self;    ///< This program: validation runs it again as a child.
  bool offline = false;
  Diagnostics& diagnostics;
  const Cancellation& cancellation;
  std::filesystem::path index_cache = {};  ///< Pages and metadata, where they are not of the network; empty: `cache`/index.
};

enum class Repairs { apply, leave_out };  ///< Of metadata that is known to be wrong (repair.hpp).

enum class Fallback { refuse, main_index };  ///< What to do when the chosen variant's index does not answer.

struct LockWish {
  RequirementList list;
  std::vector<std::string> requests;            ///< The requirements in the user's own words.
  std::vector<std::string> kept_requests = {};  ///< Those of them that an environment was made from before, and not asked for anew.
  std::string variant = "auto";
  Fallback fallback = Fallback::refuse;
  std::vector<std::string> variants = {};   ///< Several in one lock, each an extra; `variant` counts where there are none.
  std::vector<std::string> platforms = {};  ///< "linux-x86_64", "macos-arm64"; this host where there are none.
  std::string python;                       ///< "", "3.12", "3.10-3.13" or a path.
  bool python_is_here = false;              ///< An environment will be made of it: one that is only named does not do.
  std::string index_url;                    ///< Empty: the environment's, the configuration's, pip.conf's, then pip's own.
  std::string torch_index_url;              ///< Empty: the environment's, the configuration's, then PyTorch's.
  VersionOrder order = VersionOrder::highest;
  PrereleasePolicy prereleases = PrereleasePolicy::if_necessary;
  std::optional<std::string> exclude_newer = {};  ///< "2026-10-28T00:00:00Z": only files uploaded before.
  Repairs repairs = Repairs::apply;
  std::set<PackageName> buildable = {};  ///< Packages whose sdists may be built where no wheel fits.
  std::optional<Lockfile> former = {};   ///< An existing lock, whose versions are preferred.
};

/// One of a lock's targets.
struct LockedTarget {
  std::string platform, python, variant;  ///< "linux-x86_64", "3.12.0", "cu130"; no variant without a framework.
  std::size_t packages = 0;
  std::uint64_t download_bytes = 0;
};

/// A lock and how it came about.
struct Locked {
  Lockfile lock;
  HostFacts facts;  ///< Of the first target, as all that follows but the sums.
  Target target;
  std::vector<LockedTarget> targets;    ///< At least one.
  std::optional<VariantChoice> choice;  ///< Nothing where no framework is in the lock.
  std::string fallback_reason;          ///< Why the main index's build was taken instead; empty where it was not.
  std::uint64_t download_bytes = 0;     ///< All wheels together.
  std::uint64_t unpacked_bytes = 0;     ///< The same on disk, where every wheel's own directory was read; else 0.
  std::uint64_t index_requests = 0;
  double seconds = 0;
};

using LockOutcome = std::variant<Locked, Explanation>;

/// probe, choose, resolve, lock, for this host or for each platform, Python and variant that is wished for (see
/// universal_lock.hpp). No solution is an answer, of the first target that has none; a chosen variant's index that does not answer is
/// ErrorKind::network with the hint of --fallback.
Result<LockOutcome> make_lock(const Ports& ports, const LockWish& wish);

/// What becomes of what others have put into an environment when its next generation is made.
enum class Foreign {
  keep,    ///< It is taken over.
  leave,   ///< It stays in the former generation.
  refuse,  ///< Nothing is done where there is any: ErrorKind::host with what it is.
};

/// A published archive of LibTorch in place of a lock's wheels.
struct NativeSource {
  ArtifactRequest request;
  bool is_first = false;  ///< Its digest was learned by downloading it just now, and is recorded once it is installed.
};

struct InstallWish {
  Lockfile lock;
  std::filesystem::path root;  ///< DIR, absolute.
  Target target;               ///< The interpreter that the environment is made from.
  bool validate = true;
  bool anew = false;                     ///< A new generation even where nothing would change: what is on disk is not trusted.
  std::vector<Mirror> mirrors = {};      ///< Where to fetch from in place of what the lock names; all for one place in their order.
  std::set<PackageName> buildable = {};  ///< As LockWish has them: a locked sdist of any other package is refused.
  std::uint64_t bytes_per_second = 0;    ///< Downloads together take at most so many; 0 for as many as come.
  Foreign foreign = Foreign::keep;
  LinkMode link_mode = LinkMode::automatic;
  Adopt adopt = Adopt::no;                         ///< Whether an environment of another tool is taken over.
  std::optional<double> speed_gate = {};           ///< A new generation that takes more time by more than this share is refused.
  std::string command;                             ///< For the ledger: "install", "sync".
  double resolve_seconds = 0;                      ///< For the ledger.
  EnvironmentKind kind = EnvironmentKind::python;  ///< What the folder is to be, and must be where it exists.
  std::optional<NativeSource> archive = {};        ///< What is installed in place of the lock's packages; of LibTorch only.
};

/// An install that may be shown and refused: the environment is locked, nothing is changed.
struct PreparedInstall {
  OpenEnvironment open;
  InstallPlan plan;
  std::vector<ArtifactRequest> artifacts;  ///< One wheel a package, in the lock's order.
  std::vector<InstalledPackage> wanted;    ///< The same, as the environment will hold them.
  ForeignContent foreign;                  ///< Of the current generation, where there is anything to do.
  std::optional<Generation> adopted;       ///< What another tool made, to be generation 1; `foreign` is all that it holds.
  bool anew = false;                       ///< As wished.
  bool new_python = false;                 ///< The interpreter differs from the current generation's.
  std::uint64_t download_bytes = 0, download_wheels = 0, reused_wheels = 0;  ///< Where there is anything to do.

  /// Whether there is anything to do.
  bool changes() const { return plan.changes() || anew || new_python || !open.environment.current; }
};

Result<PreparedInstall> prepare_install(const Ports& ports, const InstallWish& wish);

struct Installed {
  Environment environment;
  std::uint64_t downloaded_bytes = 0, reused_bytes = 0, installed_bytes = 0;
  double fetch_seconds = 0, install_seconds = 0, validate_seconds = 0;
  PlacedFiles placed = {};
  KeptForeignContent foreign = {};
  std::optional<ValidationReport> validation;  ///< Nothing with --no-validate.
};

/// fetch, verify, install, validate, record. A wheel whose tree in the store is damaged is brought anew in the same run, with one
/// warning each; offline it is ErrorKind::integrity. A generation that validation refuses is ErrorKind::validation, with the
/// report's failures as context, and the old generation stands.
Result<Installed> carry_out_install(const Ports& ports, const InstallWish& wish, PreparedInstall prepared);

/// What a validation on this host rests on, for the ledger. No interpreter is started for it.
HostMarks marks_of_host(HostSystem& host);

/// Validates one generation at the given levels ("files", "load", "numeric", ...); nothing of it is changed.
Result<ValidationReport> validate_generation(const Ports& ports, const Generation& generation, const std::vector<std::string>& levels,
                                             const ValidationLimits& limits = {}, std::function<void()> after_python = {});

}  // namespace torchup
