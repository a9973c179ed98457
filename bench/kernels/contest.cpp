#include "bench/kernels/contest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace torchup::bench {

namespace {

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

void hold(const Contest& contest, int rounds, double seconds) {
  const std::size_t count = contest.contestants.size();
  for (const Contestant& each : contest.contestants) each.run();
  std::vector<std::vector<double>> times(count);
  const double start = thread_seconds();
  for (int round = 0; round < rounds && (round < 3 || thread_seconds() - start < seconds); ++round) {
    for (std::size_t turn = 0; turn < count; ++turn) {
      const std::size_t index = (turn + static_cast<std::size_t>(round)) % count;
      const double begin = thread_seconds();
      contest.contestants[index].run();
      times[index].push_back(thread_seconds() - begin);
    }
  }
  for (std::size_t index = 0; index < count; ++index) {
    std::string line = fmt::format("{:28} {:9} {:>10.4g} {}", index == 0 ? contest.name : "", contest.contestants[index].engine,
                                   contest.work / quantile(times[index], 0.5), contest.unit);
    if (index > 0) {
      std::vector<double> ratios;
      for (std::size_t round = 0; round < times[0].size(); ++round) ratios.push_back(times[index][round] / times[0][round]);
      line += fmt::format("   ours is {:.2f} times as fast ({:.2f} to {:.2f}, {} rounds)", quantile(ratios, 0.5), quantile(ratios, 0.25),
                          quantile(ratios, 0.75), ratios.size());
    }
    std::puts(line.c_str());
  }
  std::fflush(stdout);
}

}  // namespace torchup::bench
