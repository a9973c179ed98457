#include "src/validate/bench/bench_worker.hpp"
#include "src/validate/child/child_process.hpp"

#include <string_view>

namespace torchup {

std::string_view embedded_bench_runner();

WorkerCommand python_worker_command(const std::filesystem::path& python, std::optional<unsigned> processor) {
  WorkerCommand command;
  command.arguments = {python.string(), "-I", "-c", std::string(embedded_bench_runner())};
  command.environment = environment_without({"PYTHON*", "LD_PRELOAD"});
  if (processor) {
    command.environment = worker_command(python, "", processor).environment;
    command.processor = processor;
  }
  return command;
}

}  // namespace torchup
