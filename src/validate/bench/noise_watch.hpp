#pragma once
// What disturbed the machine while something was measured: other programs, the hypervisor, a quota. Read before and after; the
// difference is told where a verdict is inconclusive.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace torchup {

/// Counters that only grow; what the system does not tell is 0.
struct NoiseCounters {
  double pressure_seconds = 0;    ///< In which something waited for a processor (PSI).
  double stolen_seconds = 0;      ///< That the hypervisor gave to others.
  std::uint64_t throttlings = 0;  ///< How often the control group's quota was used up.
  double at = 0;                  ///< Seconds on a clock that never goes back.
};

/// Of this machine and this process's control group, now.
NoiseCounters read_noise();

/// "some avg10=… total=275767674" of /proc/pressure/cpu, in seconds; 0 for anything else.
double pressure_seconds(std::string_view pressure);
/// The eighth number of /proc/stat's first line, in seconds; 0 for anything else.
double stolen_seconds(std::string_view stat, long ticks_per_second);
/// `nr_throttled` of a control group's cpu.stat; 0 for anything else.
std::uint64_t throttlings(std::string_view cpu_stat);

/// "something waited for a processor 76 % of the time, the hypervisor took 3 %"; empty where nothing is worth telling.
std::string describe_noise(const NoiseCounters& before, const NoiseCounters& after);

}  // namespace torchup
