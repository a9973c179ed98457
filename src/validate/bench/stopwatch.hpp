#pragma once
// How long something took, and how much of that the process only waited for a processor that others had. Used by the worker.

#include "src/validate/bench/worker_protocol.hpp"

namespace torchup {

/// Seconds that this thread has waited to be run since it began, as the scheduler counts them; 0 where it does not say.
double seconds_in_queue();

/// "1234 56789 12" of /proc/thread-self/schedstat: the second number, in nanoseconds. 0 for anything else.
double seconds_in_queue(std::string_view schedstat);

/// The same with the time at which it was read. Whoever is put aside between the two would count that wait in one of them alone, so
/// it is read again until the two lie close together.
struct QueueReading {
  double waited = 0, at = 0;
};
QueueReading read_queue();

class Stopwatch {
 public:
  Stopwatch();

  /// Of this thread, since the watch was made.
  Sample sample() const;

 private:
  std::uint64_t m_switches;
  QueueReading m_start;
};

}  // namespace torchup
