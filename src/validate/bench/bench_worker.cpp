#include "src/validate/bench/bench_worker.hpp"

#include "torchup/kernels/device.hpp"
#include "torchup/kernels/run_kernel.hpp"

#include "src/validate/bench/blas_device.hpp"
#include "src/validate/bench/counted_runs.hpp"
#include "src/validate/bench/stopwatch.hpp"
#include "src/validate/child/child_process.hpp"
#include "src/validate/child/send_report.hpp"
#include "src/validate/shim/torch_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <unistd.h>

namespace torchup {

namespace {

void say(const WorkerReply& reply) { send_report(write_reply(reply)); }

/// The engine with all that it rests on.
struct Engine {
  std::unique_ptr<TorchSymbols> symbols;  // before the device, which refers to it
  std::unique_ptr<Device> device;
  std::string version;
};

Result<Engine> make_engine(std::span<const std::string> arguments) {
  Engine engine;
  if (arguments[0] == "blas") {
    TORCHUP_TRY_ASSIGN(BlasLibrary blas, load_blas());
    engine.device = std::move(blas.device);
    engine.version = std::move(blas.version);
  } else if (arguments[0] == "torch-c" && arguments.size() >= 3) {
    TORCHUP_TRY_ASSIGN(TorchSymbols symbols, load_torch(arguments[1], arguments[2]));
    engine.symbols = std::make_unique<TorchSymbols>(symbols);
    engine.device = make_torch_device(*engine.symbols);
    engine.version = torch_interface_version(*engine.symbols);
  } else {
    engine.device = make_native_device();
  }
  return engine;
}

const KernelCase* find_case(const std::vector<KernelCase>& cases, const std::string& name) {
  const auto found = std::find_if(cases.begin(), cases.end(), [&](const KernelCase& each) { return each.name == name; });
  return found == cases.end() ? nullptr : &*found;
}

WorkerReply reply_of(const Error& error) { return CaseFailed{error.message}; }

/// The case that is ready, and what it answers to each request.
class Bench {
 public:
  explicit Bench(Device& device) : m_device(device) {}

  WorkerReply operator()(const PrepareCase& request) {
    m_run.reset();
    const Kernel* const kernel = find_kernel(request.kernel);
    if (kernel == nullptr) return CaseRefused{fmt::format("there is no kernel `{}`", request.kernel)};
    const std::vector<KernelCase> cases = kernel->cases();
    const KernelCase* const kernel_case = find_case(cases, request.kernel_case);
    if (kernel_case == nullptr) return CaseRefused{fmt::format("`{}` has no case `{}`", request.kernel, request.kernel_case)};
    m_inputs = kernel->inputs(*kernel_case);
    auto prepared = m_device.prepare(*kernel, *kernel_case, m_inputs);
    if (!prepared) return reply_of(prepared.error());
    if (const auto* refused = std::get_if<CannotRun>(&*prepared)) return CaseRefused{refused->reason};
    m_run = std::move(std::get<std::unique_ptr<PreparedRun>>(*prepared));
    return request.judge ? judged(*kernel, *kernel_case) : WorkerReply(CaseReady{});
  }

  WorkerReply operator()(const RunCase& request) {
    if (m_run == nullptr) return CaseFailed{"no case is ready"};
    const Stopwatch watch;
    for (std::uint32_t i = 0; i < request.runs; ++i) {
      if (const Status ran = m_run->run(); !ran) return reply_of(ran.error());
    }
    return watch.sample();
  }

  WorkerReply operator()(const RunGuide&) { return CaseRefused{"the guide's protocol is run by Python"}; }

  PreparedRun* ready() { return m_run.get(); }

 private:
  WorkerReply judged(const Kernel& kernel, const KernelCase& kernel_case) {
    if (const Status ran = m_run->run(); !ran) return reply_of(ran.error());
    const auto outputs = m_run->outputs();
    if (!outputs) return reply_of(outputs.error());
    return CaseReady{kernel.measure(kernel_case, m_inputs, *outputs)};
  }

  Device& m_device;
  std::vector<Tensor> m_inputs;
  std::unique_ptr<PreparedRun> m_run;
};

std::vector<std::string> pinned_environment() {
  std::vector<std::string> environment =
      environment_without({"LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHON*", "OMP_*", "MKL_*", "OPENBLAS_*", "KMP_*", "GOTO_*"});
  environment.insert(environment.end(), {"OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"});
  return environment;
}

}  // namespace

int run_bench_worker(std::span<const std::string> arguments) {
  if (arguments.empty()) return 2;
  auto engine = make_engine(arguments);
  if (!engine) {
    say(CaseFailed{engine.error().message});
    return 0;
  }
  Bench bench(*engine->device);
  if (arguments.back() == k_count_runs)
    return count_runs([&](const PrepareCase& request) -> PreparedRun* {
      static_cast<void>(bench(request));
      return bench.ready();
    });
  say(WorkerReady{engine->version, 1});
  for (std::string line; std::getline(std::cin, line);) {
    const auto request = read_request(line);
    say(request ? std::visit(bench, *request) : reply_of(request.error()));
  }
  // Without torch's own tear-down: what it does at exit has nothing to prove here.
  ::_exit(0);
}

WorkerCommand worker_command(const std::filesystem::path& self_program, const std::string& engine, std::optional<unsigned> processor) {
  return {{self_program.string(), k_bench_worker_command, engine}, pinned_environment(), processor};
}

WorkerCommand torch_worker_command(const std::filesystem::path& self_program, const std::filesystem::path& site_packages,
                                   std::optional<unsigned> processor) {
  WorkerCommand command = worker_command(self_program, "torch-c", processor);
  command.arguments.push_back((site_packages / "torch" / "lib").string());
  command.arguments.push_back(site_packages.string());
  return command;
}

}  // namespace torchup
