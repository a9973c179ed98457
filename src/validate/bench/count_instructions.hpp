#pragma once
// Instructions that torch's operators take, exactly, with valgrind's callgrind: the same on a loaded machine as on a quiet one, so
// the measure for CI. Used by `bench --instructions`.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/bench_report.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The path of valgrind on PATH; ErrorKind::host where it is not installed.
Result<std::string> find_valgrind();

/// Of torch without Python, for each case whose numbers alone matter, on one thread. Fails as
/// find_valgrind does; what else goes wrong is ErrorKind::validation.
Result<std::vector<InstructionCount>> count_instructions(const std::filesystem::path& self_program,
                                                         const std::filesystem::path& site_packages, Diagnostics& diagnostics,
                                                         const Cancellation& cancellation);

/// The total of callgrind's file: its line "totals: N". Nothing where it has none.
std::optional<std::uint64_t> callgrind_total(std::string_view text);

/// What one run takes, of the totals of few and of many.
std::optional<std::uint64_t> instructions_of_one(std::uint64_t few, std::uint64_t many);

}  // namespace torchup
