#include "src/record/schema.hpp"

#include <fmt/format.h>

#include <array>

namespace torchup {
namespace {

// Times are whole seconds since 1970, UTC. A generation row is never deleted: its number may come again after its
// environment was removed, so at most one row of a number is not 'gone'.
constexpr const char* k_first = R"(
CREATE TABLE environment (
  id INTEGER PRIMARY KEY,
  root TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE generation (
  id INTEGER PRIMARY KEY,
  environment INTEGER NOT NULL REFERENCES environment(id),
  number INTEGER NOT NULL CHECK (number >= 0),
  state TEXT NOT NULL CHECK (state IN ('staging', 'active', 'kept', 'failed', 'gone')),
  command TEXT NOT NULL,
  started INTEGER NOT NULL,
  finished INTEGER,
  failure TEXT NOT NULL DEFAULT '',
  variant TEXT NOT NULL DEFAULT '',
  downloaded_bytes INTEGER NOT NULL DEFAULT 0,
  reused_bytes INTEGER NOT NULL DEFAULT 0,
  installed_bytes INTEGER NOT NULL DEFAULT 0,
  resolve_seconds REAL NOT NULL DEFAULT 0,
  fetch_seconds REAL NOT NULL DEFAULT 0,
  install_seconds REAL NOT NULL DEFAULT 0,
  validate_seconds REAL NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX generation_live ON generation(environment, number) WHERE state IN ('staging', 'active', 'kept');
CREATE UNIQUE INDEX generation_active ON generation(environment) WHERE state = 'active';

CREATE TABLE request (
  generation INTEGER NOT NULL REFERENCES generation(id),
  position INTEGER NOT NULL,
  requirement TEXT NOT NULL,
  PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE package (
  generation INTEGER NOT NULL REFERENCES generation(id),
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  wheel TEXT NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  url TEXT NOT NULL,
  source_index TEXT NOT NULL,
  PRIMARY KEY (generation, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE validation (
  id INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL REFERENCES generation(id),
  at INTEGER NOT NULL,
  healthy INTEGER NOT NULL CHECK (healthy IN (0, 1)),
  torch_version TEXT NOT NULL,
  cuda_available INTEGER NOT NULL CHECK (cuda_available IN (0, 1)),
  cuda_reason TEXT NOT NULL
) STRICT;
CREATE INDEX validation_of ON validation(generation);

CREATE TABLE check_result (
  validation INTEGER NOT NULL REFERENCES validation(id),
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  level TEXT NOT NULL,
  engine TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('pass', 'fail', 'skip')),
  detail TEXT NOT NULL,
  seconds REAL NOT NULL,
  measure TEXT NOT NULL,
  error REAL,
  error_limit REAL,
  rate REAL,
  reference_rate REAL,
  rate_unit TEXT NOT NULL,
  PRIMARY KEY (validation, position)
) STRICT, WITHOUT ROWID;
)";

// What the host was when a validation ran: see host_marks.hpp.
constexpr const char* k_host_marks = R"(
CREATE TABLE host_mark (
  validation INTEGER NOT NULL REFERENCES validation(id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (validation, position)
) STRICT, WITHOUT ROWID;
)";

// What `bench` measured. An environment need not be known otherwise: it is named by its root.
constexpr const char* k_benchmarks = R"(
CREATE TABLE benchmark (
  id INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  generation INTEGER NOT NULL,
  at INTEGER NOT NULL,
  torch_version TEXT NOT NULL,
  disturbance TEXT NOT NULL,
  peak_flops REAL NOT NULL,
  memory_bytes REAL NOT NULL
) STRICT;
CREATE INDEX benchmark_of ON benchmark(root);

CREATE TABLE benchmark_mark (
  benchmark INTEGER NOT NULL REFERENCES benchmark(id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (benchmark, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE benchmark_result (
  benchmark INTEGER NOT NULL REFERENCES benchmark(id),
  position INTEGER NOT NULL,
  kernel TEXT NOT NULL,
  kernel_case TEXT NOT NULL,
  device TEXT NOT NULL,
  engine TEXT NOT NULL,
  rate_unit TEXT NOT NULL,
  seconds REAL NOT NULL,
  seconds_low REAL NOT NULL,
  seconds_high REAL NOT NULL,
  achieved REAL NOT NULL,
  roofline_fraction REAL NOT NULL,
  ratio REAL,
  ratio_low REAL,
  ratio_high REAL,
  PRIMARY KEY (benchmark, position)
) STRICT, WITHOUT ROWID;
)";

// The n-th entry takes a ledger of schema n to n + 1. Published entries are never edited.
constexpr std::array k_steps = {k_first, k_host_marks, k_benchmarks};

Result<std::int64_t> schema_version(const Database& database) {
  TORCHUP_TRY_ASSIGN(Statement statement, database.prepare("PRAGMA user_version"));
  TORCHUP_TRY(statement.step());
  return statement.integer(0);
}

}  // namespace

Status migrate(Database& database) {
  constexpr auto newest = static_cast<std::int64_t>(k_steps.size());
  TORCHUP_TRY_ASSIGN(const std::int64_t found, schema_version(database));
  if (found == newest) return {};  // without the write lock, which another process may hold
  for (;;) {
    // Looked at again inside each transaction: another process may be taking the same steps.
    TORCHUP_TRY_ASSIGN(Transaction transaction, Transaction::begin(database));
    TORCHUP_TRY_ASSIGN(const std::int64_t version, schema_version(database));
    if (version == newest) return {};
    if (version > newest || version < 0) {
      return failure({ErrorKind::host,
                      fmt::format("the ledger has schema {}, and this torchup knows {} at most", version, newest),
                      {},
                      {"use the newer torchup that wrote it"}});
    }
    TORCHUP_TRY(database.execute(k_steps.at(static_cast<std::size_t>(version))));
    TORCHUP_TRY(database.execute(fmt::format("PRAGMA user_version = {}", version + 1).c_str()));
    TORCHUP_TRY(transaction.commit());
  }
}

}  // namespace torchup
