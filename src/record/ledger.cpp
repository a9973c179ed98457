#include "src/record/ledger.hpp"

#include "src/record/database.hpp"
#include "src/record/rows.hpp"
#include "src/record/schema.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <system_error>

namespace torchup {
namespace {

// The database with its write-ahead log, so that the log is not played into the new file.
Result<std::filesystem::path> move_aside(const std::filesystem::path& path, std::chrono::sys_seconds now) {
  std::filesystem::path aside = path;
  aside += fmt::format(".damaged-{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::path from = path;
    std::filesystem::path to = aside;
    std::error_code error;
    std::filesystem::rename(from += suffix, to += suffix, error);
    if (error && error != std::errc::no_such_file_or_directory) {
      return failure(
          {ErrorKind::host, fmt::format("the damaged ledger `{}` cannot be moved aside: {}", from.string(), error.message()), {}, {}});
    }
  }
  return aside;
}

Result<std::unique_ptr<Database>> open_database(const std::filesystem::path& path, Diagnostics& diagnostics, std::chrono::sys_seconds now) {
  auto database = Database::open(path);
  if (database) return *std::move(database);
  if (!database.error().damaged()) return failure(database.error().as_error(path));

  TORCHUP_TRY_ASSIGN(const std::filesystem::path aside, move_aside(path, now));
  diagnostics.warn(fmt::format("the ledger `{}` is damaged ({}); it was moved to `{}` and a new one begun", path.string(),
                               database.error().message, aside.string()));
  auto fresh = Database::open(path);
  if (!fresh) return failure(fresh.error().as_error(path));
  return *std::move(fresh);
}

Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return {};
  return failure({ErrorKind::host, fmt::format("the ledger's folder `{}` cannot be made: {}", folder.string(), error.message()), {}, {}});
}

// The generation of that number that is not gone or failed makes room for a new one.
Status retire(Database& database, std::int64_t environment, unsigned generation, std::chrono::sys_seconds now) {
  TORCHUP_TRY_ASSIGN(Statement interrupted,
                     database.prepare("UPDATE generation SET state = 'failed', failure = 'interrupted', finished = ? "
                                      "WHERE environment = ? AND number = ? AND state = 'staging'"));
  TORCHUP_TRY(interrupted.bind(stored(now)).bind(environment).bind(std::int64_t{generation}).run());
  TORCHUP_TRY_ASSIGN(Statement gone, database.prepare("UPDATE generation SET state = 'gone' "
                                                      "WHERE environment = ? AND number = ? AND state IN ('active', 'kept')"));
  return gone.bind(environment).bind(std::int64_t{generation}).run();
}

Status must_have_changed(const Database& database, std::int64_t operation) {
  if (database.changes() == 1) return {};
  return failure({ErrorKind::internal, fmt::format("operation {} of the ledger is not open", operation), {}, {}});
}

// One generation of an environment is active; the others wait.
Status make_active(Database& database, std::int64_t generation_id) {
  TORCHUP_TRY_ASSIGN(Statement before, database.prepare("UPDATE generation SET state = 'kept' WHERE state = 'active' AND id <> ?1 "
                                                        "AND environment = (SELECT environment FROM generation WHERE id = ?1)"));
  TORCHUP_TRY(before.bind(generation_id).run());
  TORCHUP_TRY_ASSIGN(Statement now, database.prepare("UPDATE generation SET state = 'active' WHERE id = ?"));
  return now.bind(generation_id).run();
}

}  // namespace

Ledger::Ledger(std::unique_ptr<Database> database, Clock clock) : m_database(std::move(database)), m_clock(std::move(clock)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Result<Ledger> Ledger::open(const std::filesystem::path& path, Diagnostics& diagnostics, Clock clock) {
  if (!clock) clock = [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); };
  if (path.has_parent_path()) TORCHUP_TRY(make_folder(path.parent_path()));
  TORCHUP_TRY_ASSIGN(std::unique_ptr<Database> database, open_database(path, diagnostics, clock()));
  TORCHUP_TRY(with_context(migrate(*database), fmt::format("while opening the ledger `{}`", path.string())));
  return Ledger(std::move(database), std::move(clock));
}

Result<OperationId> Ledger::begin_operation(const std::filesystem::path& environment, unsigned generation, std::string_view command,
                                            const std::vector<std::string>& requests) {
  TORCHUP_TRY_ASSIGN(Transaction transaction, Transaction::begin(*m_database));
  TORCHUP_TRY_ASSIGN(const std::int64_t environment_id, environment_row(*m_database, environment));
  TORCHUP_TRY(retire(*m_database, environment_id, generation, m_clock()));

  TORCHUP_TRY_ASSIGN(Statement insert, m_database->prepare("INSERT INTO generation(environment, number, state, command, started) "
                                                           "VALUES (?, ?, 'staging', ?, ?)"));
  TORCHUP_TRY(insert.bind(environment_id).bind(std::int64_t{generation}).bind(command).bind(stored(m_clock())).run());
  const std::int64_t id = m_database->last_id();

  TORCHUP_TRY_ASSIGN(Statement request, m_database->prepare("INSERT INTO request VALUES (?, ?, ?)"));
  std::int64_t position = 0;
  for (const std::string& requirement : requests) {
    request.reset();
    TORCHUP_TRY(request.bind(id).bind(position++).bind(std::string_view(requirement)).run());
  }
  TORCHUP_TRY(transaction.commit());
  return OperationId{id};
}

Status Ledger::finish_operation(OperationId operation) {
  const auto id = static_cast<std::int64_t>(operation);
  TORCHUP_TRY_ASSIGN(Transaction transaction, Transaction::begin(*m_database));
  TORCHUP_TRY_ASSIGN(Statement finish,
                     m_database->prepare("UPDATE generation SET finished = ?, state = 'kept' WHERE id = ? AND state = 'staging'"));
  TORCHUP_TRY(finish.bind(stored(m_clock())).bind(id).run());
  TORCHUP_TRY(must_have_changed(*m_database, id));
  TORCHUP_TRY(make_active(*m_database, id));
  return transaction.commit();
}

Status Ledger::fail_operation(OperationId operation, const Error& error) {
  const auto id = static_cast<std::int64_t>(operation);
  TORCHUP_TRY_ASSIGN(Statement fail, m_database->prepare("UPDATE generation SET finished = ?, state = 'failed', failure = ? "
                                                         "WHERE id = ? AND state = 'staging'"));
  TORCHUP_TRY(fail.bind(stored(m_clock())).bind(std::string_view(error.message)).bind(id).run());
  return must_have_changed(*m_database, id);
}

Status Ledger::record_switch(const std::filesystem::path& environment, unsigned generation) {
  TORCHUP_TRY_ASSIGN(Transaction transaction, Transaction::begin(*m_database));
  TORCHUP_TRY_ASSIGN(const std::int64_t id, generation_row(*m_database, environment, generation));
  TORCHUP_TRY(make_active(*m_database, id));
  return transaction.commit();
}

}  // namespace torchup
