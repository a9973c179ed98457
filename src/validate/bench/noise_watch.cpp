#include "src/validate/bench/noise_watch.hpp"

#include "torchup/kernels/run_kernel.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <unistd.h>
#include <vector>

namespace torchup {

namespace {

constexpr double k_worth_telling = 0.05;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::string text(4096, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::uint64_t number_after(std::string_view text, std::string_view name) {
  const std::size_t place = text.find(name);
  if (place == std::string_view::npos) return 0;
  std::uint64_t number = 0;
  std::from_chars(text.data() + place + name.size(), text.data() + text.size(), number);
  return number;
}

/// The statistics of this process's own control group, of version 2 or 1.
std::string control_group_statistics() {
  const std::string groups = text_of("/proc/self/cgroup");
  std::size_t start = 0;
  while (start < groups.size()) {
    const std::size_t end = std::min(groups.find('\n', start), groups.size());
    const std::string_view line = std::string_view(groups).substr(start, end - start);
    start = end + 1;
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string path(line.substr(second + 1));
    if (controllers.empty()) {
      if (std::string text = text_of("/sys/fs/cgroup" + path + "/cpu.stat"); !text.empty()) return text;
    } else if (controllers.find("cpu") == 0 && controllers.find("cpuset") != 0) {
      if (std::string text = text_of("/sys/fs/cgroup/cpu" + path + "/cpu.stat"); !text.empty()) return text;
    }
  }
  return text_of("/sys/fs/cgroup/cpu.stat");
}

}  // namespace

double pressure_seconds(std::string_view pressure) {
  const std::size_t line = pressure.find("some ");
  return line == std::string_view::npos ? 0 : static_cast<double>(number_after(pressure.substr(line), "total=")) * 1e-6;
}

double stolen_seconds(std::string_view stat, long ticks_per_second) {
  constexpr int k_steal = 8;
  if (stat.compare(0, 4, "cpu ") != 0 || ticks_per_second <= 0) return 0;
  std::size_t place = 3;
  std::uint64_t number = 0;
  for (int field = 0; field < k_steal; ++field) {
    place = stat.find_first_not_of(' ', place);
    if (place == std::string_view::npos) return 0;
    const auto [end, error] = std::from_chars(stat.data() + place, stat.data() + stat.size(), number);
    if (error != std::errc()) return 0;
    place = static_cast<std::size_t>(end - stat.data());
  }
  return static_cast<double>(number) / static_cast<double>(ticks_per_second);
}

std::uint64_t throttlings(std::string_view cpu_stat) { return number_after(cpu_stat, "nr_throttled "); }

NoiseCounters read_noise() {
  return {pressure_seconds(text_of("/proc/pressure/cpu")), stolen_seconds(text_of("/proc/stat"), ::sysconf(_SC_CLK_TCK)),
          throttlings(control_group_statistics()), steady_seconds()};
}

std::string describe_noise(const NoiseCounters& before, const NoiseCounters& after) {
  const double seconds = after.at - before.at;
  if (!(seconds > 0)) return {};
  std::vector<std::string> parts;
  const double pressure = (after.pressure_seconds - before.pressure_seconds) / seconds;
  if (pressure > k_worth_telling) parts.push_back(fmt::format("something waited for a processor {:.0f} % of the time", pressure * 100));
  const double stolen = (after.stolen_seconds - before.stolen_seconds) / seconds;
  if (stolen > k_worth_telling) parts.push_back(fmt::format("the hypervisor took {:.0f} % of a processor", stolen * 100));
  if (after.throttlings > before.throttlings)
    parts.push_back(fmt::format("the processor quota was used up {} times", after.throttlings - before.throttlings));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace torchup
