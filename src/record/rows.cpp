#include "src/record/rows.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

namespace torchup {
namespace {

constexpr std::array<std::pair<GenerationState, const char*>, 5> k_states = {{{GenerationState::staging, "staging"},
                                                                              {GenerationState::active, "active"},
                                                                              {GenerationState::kept, "kept"},
                                                                              {GenerationState::failed, "failed"},
                                                                              {GenerationState::gone, "gone"}}};

}  // namespace

const char* state_name(GenerationState state) {
  for (const auto& [known, name] : k_states) {
    if (known == state) return name;
  }
  return "gone";
}

GenerationState state_of(std::string_view name) {
  for (const auto& [state, known] : k_states) {
    if (known == name) return state;
  }
  return GenerationState::gone;
}

std::string root_key(const std::filesystem::path& environment) {
  std::error_code no_working_folder;
  const std::filesystem::path absolute = std::filesystem::absolute(environment, no_working_folder);
  std::string key = (no_working_folder ? environment : absolute).lexically_normal().string();
  while (key.size() > 1 && key.back() == '/') key.pop_back();
  return key;
}

Result<std::int64_t> environment_row(Database& database, const std::filesystem::path& environment) {
  const std::string root = root_key(environment);
  TORCHUP_TRY_ASSIGN(Statement insert, database.prepare("INSERT INTO environment(root) VALUES (?) ON CONFLICT DO NOTHING"));
  TORCHUP_TRY(insert.bind(root).run());
  TORCHUP_TRY_ASSIGN(Statement find, database.prepare("SELECT id FROM environment WHERE root = ?"));
  TORCHUP_TRY(find.bind(root).step());
  return find.integer(0);
}

Result<std::int64_t> generation_row(const Database& database, const std::filesystem::path& environment, unsigned generation) {
  const std::string root = root_key(environment);
  TORCHUP_TRY_ASSIGN(Statement find,
                     database.prepare("SELECT generation.id FROM generation JOIN environment ON environment.id = environment "
                                      "WHERE root = ? AND number = ? ORDER BY generation.id DESC LIMIT 1"));
  TORCHUP_TRY_ASSIGN(const bool found, find.bind(root).bind(std::int64_t{generation}).step());
  if (!found) return failure({ErrorKind::internal, fmt::format("the ledger knows no generation {} of `{}`", generation, root), {}, {}});
  return find.integer(0);
}

std::int64_t stored(std::chrono::sys_seconds time) { return time.time_since_epoch().count(); }
std::chrono::sys_seconds time_of(std::int64_t stored_seconds) { return std::chrono::sys_seconds(std::chrono::seconds(stored_seconds)); }

std::int64_t stored_bytes(std::uint64_t bytes) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  return bytes > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(bytes);
}

double stored_real(double value) { return std::isfinite(value) ? value : 0; }

}  // namespace torchup
