#pragma once
// The doctor: independent checks, each of which looks for one kind of trouble and says what shows it and what ends it. Files
// named src/doctor/checks/*_check.cpp each define one `const DoctorCheck NAME_check`; CMake collects them into the table, so
// a new check is one new file. Used by `torchup doctor`.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/url.hpp"
#include "torchup/doctor/finding.hpp"
#include "torchup/doctor/installed_environment.hpp"
#include "torchup/host/host_facts.hpp"
#include "torchup/resolver/variant.hpp"
#include "torchup/system/host_system.hpp"
#include "torchup/system/http_transport.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torchup {

/// Folders of this machine that torchup writes to; they need not exist.
struct DoctorPlaces {
  std::filesystem::path cache;      ///< With the store below it.
  std::filesystem::path data;       ///< With the ledger.
  std::filesystem::path temporary;  ///< TMPDIR, else /tmp.
  std::filesystem::path here;       ///< The current folder.
};

/// An index or mirror that packages would come from.
struct DoctorIndex {
  std::string name;    ///< "main index", "PyTorch index", "mirror"
  Url url;             ///< A page that answers: the base of the index.
  std::string source;  ///< Where it was configured.
  bool needed = true;  ///< Without it nothing can be installed.
};

/// What was noted of the host when validation last found the environment healthy: named facts.
struct HealthyHost {
  std::string when;  ///< "2026-11-22 18:00 UTC"
  std::vector<std::pair<std::string, std::string>> facts;
};

/// All that a check may look at. What a pointer or optional does not hold, this run does not have.
struct DoctorInput {
  const HostFacts& facts;  ///< Of the host that is asked about.
  HostSystem& host;        ///< Its variables and small files.
  HostSystem& this_host;   ///< The machine that the environment and the folders lie on.
  bool host_is_this = true;
  const InstalledEnvironment* environment = nullptr;
  DoctorPlaces places = {};
  const VariantCatalog& catalog;
  HttpTransport* transport = nullptr;  ///< Nothing offline.
  std::vector<DoctorIndex> indexes = {};
  std::vector<std::string> index_problems = {};  ///< Why an index that is configured cannot be asked at all, a sentence each.
  std::chrono::system_clock::time_point now = {};
  std::optional<HealthyHost> healthy_host = {};
  const Cancellation& cancellation;
};

/// What a check cannot do without.
enum class CheckNeeds : unsigned { nothing = 0, environment = 1, this_machine = 2, network = 4 };
constexpr CheckNeeds operator|(CheckNeeds a, CheckNeeds b) { return CheckNeeds(unsigned(a) | unsigned(b)); }
constexpr bool needs(CheckNeeds all, CheckNeeds one) { return (unsigned(all) & unsigned(one)) != 0; }

struct CheckReport {
  std::string status;                        ///< What was looked at and is well, for one line: "CPython 3.11.2 of /usr/bin/python3.11".
  std::vector<DoctorFinding> findings = {};  ///< In a stable order.
};

struct DoctorCheck {
  const char* name;       ///< "libraries": what `torchup doctor libraries` runs.
  const char* title;      ///< "Libraries"
  const char* describes;  ///< One line for --list, no full stop.
  CheckNeeds needs;
  std::span<const char* const> findings;  ///< The ids that it can give.
  CheckReport (*run)(const DoctorInput& input);
};

/// Every check, in the order of their names.
std::span<const DoctorCheck* const> doctor_table();

/// The checks that the words name, each once and in the table's order: a check's own name, or the id of a finding. No words are all
/// checks. A word that names none is ErrorKind::usage with the nearest.
Result<std::vector<const DoctorCheck*>> choose_checks(const std::vector<std::string>& words);

/// One check's turn: its report, or why it was passed over.
struct Examination {
  const DoctorCheck* check = nullptr;
  std::string passed_over = {};  ///< Why it did not run; empty where it did.
  CheckReport report = {};
};

/// Runs the checks one after the other. ErrorKind::interrupted on the user's Ctrl-C.
Result<std::vector<Examination>> examine(const std::vector<const DoctorCheck*>& checks, const DoctorInput& input);

/// What a fix will do, as a question's middle: "remove `…/~orch`".
std::string fix_text(const Fix& fix);

/// Carries it out. ErrorKind::host where that is not possible.
Status apply_fix(const Fix& fix);

}  // namespace torchup
