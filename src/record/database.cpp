#include "src/record/database.hpp"

#include "src/record/sqlite_library.hpp"

#include <fmt/format.h>

#include <utility>

namespace torchup {
namespace {

constexpr int k_busy_milliseconds = 5000;

// FULL because NORMAL may lose commits that were acknowledged before a power cut. A file system without shared memory keeps
// its journal mode: the pragma then changes nothing and is no error.
constexpr const char* k_settings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;";

const Result<SqliteLibrary>& loaded_sqlite() {
  static const Result<SqliteLibrary> library = load_sqlite(k_sqlite_soname);
  return library;
}

/// For what follows an `open` that found it.
const SqliteLibrary& sqlite() { return *loaded_sqlite(); }

DatabaseError error_of(sqlite3* database, int code) { return {code & 0xFF, database ? sqlite().errmsg(database) : sqlite().errstr(code)}; }

// Reads every page once: a ledger is small, and a torn one must be noticed before it is written to.
std::optional<DatabaseError> find_damage(sqlite3* database) {
  std::string verdict;
  const auto take = [](void* out, int, char** values, char**) {
    *static_cast<std::string*>(out) = values[0] ? values[0] : "";
    return 0;
  };
  const int code = sqlite().exec(database, "PRAGMA quick_check(1)", take, &verdict, nullptr);
  if (code != SQLITE_OK) return error_of(database, code);
  if (verdict != "ok") return DatabaseError{SQLITE_CORRUPT, verdict};
  return std::nullopt;
}

}  // namespace

bool DatabaseError::damaged() const { return code == SQLITE_CORRUPT || code == SQLITE_NOTADB; }

Error DatabaseError::as_error(const std::filesystem::path& path) const {
  return {ErrorKind::host, fmt::format("the ledger `{}` cannot be used: {}", path.string(), message), {}, {}};
}

void Database::Close::operator()(sqlite3* database) const noexcept { sqlite().close(database); }
void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite().finalize(statement); }

tl::expected<std::unique_ptr<Database>, DatabaseError> Database::open(const std::filesystem::path& path) {
  if (!loaded_sqlite()) return tl::unexpected(DatabaseError{SQLITE_CANTOPEN, loaded_sqlite().error().message});
  sqlite3* raw = nullptr;
  const int opened = sqlite().open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(raw, path));
  if (opened != SQLITE_OK) return tl::unexpected(error_of(raw, opened));

  sqlite().busy_timeout(raw, k_busy_milliseconds);
  sqlite().db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (const int code = sqlite().exec(raw, k_settings, nullptr, nullptr, nullptr); code != SQLITE_OK)
    return tl::unexpected(error_of(raw, code));
  if (auto damage = find_damage(raw)) return tl::unexpected(*std::move(damage));
  return database;
}

Status Database::execute(const char* sql) {
  const int code = sqlite().exec(m_database.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(error_of(m_database.get(), code).as_error(m_path));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite().prepare_v2(m_database.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return failure(error_of(m_database.get(), code).as_error(m_path));
  return Statement(statement, m_path);
}

std::int64_t Database::last_id() const { return sqlite().last_insert_rowid(m_database.get()); }
std::int64_t Database::changes() const { return sqlite().changes64(m_database.get()); }

Statement& Statement::bind(std::string_view text) {
  m_bind_failure |=
      sqlite().bind_text64(m_statement.get(), ++m_bound, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  m_bind_failure |= sqlite().bind_int64(m_statement.get(), ++m_bound, number);
  return *this;
}

Statement& Statement::bind(double number) {
  m_bind_failure |= sqlite().bind_double(m_statement.get(), ++m_bound, number);
  return *this;
}

Statement& Statement::bind(std::nullptr_t) {
  m_bind_failure |= sqlite().bind_null(m_statement.get(), ++m_bound);
  return *this;
}

Result<bool> Statement::step() {
  sqlite3* database = sqlite().db_handle(m_statement.get());
  if (m_bind_failure != SQLITE_OK) return failure(error_of(database, m_bind_failure).as_error(*m_path));
  const int code = sqlite().step(m_statement.get());
  if (code == SQLITE_ROW || code == SQLITE_DONE) return code == SQLITE_ROW;
  return failure(error_of(database, code).as_error(*m_path));
}

Status Statement::run() {
  TORCHUP_TRY_ASSIGN(bool row, step());
  while (row) {
    TORCHUP_TRY_ASSIGN(row, step());
  }
  return {};
}

void Statement::reset() {
  sqlite().reset(m_statement.get());
  sqlite().clear_bindings(m_statement.get());
  m_bound = m_bind_failure = 0;
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite().column_text(m_statement.get(), column));
  return text ? std::string(text, static_cast<std::size_t>(sqlite().column_bytes(m_statement.get(), column))) : std::string();
}

std::int64_t Statement::integer(int column) const { return sqlite().column_int64(m_statement.get(), column); }
double Statement::real(int column) const { return sqlite().column_double(m_statement.get(), column); }
bool Statement::is_null(int column) const { return sqlite().column_type(m_statement.get(), column) == SQLITE_NULL; }

Result<Transaction> Transaction::begin(Database& database) {
  TORCHUP_TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  // A failed commit has rolled back already; the second attempt then does nothing.
  if (m_database) (void)m_database->execute("ROLLBACK");
}

Status Transaction::commit() {
  TORCHUP_TRY(m_database->execute("COMMIT"));
  m_database = nullptr;
  return {};
}

}  // namespace torchup
