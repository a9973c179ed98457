#include "src/pipeline.hpp"

#include "torchup/doctor/host_marks.hpp"
#include "torchup/probes/probe.hpp"

#include "src/acquire.hpp"
#include "src/bench_environment.hpp"
#include "src/configured_indexes.hpp"
#include "src/host_python.hpp"
#include "src/install/adoption.hpp"
#include "src/install/damaged_trees.hpp"
#include "src/journal.hpp"
#include "src/kept_bytecode.hpp"
#include "src/native_install.hpp"
#include "src/store/store.hpp"
#include "src/validate/validate_environment.hpp"
#include "src/wanted_artifacts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <numeric>

namespace torchup {
namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

/// The store, with the shared one that the user has named. Where that cannot be read it is done without.
Result<Store> open_store(const Ports& ports) {
  TORCHUP_TRY_ASSIGN(Store store, Store::open(ports.cache / "store"));
  const auto& shared = ports.configuration.shared_cache;
  std::error_code unknown;
  if (shared.empty() || std::filesystem::equivalent(shared, ports.cache, unknown)) return store;
  if (const Status looked = store.look_into(shared / "store"); !looked) {
    ports.diagnostics.warn(fmt::format("the shared cache cannot be used: {}", looked.error().message));
  }
  return store;
}

Error refused_by_validation(const ValidationReport& report) {
  Error error{ErrorKind::validation, "the new generation does not work; the environment is as it was", {}, {}};
  for (const auto& check : report.checks) {
    if (check.outcome == CheckOutcome::fail) error.context.push_back(fmt::format("{} ({}): {}", check.id, check.engine, check.detail));
  }
  error.hints.emplace_back("`--no-validate` installs it all the same");
  return error;
}

/// "demo 1.0, lib/python3.11/site-packages/a.py and 3 more"
std::string shortened(std::vector<std::string> names) {
  constexpr std::size_t k_most = 5;
  const std::size_t more = names.size() > k_most ? names.size() - k_most : 0;
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string named(const ForeignContent& foreign) {
  std::vector<std::string> names;
  for (const ForeignPackage& package : foreign.packages) names.push_back(package.name + " " + package.version);
  for (const ForeignEdit& edit : foreign.edits) names.push_back(edit.file);
  names.insert(names.end(), foreign.loose.begin(), foreign.loose.end());
  return shortened(std::move(names));
}

/// The generation that the next one follows.
const std::optional<Generation>& generation_before(const PreparedInstall& prepared) {
  return prepared.adopted ? prepared.adopted : prepared.open.environment.current;
}

/// One generation from its wheels to the flip; what it costs and finds is written into `installed`.
class Transaction {
 public:
  Transaction(const Ports& ports, const InstallWish& wish, PreparedInstall prepared)
      : m_ports(ports), m_wish(wish), m_prepared(std::move(prepared)), m_journal(ports.ledger, ports.diagnostics) {}

  Result<Installed> run() {
    const auto& before = m_prepared.open.environment;
    const unsigned number = m_prepared.adopted ? 2 : before.generations.empty() ? 1 : before.generations.back() + 1;
    std::optional<OperationId> operation;
    m_journal.write([&](Ledger& ledger) -> Status {
      const auto current = before.current ? std::optional(before.current->number) : std::nullopt;
      TORCHUP_TRY(ledger.reconcile(m_wish.root, current, before.generations, m_ports.diagnostics));
      TORCHUP_TRY_ASSIGN(operation, ledger.begin_operation(m_wish.root, number, m_wish.command, m_wish.lock.tool.requests));
      return {};
    });
    auto outcome = stages(number);
    if (operation) {
      m_journal.write([&](Ledger& ledger) {
        return outcome ? ledger.finish_operation(*operation) : ledger.fail_operation(*operation, outcome.error());
      });
    }
    if (!outcome) return failure(std::move(outcome).error());
    return std::move(m_installed);
  }

 private:
  Status stages(unsigned number) {
    TORCHUP_TRY_ASSIGN(const Store store, open_store(m_ports));
    TORCHUP_TRY_ASSIGN(std::vector<WantedPackage> wanted, fetch_and_verify(store));
    auto start = Steady::now();
    std::optional<Adoption> adoption;  // undone, where it is not finished, after what was staged is gone
    if (m_prepared.adopted) {
      TORCHUP_TRY_ASSIGN(PythonLayout layout, lay_out_python(m_wish.target.python));
      TORCHUP_TRY_ASSIGN(Adoption begun, Adoption::begin(m_prepared.open.lock, std::move(layout)));
      adoption.emplace(std::move(begun));
    }
    TORCHUP_TRY_ASSIGN(StagedGeneration staged, stage_healing(store, wanted));
    m_installed.install_seconds = seconds_since(start);
    const auto& totals = staged.totals();
    m_installed.installed_bytes = totals.copied_bytes + totals.cloned_bytes + totals.linked_bytes;
    m_installed.placed = totals.placed;
    m_ports.diagnostics.note(fmt::format("of {} files {} were linked to the store, {} cloned and {} copied", totals.files,
                                         totals.placed.linked, totals.placed.cloned, totals.placed.copied));
    TORCHUP_TRY(keep_foreign(staged));
    TORCHUP_TRY_ASSIGN(const PythonLayout python, layout());
    BytecodeCompilation bytecode(store, python);
    if (m_wish.validate) TORCHUP_TRY(validate(staged.generation(), [&] { bytecode.start(staged.generation(), wanted); }));
    m_journal.write([&](Ledger& ledger) -> Status {
      const InstallCost cost{m_installed.downloaded_bytes, m_installed.reused_bytes,    m_installed.installed_bytes, m_wish.resolve_seconds,
                             m_installed.fetch_seconds,    m_installed.install_seconds, m_installed.validate_seconds};
      TORCHUP_TRY(ledger.record_install(m_wish.root, number, m_prepared.wanted, m_wish.lock.tool.variant, cost));
      if (!m_installed.validation) return {};
      return ledger.record_validation(m_wish.root, number, *m_installed.validation, marks_of_host(m_ports.this_host));
    });
    if (auto accepted = accept(staged.generation()); !accepted) {
      TORCHUP_TRY(discard_generation(std::move(staged)));
      return accepted;
    }
    if (m_wish.archive && m_wish.archive->is_first)
      TORCHUP_TRY(archive_record(m_ports).add(m_wish.archive->request.file.url, m_wish.archive->request.file.sha256));
    start = Steady::now();
    if (adoption) TORCHUP_TRY(adoption->move());
    TORCHUP_TRY_ASSIGN(m_installed.environment, activate_generation(m_prepared.open.lock, std::move(staged)));
    if (adoption) TORCHUP_TRY(adoption->finish());
    m_installed.install_seconds += seconds_since(start);
    keep(bytecode);
    return {};
  }

  Result<PythonLayout> layout() const {
    if (m_wish.kind == EnvironmentKind::libtorch) return lay_out_libtorch();
    return lay_out_python(m_wish.target.python);
  }

  /// For the next environment. This one is whole without.
  void keep(BytecodeCompilation& bytecode) {
    const auto files = bytecode.publish();
    if (!files) m_ports.diagnostics.note(fmt::format("no bytecode is kept: {}", files.error().message));
    if (files && *files > 0) m_ports.diagnostics.note(fmt::format("bytecode of {} files is kept for the next environment", *files));
  }

  Result<StagedGeneration> stage(const std::vector<WantedPackage>& wanted) {
    const EnvironmentSpec spec{.root = m_wish.root,
                               .python = m_wish.target.python,
                               .lock = m_wish.archive ? "" : write_lock(m_wish.lock),
                               .link_mode = m_wish.link_mode,
                               .kind = m_wish.kind};
    return stage_generation(m_prepared.open.lock, spec, wanted, m_ports.diagnostics, m_ports.cancellation);
  }

  /// Stages; where a tree in the store was written to since it was verified, once more with that wheel brought anew.
  Result<StagedGeneration> stage_healing(const Store& store, std::vector<WantedPackage>& wanted) {
    auto staged = stage(wanted);
    if (staged || staged.error().kind != ErrorKind::integrity) return staged;
    if (const std::vector<Sha256> bytecode = leave_out_damaged_bytecode(wanted); !bytecode.empty()) {
      for (const Sha256& key : bytecode) TORCHUP_TRY(store.set_aside(key));
      return stage_healing(store, wanted);  // with less bytecode than before, and with none in the end
    }
    if (m_ports.offline) return staged;
    const std::vector<TreeDamage> damaged = damaged_trees(wanted);
    if (damaged.empty()) return staged;
    TORCHUP_TRY(set_aside(store, damaged));
    TORCHUP_TRY_ASSIGN(wanted, fetch_and_verify(store));
    return stage(wanted);
  }

  Status keep_foreign(StagedGeneration& staged) {
    if (m_prepared.foreign.empty() || m_wish.foreign != Foreign::keep) return {};
    const std::optional<Generation>& before = generation_before(m_prepared);
    TORCHUP_TRY_ASSIGN(m_installed.foreign, staged.keep(m_prepared.foreign, *before));
    const std::vector<std::string>& left = m_installed.foreign.left;
    if (!left.empty()) m_ports.diagnostics.warn(fmt::format("left in generation {}: {}", before->number, shortened(left)));
    return {};
  }

  Status set_aside(const Store& store, const std::vector<TreeDamage>& damaged) {
    std::vector<LockedPackage> packages;
    if (!m_wish.archive) {
      TORCHUP_TRY_ASSIGN(packages, select_packages(m_wish.lock, m_wish.target.markers));
    }
    for (const TreeDamage& tree : damaged) {
      m_ports.diagnostics.warn(fmt::format("{}; the wheel is brought anew", tree.what));
      const Sha256& wheel = m_prepared.artifacts[tree.place].file.sha256;
      TORCHUP_TRY(store.set_aside(wheel));
      m_anew.insert(wheel);
      if (m_wish.archive) continue;
      // What was built here comes out of the builds, and not off the network.
      TORCHUP_TRY(wheel_of(m_ports, m_wish, packages[tree.place], SupportedTags(m_wish.target.tags), store));
    }
    return {};
  }

  Result<std::vector<WantedPackage>> fetch_and_verify(const Store& store) {
    const auto start = Steady::now();
    AcquireOptions options;
    options.offline = m_ports.offline;
    options.anew = m_anew;
    options.fetch.bytes_per_second = m_wish.bytes_per_second;
    TORCHUP_TRY_ASSIGN(AcquiredArtifacts acquired, acquire_artifacts(m_prepared.artifacts, m_ports.transport, store, options,
                                                                     m_ports.diagnostics, m_ports.cancellation));
    m_installed.downloaded_bytes += acquired.downloaded_bytes;
    m_installed.reused_bytes = acquired.reused_bytes;
    m_installed.fetch_seconds += seconds_since(start);
    std::vector<WantedPackage> wanted;
    for (std::size_t i = 0; i < acquired.artifacts.size(); ++i) {
      const InstalledPackage& package = m_prepared.wanted[i];
      wanted.push_back(
          {.artifact = std::move(acquired.artifacts[i]), .url = package.url, .index = package.index, .requested = package.requested});
    }
    if (m_wish.kind != EnvironmentKind::python) return wanted;  // nothing of it is compiled
    TORCHUP_TRY_ASSIGN(const PythonLayout python, layout());
    find_bytecode(wanted, store, python);
    return wanted;
  }

  Status validate(const Generation& generation, std::function<void()> after_python) {
    m_ports.diagnostics.note("validating the new generation");
    const auto start = Steady::now();
    TORCHUP_TRY_ASSIGN(m_installed.validation, validate_generation(m_ports, generation, {"load", "numeric"}, {}, std::move(after_python)));
    m_installed.validate_seconds = seconds_since(start);
    return {};
  }

  /// Whether the new generation may take the old one's place.
  Status accept(const Generation& generation) {
    if (m_installed.validation && !m_installed.validation->healthy()) return failure(refused_by_validation(*m_installed.validation));
    const std::optional<Generation>& before = generation_before(m_prepared);
    return m_wish.speed_gate && before ? pass_speed_gate(m_ports, generation, *before, *m_wish.speed_gate) : Status();
  }

  const Ports& m_ports;
  const InstallWish& m_wish;
  PreparedInstall m_prepared;
  Journal m_journal;
  Installed m_installed;
  std::set<Sha256> m_anew;  // damaged in a store: a shared one still has them
};

/// Before the next generation takes its place: what others have put in it.
Status look_for_foreign(const InstallWish& wish, PreparedInstall& prepared, Diagnostics& diagnostics) {
  const std::optional<Generation>& before = generation_before(prepared);
  if (!before) return {};
  TORCHUP_TRY_ASSIGN(prepared.foreign, find_foreign_content(*before));
  if (prepared.foreign.empty() || wish.foreign == Foreign::keep) return {};
  if (wish.foreign == Foreign::leave) {
    diagnostics.warn(
        fmt::format("what torchup did not install stays behind in generation {}: {}", before->number, named(prepared.foreign)));
    return {};
  }
  return failure({ErrorKind::host,
                  fmt::format("`{}` holds what torchup did not install: {}", wish.root.string(), named(prepared.foreign)),
                  {},
                  {"`--foreign keep` takes it over, `--foreign leave` leaves it in the former generation"}});
}

/// A lock names its files without a password; those of an index are had with the index's.
void add_logins(const Ports& ports, std::vector<ArtifactRequest>& artifacts) {
  const std::vector<Url> indexes = indexes_with_login(ports.configuration, ports.this_host);
  if (indexes.empty()) return;
  for (ArtifactRequest& artifact : artifacts) {
    artifact.file.url = with_login_of(indexes, artifact.file.url);
    for (Url& source : artifact.other_sources) source = with_login_of(indexes, source);
  }
}

/// A look into the store reads each wheel's manifest.
void count_downloads(const Store& store, PreparedInstall& prepared) {
  for (const ArtifactRequest& artifact : prepared.artifacts) {
    if (store.has(artifact.file.sha256)) {
      ++prepared.reused_wheels;
    } else {
      ++prepared.download_wheels;
      prepared.download_bytes += artifact.file.size.value_or(0);
    }
  }
}

}  // namespace

Result<PreparedInstall> prepare_install(const Ports& ports, const InstallWish& wish) {
  using namespace std::chrono_literals;
  TORCHUP_TRY_ASSIGN(const Store store, open_store(ports));
  // Before the environment is locked: a build may take long.
  TORCHUP_TRY_ASSIGN(std::vector<WantedArtifact> wanted, wanted_artifacts(ports, wish, store));
  TORCHUP_TRY_ASSIGN(OpenEnvironment open, open_environment(wish.root, 5min, ports.diagnostics, ports.cancellation, wish.adopt));
  TORCHUP_TRY(check_kind(open.environment, wish.kind));
  PreparedInstall prepared{.open = std::move(open), .plan = {}, .artifacts = {}, .wanted = {}, .foreign = {}, .adopted = {}};
  for (WantedArtifact& one : wanted) {
    ArtifactRequest& request = one.request;
    prepared.wanted.push_back({.name = request.name,
                               .version = request.version,
                               .wheel_sha256 = request.file.sha256,
                               .wheel = request.file.name,
                               .url = request.file.url.text(),
                               .index = std::move(one.index),
                               .requested = one.requested});
    std::vector<Url> sources = sources_of(request.file.url, wish.mirrors);
    request.file.url = sources.front();
    request.other_sources.assign(sources.begin() + 1, sources.end());
    prepared.artifacts.push_back(std::move(request));
  }
  if (wish.adopt == Adopt::yes) prepared.adopted = environment_of_another_tool(prepared.open.environment.root);
  if (prepared.adopted) prepared.adopted->number = 1;
  prepared.plan = plan_install(prepared.open.environment, prepared.wanted);
  prepared.anew = wish.anew;
  const auto& current = prepared.open.environment.current;
  prepared.new_python = wish.kind == EnvironmentKind::python && current && current->python_executable != wish.target.python.executable;
  if (!prepared.changes()) return prepared;
  TORCHUP_TRY(look_for_foreign(wish, prepared, ports.diagnostics));
  TORCHUP_TRY(prepared.open.lock.sign());
  add_logins(ports, prepared.artifacts);
  count_downloads(store, prepared);
  return prepared;
}

HostMarks marks_of_host(HostSystem& host) { return host_marks(probe_host_alone(host)); }

Result<ValidationReport> validate_generation(const Ports& ports, const Generation& generation, const std::vector<std::string>& levels,
                                             const ValidationLimits& limits, std::function<void()> after_python) {
  if (generation.kind == EnvironmentKind::libtorch)
    return validate_native(native_target(ports, generation), levels, ports.diagnostics, ports.cancellation);
  const ValidationTarget target{.python = generation.python,
                                .site_packages = generation.site_packages,
                                .root = generation.root,
                                .self_program = ports.self,
                                .after_python = std::move(after_python)};
  return validate_environment(target, levels, ports.diagnostics, ports.cancellation, limits);
}

Result<Installed> carry_out_install(const Ports& ports, const InstallWish& wish, PreparedInstall prepared) {
  return Transaction(ports, wish, std::move(prepared)).run();
}

}  // namespace torchup
