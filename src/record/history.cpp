#include "src/record/database.hpp"
#include "src/record/ledger.hpp"
#include "src/record/rows.hpp"

#include <limits>

namespace torchup {
namespace {

constexpr std::string_view k_history = R"(
SELECT generation.id, root, number, state, command, started, finished, failure, variant, downloaded_bytes, reused_bytes, installed_bytes,
       resolve_seconds, fetch_seconds, install_seconds, validate_seconds,
       (SELECT count(*) FROM package WHERE package.generation = generation.id),
       last.healthy, last.torch_version
FROM generation
JOIN environment ON environment.id = generation.environment
LEFT JOIN validation AS last ON last.id = (SELECT max(id) FROM validation WHERE validation.generation = generation.id)
WHERE ?1 IS NULL OR root = ?1
ORDER BY generation.id DESC LIMIT ?2
)";

std::uint64_t bytes(const Statement& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

InstallCost read_cost(const Statement& row) {
  return {bytes(row, 9), bytes(row, 10), bytes(row, 11), row.real(12), row.real(13), row.real(14), row.real(15)};
}

HistoryEntry read_entry(const Statement& row) {
  HistoryEntry entry;
  entry.environment = row.text(1);
  entry.generation = static_cast<unsigned>(row.integer(2));
  entry.state = state_of(row.text(3));
  entry.command = row.text(4);
  entry.started = time_of(row.integer(5));
  if (!row.is_null(6)) entry.finished = time_of(row.integer(6));
  entry.failure = row.text(7);
  entry.variant = row.text(8);
  entry.cost = read_cost(row);
  entry.packages = static_cast<std::size_t>(row.integer(16));
  if (!row.is_null(17)) entry.healthy = row.integer(17) != 0;
  entry.torch_version = row.text(18);
  return entry;
}

Result<std::vector<std::string>> read_requests(Statement& find, std::int64_t generation) {
  find.reset();
  find.bind(generation);
  std::vector<std::string> requests;
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool row, find.step());
    if (!row) return requests;
    requests.push_back(find.text(0));
  }
}

Result<InstalledPackage> read_package(const Statement& row) {
  TORCHUP_TRY_ASSIGN(PackageName name, PackageName::parse(row.text(0)));
  TORCHUP_TRY_ASSIGN(Version version, Version::parse(row.text(1)));
  TORCHUP_TRY_ASSIGN(const Sha256 sha256, Sha256::parse(row.text(3)));
  return InstalledPackage{std::move(name), std::move(version), sha256, row.text(2), row.text(4), row.text(5)};
}

}  // namespace

Result<std::vector<HistoryEntry>> Ledger::history(const std::optional<std::filesystem::path>& environment, std::size_t limit) const {
  TORCHUP_TRY_ASSIGN(Statement rows, m_database->prepare(k_history));
  TORCHUP_TRY_ASSIGN(Statement requests, m_database->prepare("SELECT requirement FROM request WHERE generation = ? ORDER BY position"));
  if (environment) {
    rows.bind(std::string_view(root_key(*environment)));
  } else {
    rows.bind(nullptr);
  }
  rows.bind(limit == 0 ? std::numeric_limits<std::int64_t>::max() : stored_bytes(limit));

  std::vector<HistoryEntry> entries;
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool row, rows.step());
    if (!row) return entries;
    entries.push_back(read_entry(rows));
    TORCHUP_TRY_ASSIGN(entries.back().requests, read_requests(requests, rows.integer(0)));
  }
}

Result<std::vector<std::filesystem::path>> Ledger::environments() const {
  TORCHUP_TRY_ASSIGN(Statement rows, m_database->prepare("SELECT root FROM environment ORDER BY root"));
  std::vector<std::filesystem::path> roots;
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool row, rows.step());
    if (!row) return roots;
    roots.emplace_back(rows.text(0));
  }
}

Result<std::vector<InstalledPackage>> Ledger::packages(const std::filesystem::path& environment, unsigned generation) const {
  TORCHUP_TRY_ASSIGN(const std::int64_t id, generation_row(*m_database, environment, generation));
  TORCHUP_TRY_ASSIGN(Statement rows, m_database->prepare("SELECT name, version, wheel, sha256, url, source_index FROM package "
                                                         "WHERE generation = ? ORDER BY name"));
  rows.bind(id);
  std::vector<InstalledPackage> packages;
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool row, rows.step());
    if (!row) return packages;
    TORCHUP_TRY_ASSIGN(InstalledPackage package, with_context(read_package(rows), "while reading the ledger"));
    packages.push_back(std::move(package));
  }
}

}  // namespace torchup
