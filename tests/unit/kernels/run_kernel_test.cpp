#include "torchup/kernels/run_kernel.hpp"

#include "tests/unit/kernels/faults.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace torchup;
using test::case_of;
using test::kernel;

namespace {

/// A run that takes the next of its durations on a clock of its own.
class ScriptedRun final : public PreparedRun {
 public:
  ScriptedRun(double& now, std::vector<double> durations, std::string& log, char letter)
      : m_now(now), m_durations(std::move(durations)), m_log(log), m_letter(letter) {}

  Status run() override {
    m_now += m_durations[m_next++ % m_durations.size()];
    m_log += m_letter;
    return {};
  }
  Result<std::vector<Tensor>> outputs() override { return std::vector<Tensor>{}; }

 private:
  double& m_now;
  std::vector<double> m_durations;
  std::string& m_log;
  char m_letter;
  std::size_t m_next = 0;
};

/// Our own kernels with a fault planted after each run.
class FaultyDevice final : public Device {
 public:
  std::string_view engine() const override { return "faulty"; }

  Result<std::variant<std::unique_ptr<PreparedRun>, CannotRun>> prepare(const Kernel& kernel, const KernelCase& kernel_case,
                                                                        const std::vector<Tensor>& inputs) override {
    if (kernel.name == "eigh") return CannotRun{"no eigh here"};
    class Run final : public PreparedRun {
     public:
      explicit Run(std::vector<Tensor> outputs) : m_outputs(std::move(outputs)) {}
      Status run() override { return {}; }
      Result<std::vector<Tensor>> outputs() override {
        m_outputs[0].values[0] += 1;
        return m_outputs;
      }

     private:
      std::vector<Tensor> m_outputs;
    };
    return std::make_unique<Run>(test::run_native(kernel, kernel_case, inputs));
  }
};

}  // namespace

TEST_CASE("timing warms both up, takes turns and gives medians") {
  double now = 0;
  std::string log;
  ScriptedRun measured(now, {9, 1, 5, 2}, log, 'm');  // the 9 is the warm-up
  ScriptedRun reference(now, {8, 3, 3, 7}, log, 'r');
  const auto times = time_interleaved(measured, reference, 3, 1000, [&] { return now; });
  REQUIRE(times);
  CHECK(times->seconds == 2);
  CHECK(times->reference_seconds == 3);
  CHECK(log == "mrmrmrmr");
}

TEST_CASE("timing stops at its budget, after one round at least") {
  double now = 0;
  std::string log;
  ScriptedRun measured(now, {10}, log, 'm');
  ScriptedRun reference(now, {10}, log, 'r');
  REQUIRE(time_interleaved(measured, reference, 100, 5, [&] { return now; }));
  CHECK(log == "mrmr");
}

TEST_CASE("a device with right numbers is timed beside the yardstick") {
  const auto device = make_native_device(), reference = make_native_device();
  const Kernel& matmul = kernel("matmul");
  double now = 0;
  const auto run = run_kernel(matmul, case_of(matmul, "512x512"), *device, *reference, [&] { return now += 0.5; });
  REQUIRE(run);
  CHECK(run->error.holds());
  REQUIRE(run->times);
  CHECK(run->times->seconds == 0.5);
}

TEST_CASE("a device with wrong numbers is not timed") {
  FaultyDevice device;
  const auto reference = make_native_device();
  const Kernel& matmul = kernel("matmul");
  const auto run = run_kernel(matmul, case_of(matmul, "512x512"), device, *reference);
  REQUIRE(run);
  CHECK_FALSE(run->error.holds());
  CHECK_FALSE(run->times);
}

TEST_CASE("what a device cannot run is told with its reason") {
  FaultyDevice device;
  const auto reference = make_native_device();
  const Kernel& eigh = kernel("eigh");
  const auto run = run_kernel(eigh, case_of(eigh, "8x31x31"), device, *reference);
  REQUIRE(run);
  CHECK(run->unsupported == "no eigh here");
}

TEST_CASE("the table holds every kernel once, by name, with cases of different names") {
  std::vector<std::string> names;
  for (const Kernel* each : kernel_table()) {
    names.emplace_back(each->name);
    std::vector<std::string> cases;
    for (const KernelCase& kernel_case : each->cases()) cases.push_back(kernel_case.name);
    std::sort(cases.begin(), cases.end());
    CHECK(std::adjacent_find(cases.begin(), cases.end()) == cases.end());
  }
  CHECK(names == std::vector<std::string>{"attention", "eigh", "elementwise", "matmul", "reduce"});
  CHECK(find_kernel("fft") == nullptr);
}

TEST_CASE("inputs are the same on every run") {
  for (const Kernel* each : kernel_table()) {
    const KernelCase smallest = each->cases().back();
    CHECK(each->inputs(smallest) == each->inputs(smallest));
  }
  const Kernel& matmul = kernel("matmul");
  CHECK(matmul.inputs(case_of(matmul, "512x512"))[0].values[0] == -3082908 * 0x1p-23F);
}
