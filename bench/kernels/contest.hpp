#pragma once
// Several ways to do the same work, timed in turn in one process, so that all see the same machine. Used by bench_kernels.

#include <functional>
#include <string>
#include <vector>

namespace torchup::bench {

struct Contestant {
  std::string engine;
  std::function<void()> run;
};

struct Contest {
  std::string name, unit;
  double work = 0;                      ///< Of one run, in the unit times a second.
  std::vector<Contestant> contestants;  ///< The first is ours.
};

/// Runs each once for nothing, then rounds of all of them, each round beginning with the next, until `rounds` are done or `seconds`
/// have passed. Prints the median rate of each and the median of ours over theirs, round by round. Time is that of the processor
/// spent by this thread, so that other programs on the machine count as little as they can.
void hold(const Contest& contest, int rounds, double seconds);

}  // namespace torchup::bench
