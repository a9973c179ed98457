#include "src/record/database.hpp"
#include "src/record/ledger.hpp"
#include "src/record/rows.hpp"

namespace torchup {
namespace {

Status store_cost(Database& database, std::int64_t generation, std::string_view variant, const InstallCost& cost) {
  TORCHUP_TRY_ASSIGN(Statement update, database.prepare("UPDATE generation SET variant = ?, downloaded_bytes = ?, reused_bytes = ?, "
                                                        "installed_bytes = ?, resolve_seconds = ?, fetch_seconds = ?, install_seconds = ?, "
                                                        "validate_seconds = ? WHERE id = ?"));
  update.bind(variant)
      .bind(stored_bytes(cost.downloaded_bytes))
      .bind(stored_bytes(cost.reused_bytes))
      .bind(stored_bytes(cost.installed_bytes));
  update.bind(stored_real(cost.resolve_seconds)).bind(stored_real(cost.fetch_seconds)).bind(stored_real(cost.install_seconds));
  return update.bind(stored_real(cost.validate_seconds)).bind(generation).run();
}

Status store_packages(Database& database, std::int64_t generation, const std::vector<InstalledPackage>& packages) {
  TORCHUP_TRY_ASSIGN(Statement clear, database.prepare("DELETE FROM package WHERE generation = ?"));
  TORCHUP_TRY(clear.bind(generation).run());
  TORCHUP_TRY_ASSIGN(Statement insert, database.prepare("INSERT INTO package(generation, name, version, wheel, sha256, url, source_index) "
                                                        "VALUES (?, ?, ?, ?, ?, ?, ?)"));
  for (const InstalledPackage& package : packages) {
    insert.reset();
    insert.bind(generation).bind(std::string_view(package.name.text())).bind(std::string_view(package.version.text()));
    insert.bind(std::string_view(package.wheel)).bind(std::string_view(package.wheel_sha256.hex()));
    TORCHUP_TRY(insert.bind(std::string_view(package.url)).bind(std::string_view(package.index)).run());
  }
  return {};
}

const char* outcome_name(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::pass:
      return "pass";
    case CheckOutcome::fail:
      return "fail";
    case CheckOutcome::skip:
      return "skip";
  }
  return "fail";
}

Status store_check(Statement& insert, std::int64_t validation, std::int64_t position, const Check& check) {
  insert.reset();
  insert.bind(validation).bind(position).bind(std::string_view(check.id)).bind(std::string_view(check.level));
  insert.bind(std::string_view(check.engine)).bind(std::string_view(outcome_name(check.outcome))).bind(std::string_view(check.detail));
  insert.bind(stored_real(check.seconds)).bind(std::string_view(check.measure)).bind(check.error).bind(check.limit);
  return insert.bind(check.rate).bind(check.reference_rate).bind(std::string_view(check.rate_unit)).run();
}

Status store_host(Database& database, std::int64_t validation, const HostMarks& host) {
  if (host.empty()) return {};
  TORCHUP_TRY_ASSIGN(Statement insert, database.prepare("INSERT INTO host_mark(validation, position, name, value) VALUES (?, ?, ?, ?)"));
  std::int64_t position = 0;
  for (const auto& [name, value] : host) {
    insert.reset();
    TORCHUP_TRY(insert.bind(validation).bind(position++).bind(std::string_view(name)).bind(std::string_view(value)).run());
  }
  return {};
}

}  // namespace

Status Ledger::record_install(const std::filesystem::path& environment, unsigned generation, const std::vector<InstalledPackage>& packages,
                              std::string_view variant, const InstallCost& cost) {
  TORCHUP_TRY_ASSIGN(Transaction transaction, Transaction::begin(*m_database));
  TORCHUP_TRY_ASSIGN(const std::int64_t id, generation_row(*m_database, environment, generation));
  TORCHUP_TRY(store_cost(*m_database, id, variant, cost));
  TORCHUP_TRY(store_packages(*m_database, id, packages));
  return transaction.commit();
}

Status Ledger::record_validation(const std::filesystem::path& environment, unsigned generation, const ValidationReport& report,
                                 const HostMarks& host) {
  TORCHUP_TRY_ASSIGN(Transaction transaction, Transaction::begin(*m_database));
  TORCHUP_TRY_ASSIGN(const std::int64_t id, generation_row(*m_database, environment, generation));
  TORCHUP_TRY_ASSIGN(Statement insert, m_database->prepare("INSERT INTO validation(generation, at, healthy, torch_version, cuda_available, "
                                                           "cuda_reason) VALUES (?, ?, ?, ?, ?, ?)"));
  insert.bind(id).bind(stored(m_clock())).bind(std::int64_t{report.healthy()}).bind(std::string_view(report.torch_version));
  TORCHUP_TRY(insert.bind(std::int64_t{report.cuda_available}).bind(std::string_view(report.cuda_reason)).run());

  const std::int64_t validation = m_database->last_id();
  TORCHUP_TRY_ASSIGN(Statement check_insert,
                     m_database->prepare("INSERT INTO check_result(validation, position, id, level, engine, outcome, detail, "
                                         "seconds, measure, error, error_limit, rate, reference_rate, rate_unit) "
                                         "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  std::int64_t position = 0;
  for (const Check& check : report.checks) TORCHUP_TRY(store_check(check_insert, validation, position++, check));
  TORCHUP_TRY(store_host(*m_database, validation, host));
  return transaction.commit();
}

Result<std::optional<HealthyRun>> Ledger::last_healthy(const std::filesystem::path& environment) const {
  TORCHUP_TRY_ASSIGN(Statement newest,
                     m_database->prepare("SELECT validation.id, validation.at, generation.number FROM validation "
                                         "JOIN generation ON generation.id = validation.generation "
                                         "JOIN environment ON environment.id = generation.environment "
                                         "WHERE environment.root = ? AND validation.healthy = 1 AND generation.state = 'active' AND "
                                         "EXISTS (SELECT 1 FROM host_mark WHERE host_mark.validation = validation.id) "
                                         "ORDER BY validation.id DESC LIMIT 1"));
  newest.bind(std::string_view(root_key(environment)));
  TORCHUP_TRY_ASSIGN(const bool found, newest.step());
  if (!found) return std::optional<HealthyRun>();
  HealthyRun run{.at = time_of(newest.integer(1)), .generation = static_cast<unsigned>(newest.integer(2)), .host = {}};
  TORCHUP_TRY_ASSIGN(Statement marks, m_database->prepare("SELECT name, value FROM host_mark WHERE validation = ? ORDER BY position"));
  marks.bind(newest.integer(0));
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool more, marks.step());
    if (!more) return std::optional(std::move(run));
    run.host.emplace_back(marks.text(0), marks.text(1));
  }
}

}  // namespace torchup
