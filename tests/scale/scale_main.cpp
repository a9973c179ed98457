// Solves one made-up graph and prints what it took: `make bench-scale` runs it for 1,000 to 100,000 packages. Fails where that is
// more memory than a resolution may take.

#include "tests/scale/made_up_graph.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <string_view>
#include <sys/resource.h>

using namespace torchup;
using namespace torchup::test;

namespace {

constexpr double k_most_megabytes = 150;

// Of this process, so that what else runs on the machine has little part in it.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view wanted = count == 3 ? words[1] : "";
  const std::uint32_t packages = count == 3 ? static_cast<std::uint32_t>(std::strtoul(words[2], nullptr, 10)) : 0;
  for (const GraphKind kind : k_graph_kinds) {
    if (text(kind) != wanted || packages == 0) continue;
    const MadeUpGraph graph(kind, packages);
    const double start = cpu_seconds();
    Solver solver(graph.request());
    const Question end = graph.solve(solver);
    const double seconds = cpu_seconds() - start;
    const auto* solved = std::get_if<Solved>(&end);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const Effort effort = solver.effort();
    const double megabytes = static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
    const double chosen = solved != nullptr ? static_cast<double>(solved->pins.size()) : 0;
    fmt::print(
        "{:8} {:7} packages {:7.0f} chosen  {:7.3f} s  {:6.1f} ns per n log n  {:8} decisions {:7} conflicts {:9} rules  {:5.0f} MB\n",
        wanted, packages, chosen, seconds, seconds * 1e9 / (packages * std::log2(packages)), effort.decisions, effort.conflicts,
        effort.propagations, megabytes);
    if (megabytes > k_most_megabytes) fmt::print(stderr, "{:.0f} MB are more than {:.0f}\n", megabytes, k_most_megabytes);
    return solved != nullptr && megabytes <= k_most_megabytes ? 0 : 1;
  }
  fmt::print(stderr, "usage: bench_scale chain|fan|layers|backing PACKAGES\n");
  return 2;
}
