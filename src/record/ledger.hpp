#pragma once
// What torchup did on this machine: every environment, its generations, what was installed from where, what validation
// said. One SQLite file. The environments on disk are the truth and the ledger is their history: `reconcile` mends it after
// a crash, and an install must go on without it where it cannot be opened. Used by the pipeline, `history` and `report`.

#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/install/install_plan.hpp"
#include "torchup/kernels/bench_report.hpp"
#include "torchup/kernels/validation_report.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torchup {

class Database;

enum class OperationId : std::int64_t {};

/// Bytes and wall-clock seconds that an install took, stage by stage.
struct InstallCost {
  std::uint64_t downloaded_bytes = 0, reused_bytes = 0, installed_bytes = 0;
  double resolve_seconds = 0, fetch_seconds = 0, install_seconds = 0, validate_seconds = 0;
  bool operator==(const InstallCost&) const = default;
};

/// Where a generation stands. `staging`: begun, not flipped to. `active`: `current` points to it. `kept`: whole, not in use.
/// `failed`: given up before the flip. `gone`: no longer on disk.
enum class GenerationState { staging, active, kept, failed, gone };

/// The state's name as it is stored and printed: "active".
const char* state_name(GenerationState state);

/// One generation of one environment, as `torchup history` shows it.
struct HistoryEntry {
  std::string environment;  ///< The environment's root, absolute.
  unsigned generation = 0;
  GenerationState state = GenerationState::staging;
  std::string command;                 ///< "install"; empty where it was found on disk.
  std::vector<std::string> requests;   ///< As asked for, in that order.
  std::chrono::sys_seconds started{};  ///< UTC.
  std::optional<std::chrono::sys_seconds> finished;
  std::string failure;  ///< Why it failed; empty otherwise.
  std::string variant;  ///< "cpu"; empty without a framework.
  std::size_t packages = 0;
  InstallCost cost;
  std::optional<bool> healthy;  ///< What the last validation said; nothing where none ran.
  std::string torch_version;    ///< As torch said it in that validation.
};

/// Names and values of what a validation rested on, such as the driver's version.
using HostMarks = std::vector<std::pair<std::string, std::string>>;

struct HealthyRun {
  std::chrono::sys_seconds at{};  ///< UTC.
  unsigned generation = 0;
  HostMarks host;
};

/// One benchmark of an environment, as it was kept: without samples, instructions, verdicts and a baseline's results.
struct BenchmarkEntry {
  std::int64_t id = 0;
  std::string environment;  ///< The environment's root, absolute.
  unsigned generation = 0;
  std::chrono::sys_seconds at{};  ///< UTC.
  BenchReport report;
};

class Ledger {
 public:
  using Clock = std::function<std::chrono::sys_seconds()>;

  /// Opens the ledger, making folders, file and schema as needed. A damaged file is moved aside under a name with the time,
  /// told with a warning, and begun anew. A folder that cannot be written, or a ledger of a newer torchup, is ErrorKind::host.
  static Result<Ledger> open(const std::filesystem::path& path, Diagnostics& diagnostics, Clock clock = {});

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  /// Before a generation is staged (state `staging`). A former generation of that number counts as gone from here on.
  Result<OperationId> begin_operation(const std::filesystem::path& environment, unsigned generation, std::string_view command,
                                      const std::vector<std::string>& requests);

  /// After the flip: the generation is `active`, the one before it `kept`. Durable when it returns.
  Status finish_operation(OperationId operation);

  /// Before the flip: the generation is `failed`, for the error's message.
  Status fail_operation(OperationId operation, const Error& error);

  /// What the newest generation of that number holds and what it cost; takes the place of an earlier record of it.
  Status record_install(const std::filesystem::path& environment, unsigned generation, const std::vector<InstalledPackage>& packages,
                        std::string_view variant, const InstallCost& cost);

  /// What a validation of it said, and on what host (host_marks.hpp); every validation stays.
  Status record_validation(const std::filesystem::path& environment, unsigned generation, const ValidationReport& report,
                           const HostMarks& host = {});

  /// The newest validation that found a generation of the environment healthy and knew its host; nothing where there is none.
  Result<std::optional<HealthyRun>> last_healthy(const std::filesystem::path& environment) const;

  /// What was measured of a generation; gives the benchmark's id. The environment need not have been recorded before.
  Result<std::int64_t> record_benchmark(const std::filesystem::path& environment, unsigned generation, const BenchReport& report);

  /// Newest first; of one environment, or of all. `limit` 0 is all.
  Result<std::vector<BenchmarkEntry>> benchmarks(const std::optional<std::filesystem::path>& environment, std::size_t limit = 0) const;

  /// Nothing where there is none of that id.
  Result<std::optional<BenchmarkEntry>> benchmark(std::int64_t id) const;

  /// After a roll-back to a generation on disk: it is `active`, the one before it `kept`.
  Status record_switch(const std::filesystem::path& environment, unsigned generation);

  /// Newest first; of one environment, or of all. `limit` 0 is all.
  Result<std::vector<HistoryEntry>> history(const std::optional<std::filesystem::path>& environment, std::size_t limit = 0) const;

  /// The roots of all environments that were ever changed here, sorted, whether they still exist or not.
  Result<std::vector<std::filesystem::path>> environments() const;

  /// The packages recorded for the newest generation of that number, sorted by name.
  Result<std::vector<InstalledPackage>> packages(const std::filesystem::path& environment, unsigned generation) const;

  /// Makes the ledger agree with an environment on disk: `current` is what DIR/current points to, `on_disk` every whole
  /// generation. The caller holds the environment's lock, so nothing is being staged. Gives how many entries had to be
  /// mended; each is told as a note.
  Result<std::size_t> reconcile(const std::filesystem::path& environment, std::optional<unsigned> current,
                                const std::vector<unsigned>& on_disk, Diagnostics& diagnostics);

 private:
  Ledger(std::unique_ptr<Database> database, Clock clock);

  std::unique_ptr<Database> m_database;
  Clock m_clock;
};

}  // namespace torchup
