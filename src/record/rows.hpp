#pragma once
// How the ledger's values stand in its rows, and the row that an environment's generation has. Used inside src/record only.

#include "src/record/database.hpp"
#include "src/record/ledger.hpp"

#include <filesystem>
#include <string>

namespace torchup {

/// The key of an environment: absolute, without `.`, `..` and a slash at the end.
std::string root_key(const std::filesystem::path& environment);

/// The environment's row, made if it is not there.
Result<std::int64_t> environment_row(Database& database, const std::filesystem::path& environment);

/// The newest row of a generation's number; ErrorKind::internal where it was never begun.
Result<std::int64_t> generation_row(const Database& database, const std::filesystem::path& environment, unsigned generation);

/// The state of that stored name; a name that the schema does not allow counts as gone.
GenerationState state_of(std::string_view name);

std::int64_t stored(std::chrono::sys_seconds time);
std::chrono::sys_seconds time_of(std::int64_t stored_seconds);

/// A count of bytes as SQLite's signed integer; what does not fit becomes the largest.
std::int64_t stored_bytes(std::uint64_t bytes);

/// A measured number; what is no number becomes 0, since SQLite would store it as nothing.
double stored_real(double value);

}  // namespace torchup
