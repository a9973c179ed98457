#pragma once
// Measures an environment's torch beside our own kernels and the system's BLAS, and judges it against another environment in the
// same rounds. The one function of this folder that the pipeline and `torchup bench` call.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/bench_report.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// One environment; paths absolute.
struct BenchSide {
  std::filesystem::path python, site_packages;
};

struct BenchWish {
  BenchSide side;
  std::optional<BenchSide> baseline;   ///< Compared with, in the same rounds.
  std::filesystem::path self_program;  ///< This program, to start workers from.
  std::vector<std::string> engines;    ///< Some of bench_engines(); our own kernels run in any case.
  std::vector<std::string> kernels;    ///< Some of bench_kernels(); all where there are none.
  bool quick = false;                  ///< Fewer launches and rounds.
  bool guide = false;                  ///< The protocol of the guides, too.
  double gate = 0.05;
  std::uint64_t seed = 1;  ///< Of the order within rounds.
};

/// "native", "blas", "torch-c", "torch-python"
const std::vector<std::string>& bench_engines();

/// What can be named: kernels, "matmul", and single cases, "matmul-512x512".
std::vector<std::string> bench_kernels();

/// All but the fingerprint and the instructions. What becomes of a worker is in the report; a name that is none is
/// ErrorKind::usage, a system that starts no process ErrorKind::host, the user's Ctrl-C ErrorKind::interrupted.
Result<BenchReport> run_bench(const BenchWish& wish, Diagnostics& diagnostics, const Cancellation& cancellation);

}  // namespace torchup
