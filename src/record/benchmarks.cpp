#include "src/record/database.hpp"
#include "src/record/ledger.hpp"
#include "src/record/rows.hpp"

#include <limits>

namespace torchup {
namespace {

Status store_marks(Database& database, std::int64_t benchmark, const Fingerprint& fingerprint) {
  TORCHUP_TRY_ASSIGN(Statement insert,
                     database.prepare("INSERT INTO benchmark_mark(benchmark, position, name, value) VALUES (?, ?, ?, ?)"));
  std::int64_t position = 0;
  for (const auto& [name, value] : fingerprint) {
    insert.reset();
    TORCHUP_TRY(insert.bind(benchmark).bind(position++).bind(std::string_view(name)).bind(std::string_view(value)).run());
  }
  return {};
}

Status store_result(Statement& insert, std::int64_t benchmark, std::int64_t position, const BenchResult& result) {
  insert.reset();
  insert.bind(benchmark).bind(position).bind(std::string_view(result.kernel)).bind(std::string_view(result.kernel_case));
  insert.bind(std::string_view(result.device)).bind(std::string_view(result.engine)).bind(std::string_view(result.rate_unit));
  insert.bind(stored_real(result.seconds.median)).bind(stored_real(result.seconds.low)).bind(stored_real(result.seconds.high));
  insert.bind(stored_real(result.achieved)).bind(stored_real(result.roofline_fraction));
  if (!result.to_reference) return insert.bind(nullptr).bind(nullptr).bind(nullptr).run();
  const RelativeTime& relative = *result.to_reference;
  return insert.bind(stored_real(relative.ratio)).bind(stored_real(relative.interval.low)).bind(stored_real(relative.interval.high)).run();
}

Status store_results(Database& database, std::int64_t benchmark, const std::vector<BenchResult>& results) {
  TORCHUP_TRY_ASSIGN(Statement insert,
                     database.prepare("INSERT INTO benchmark_result(benchmark, position, kernel, kernel_case, device, engine, rate_unit, "
                                      "seconds, seconds_low, seconds_high, achieved, roofline_fraction, ratio, ratio_low, ratio_high) "
                                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  std::int64_t position = 0;
  for (const BenchResult& result : results) {
    if (!result.is_baseline && result.trouble.empty()) TORCHUP_TRY(store_result(insert, benchmark, position++, result));
  }
  return {};
}

Status read_marks(const Database& database, BenchmarkEntry& entry) {
  TORCHUP_TRY_ASSIGN(Statement rows, database.prepare("SELECT name, value FROM benchmark_mark WHERE benchmark = ? ORDER BY position"));
  rows.bind(entry.id);
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool row, rows.step());
    if (!row) return {};
    entry.report.fingerprint.emplace_back(rows.text(0), rows.text(1));
  }
}

BenchResult read_result(const Statement& row) {
  BenchResult result;
  result.kernel = row.text(0);
  result.kernel_case = row.text(1);
  result.device = row.text(2);
  result.engine = row.text(3);
  result.rate_unit = row.text(4);
  result.seconds = {row.real(5), row.real(6), row.real(7)};
  result.achieved = row.real(8);
  result.roofline_fraction = row.real(9);
  if (!row.is_null(10)) result.to_reference = RelativeTime{row.real(10), {row.real(11), row.real(12)}};
  return result;
}

Status read_results(const Database& database, BenchmarkEntry& entry) {
  TORCHUP_TRY_ASSIGN(Statement rows, database.prepare("SELECT kernel, kernel_case, device, engine, rate_unit, seconds, seconds_low, "
                                                      "seconds_high, achieved, roofline_fraction, ratio, ratio_low, ratio_high "
                                                      "FROM benchmark_result WHERE benchmark = ? ORDER BY position"));
  rows.bind(entry.id);
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool row, rows.step());
    if (!row) return {};
    entry.report.results.push_back(read_result(rows));
  }
}

constexpr std::string_view k_columns =
    "SELECT id, root, generation, at, torch_version, disturbance, peak_flops, memory_bytes FROM benchmark ";

Result<std::vector<BenchmarkEntry>> read_entries(const Database& database, Statement& rows) {
  std::vector<BenchmarkEntry> entries;
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool row, rows.step());
    if (!row) return entries;
    BenchmarkEntry& entry = entries.emplace_back();
    entry.id = rows.integer(0);
    entry.environment = rows.text(1);
    entry.generation = static_cast<unsigned>(rows.integer(2));
    entry.at = time_of(rows.integer(3));
    entry.report.torch_version = rows.text(4);
    entry.report.disturbance = rows.text(5);
    entry.report.roofline = {rows.real(6), rows.real(7)};
    TORCHUP_TRY(read_marks(database, entry));
    TORCHUP_TRY(read_results(database, entry));
  }
}

}  // namespace

Result<std::int64_t> Ledger::record_benchmark(const std::filesystem::path& environment, unsigned generation, const BenchReport& report) {
  TORCHUP_TRY_ASSIGN(Transaction transaction, Transaction::begin(*m_database));
  TORCHUP_TRY_ASSIGN(Statement insert, m_database->prepare("INSERT INTO benchmark(root, generation, at, torch_version, disturbance, "
                                                           "peak_flops, memory_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(std::string_view(root_key(environment))).bind(std::int64_t{generation}).bind(stored(m_clock()));
  insert.bind(std::string_view(report.torch_version)).bind(std::string_view(report.disturbance));
  TORCHUP_TRY(insert.bind(stored_real(report.roofline.flops)).bind(stored_real(report.roofline.bytes)).run());
  const std::int64_t id = m_database->last_id();
  TORCHUP_TRY(store_marks(*m_database, id, report.fingerprint));
  TORCHUP_TRY(store_results(*m_database, id, report.results));
  TORCHUP_TRY(transaction.commit());
  return id;
}

Result<std::vector<BenchmarkEntry>> Ledger::benchmarks(const std::optional<std::filesystem::path>& environment, std::size_t limit) const {
  TORCHUP_TRY_ASSIGN(Statement rows,
                     m_database->prepare(std::string(k_columns) + "WHERE ?1 IS NULL OR root = ?1 ORDER BY id DESC LIMIT ?2"));
  if (environment) {
    rows.bind(std::string_view(root_key(*environment)));
  } else {
    rows.bind(nullptr);
  }
  rows.bind(limit == 0 ? std::numeric_limits<std::int64_t>::max() : stored_bytes(limit));
  return read_entries(*m_database, rows);
}

Result<std::optional<BenchmarkEntry>> Ledger::benchmark(std::int64_t id) const {
  TORCHUP_TRY_ASSIGN(Statement rows, m_database->prepare(std::string(k_columns) + "WHERE id = ?"));
  rows.bind(id);
  TORCHUP_TRY_ASSIGN(std::vector<BenchmarkEntry> entries, read_entries(*m_database, rows));
  return entries.empty() ? std::nullopt : std::optional(std::move(entries.front()));
}

}  // namespace torchup
