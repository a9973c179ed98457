#include "src/validate/bench/stopwatch.hpp"

#include "torchup/kernels/run_kernel.hpp"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace torchup {

namespace {

constexpr double k_close = 100e-6;  // reading takes a tenth of it

std::uint64_t switches_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nivcsw);
}

}  // namespace

double seconds_in_queue(std::string_view schedstat) {
  const std::size_t space = schedstat.find(' ');
  if (space == std::string_view::npos) return 0;
  std::uint64_t nanoseconds = 0;
  std::from_chars(schedstat.data() + space + 1, schedstat.data() + schedstat.size(), nanoseconds);
  return static_cast<double>(nanoseconds) * 1e-9;
}

double seconds_in_queue() {
  const int file = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::array<char, 128> text;
  const ssize_t got = ::read(file, text.data(), text.size());
  ::close(file);
  return got > 0 ? seconds_in_queue(std::string_view(text.data(), static_cast<std::size_t>(got))) : 0;
}

QueueReading read_queue() {
  constexpr int k_tries = 20;
  QueueReading reading;
  for (int i = 0; i < k_tries; ++i) {
    const double before = steady_seconds();
    reading = {seconds_in_queue(), steady_seconds()};
    if (reading.at - before < k_close) break;
  }
  return reading;
}

Stopwatch::Stopwatch() : m_switches(switches_so_far()), m_start(read_queue()) {}

Sample Stopwatch::sample() const {
  const QueueReading end = read_queue();
  return {end.at - m_start.at, end.waited - m_start.waited, switches_so_far() - m_switches};
}

}  // namespace torchup
