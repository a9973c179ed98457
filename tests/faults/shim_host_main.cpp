// The program that tests start in torchup's place as the shim host and as a benchmark's worker.

#include "src/validate/bench/bench_worker.hpp"
#include "src/validate/shim_host.hpp"

#include <csignal>
#include <string>
#include <vector>

int main(int count, char** values) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> arguments(values + 1, values + count);
  if (arguments.empty()) return 2;
  const auto rest = std::span(arguments).subspan(1);
  if (arguments.front() == torchup::k_shim_host_command) return torchup::run_shim_host(rest);
  if (arguments.front() == torchup::k_bench_worker_command) return torchup::run_bench_worker(rest);
  return 2;
}
