#pragma once
// The part of a worker whose instructions are counted: run below valgrind's callgrind, which counts within one named function only.
// Used by the worker; count_instructions.cpp is the other side.

#include "torchup/kernels/device.hpp"

#include "src/validate/bench/worker_protocol.hpp"

#include <functional>

namespace torchup {

/// The word at the end of a worker's arguments that makes it count.
constexpr const char* k_count_runs = "count";

/// The function that callgrind counts in, by the name that it has in the program.
constexpr const char* k_counted_function = "torchup_counted_runs";

/// How often each case is run within it: the difference of the two counts is free of what one call costs.
constexpr unsigned k_few_runs = 2, k_many_runs = 12;

/// Larger cases are left out: callgrind takes some fifty times as long as the processor alone.
constexpr double k_most_counted_flops = 20e6;

/// Runs every small case whose numbers alone matter, few times and then many; says which, in the order in which callgrind writes its
/// counts. Gives the exit status.
int count_runs(const std::function<PreparedRun*(const PrepareCase&)>& prepare);

}  // namespace torchup
