#include "src/record/database.hpp"
#include "src/record/ledger.hpp"
#include "src/record/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace torchup {
namespace {

struct LiveRow {
  std::int64_t id = 0;
  GenerationState state = GenerationState::gone;
};

// The rows that claim to be on disk, by generation number; the schema allows one each.
Result<std::map<unsigned, LiveRow>> live_rows(const Database& database, std::int64_t environment) {
  TORCHUP_TRY_ASSIGN(Statement find, database.prepare("SELECT number, id, state FROM generation "
                                                      "WHERE environment = ? AND state IN ('staging', 'active', 'kept')"));
  find.bind(environment);
  std::map<unsigned, LiveRow> rows;
  for (;;) {
    TORCHUP_TRY_ASSIGN(const bool row, find.step());
    if (!row) return rows;
    rows[static_cast<unsigned>(find.integer(0))] = {find.integer(1), state_of(find.text(2))};
  }
}

class Mending {
 public:
  Mending(Database& database, std::int64_t environment, std::string root, std::chrono::sys_seconds now, Diagnostics& diagnostics)
      : m_database(database), m_environment(environment), m_root(std::move(root)), m_now(now), m_diagnostics(diagnostics) {}

  Status set_state(unsigned number, const LiveRow& row, GenerationState state) {
    if (row.state == state) return {};
    const char* failure = state == GenerationState::failed ? "interrupted" : "";
    TORCHUP_TRY_ASSIGN(Statement update,
                       m_database.prepare("UPDATE generation SET state = ?, failure = ?, finished = coalesce(finished, ?) WHERE id = ?"));
    TORCHUP_TRY(update.bind(std::string_view(state_name(state))).bind(std::string_view(failure)).bind(stored(m_now)).bind(row.id).run());
    tell(fmt::format("was {} and is {}", state_name(row.state), state_name(state)), number);
    return {};
  }

  Status add(unsigned number, GenerationState state) {
    TORCHUP_TRY_ASSIGN(Statement insert,
                       m_database.prepare("INSERT INTO generation(environment, number, state, command, started, finished) "
                                          "VALUES (?1, ?2, ?3, '', ?4, ?4)"));
    insert.bind(m_environment).bind(std::int64_t{number}).bind(std::string_view(state_name(state))).bind(stored(m_now));
    TORCHUP_TRY(insert.run());
    tell(fmt::format("was unknown and is {}", state_name(state)), number);
    return {};
  }

  std::size_t count() const { return m_count; }

 private:
  void tell(const std::string& what, unsigned number) {
    ++m_count;
    m_diagnostics.note(fmt::format("ledger mended: generation {} of `{}` {}", number, m_root, what));
  }

  Database& m_database;
  std::int64_t m_environment;
  std::string m_root;
  std::chrono::sys_seconds m_now;
  Diagnostics& m_diagnostics;
  std::size_t m_count = 0;
};

// A generation that was being staged when everything stopped, and is not whole on disk, never came to be.
GenerationState state_when_missing(GenerationState recorded) {
  return recorded == GenerationState::staging ? GenerationState::failed : GenerationState::gone;
}

}  // namespace

Result<std::size_t> Ledger::reconcile(const std::filesystem::path& environment, std::optional<unsigned> current,
                                      const std::vector<unsigned>& on_disk, Diagnostics& diagnostics) {
  TORCHUP_TRY_ASSIGN(Transaction transaction, Transaction::begin(*m_database));
  TORCHUP_TRY_ASSIGN(const std::int64_t environment_id, environment_row(*m_database, environment));
  TORCHUP_TRY_ASSIGN(const auto rows, live_rows(*m_database, environment_id));
  Mending mending(*m_database, environment_id, root_key(environment), m_clock(), diagnostics);

  std::set<unsigned> whole(on_disk.begin(), on_disk.end());
  if (current) whole.insert(*current);

  // `current` comes last: the schema allows one active generation at a time.
  for (const auto& [number, row] : rows) {
    if (current == number) continue;
    TORCHUP_TRY(mending.set_state(number, row, whole.count(number) != 0 ? GenerationState::kept : state_when_missing(row.state)));
  }
  for (const unsigned number : whole) {
    if (rows.count(number) == 0 && current != number) TORCHUP_TRY(mending.add(number, GenerationState::kept));
  }
  if (current) {
    const auto row = rows.find(*current);
    TORCHUP_TRY(row == rows.end() ? mending.add(*current, GenerationState::active)
                                  : mending.set_state(*current, row->second, GenerationState::active));
  }
  TORCHUP_TRY(transaction.commit());
  return mending.count();
}

}  // namespace torchup
