#include "src/validate/bench/stopwatch.hpp"

#include "torchup/kernels/run_kernel.hpp"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace torchup {

namespace {

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

Stopwatch::Stopwatch() : m_waited(seconds_in_queue()), m_switches(switches_so_far()), m_start(steady_seconds()) {}

Sample Stopwatch::sample() const {
  const double seconds = steady_seconds() - m_start;
  return {seconds, seconds_in_queue() - m_waited, switches_so_far() - m_switches};
}

}  // namespace torchup
