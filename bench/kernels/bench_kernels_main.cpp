// bench_kernels [SITE_PACKAGES]: every kernel on one thread beside OpenBLAS, its LAPACK, and the torch that is installed below
// SITE_PACKAGES, in turn in one process. Peers that are not there are left out and named.

#include "torchup/kernels/device.hpp"
#include "torchup/kernels/kernel.hpp"

#include "bench/kernels/contest.hpp"
#include "bench/kernels/peer_libraries.hpp"
#include "kernels/native/attention/attention.hpp"
#include "kernels/native/instruction_set.hpp"
#include "kernels/native/matmul/multiply.hpp"
#include "src/validate/shim/torch_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace torchup::bench {

namespace {

constexpr double k_seconds = 8;  // for one case

struct Peers {
  PeerLibrary blas;
  std::optional<TorchSymbols> symbols;
  std::unique_ptr<Device> torch;
};

Peers find_peers(const char* site_packages) {
  Peers peers;
  peers.blas = load_openblas();
  if (peers.blas.name.empty()) std::puts("libopenblas.so.0 is not there: no BLAS and LAPACK beside ours");
  if (site_packages == nullptr) {
    std::puts("no folder of a torch was named: none beside ours");
    return peers;
  }
  auto symbols = load_torch(std::filesystem::path(site_packages) / "torch" / "lib", site_packages);
  if (!symbols) {
    std::puts(symbols.error().message.c_str());
    return peers;
  }
  peers.symbols = *symbols;
  peers.torch = make_torch_device(*peers.symbols);
  return peers;
}

/// The run of a device as a contestant, or nothing where it cannot run.
std::optional<Contestant> contestant(Device& device, const Kernel& kernel, const KernelCase& kernel_case,
                                     const std::vector<Tensor>& inputs) {
  auto prepared = device.prepare(kernel, kernel_case, inputs);
  if (!prepared || std::holds_alternative<CannotRun>(*prepared)) return std::nullopt;
  const std::shared_ptr<PreparedRun> run = std::move(std::get<std::unique_ptr<PreparedRun>>(*prepared));
  return Contestant{std::string(device.engine()), [run] { static_cast<void>(run->run()); }};
}

std::optional<Contestant> blas_contestant(const PeerLibrary& blas, const Kernel& kernel, const KernelCase& kernel_case,
                                          const std::vector<Tensor>& inputs) {
  const auto size = [&](std::size_t axis) { return static_cast<int>(kernel_case.sizes[axis]); };
  const float* const a = inputs[0].values.data();
  if (kernel.name == "matmul" && blas.sgemm != nullptr) {
    const auto out = std::make_shared<std::vector<float>>(static_cast<std::size_t>(size(0)) * static_cast<std::size_t>(size(1)));
    const float* const b = inputs[1].values.data();
    return Contestant{blas.name, [=] {
                        const int rows = size(0), columns = size(1), depth = size(2);
                        const float one = 1, zero = 0;  // row-major: the transposed product of the transposed matrices
                        blas.sgemm("N", "N", &columns, &rows, &depth, &one, b, &columns, a, &depth, &zero, out->data(), &columns);
                      }};
  }
  if (kernel.name == "eigh" && blas.ssyevd != nullptr) {
    const auto n = static_cast<std::size_t>(size(1));
    const auto values = std::make_shared<std::vector<float>>(n), work = std::make_shared<std::vector<float>>(1 + 6 * n + 2 * n * n);
    const auto vectors = std::make_shared<std::vector<float>>();
    const auto integers = std::make_shared<std::vector<int>>(3 + 5 * n);
    return Contestant{"lapack", [=, &inputs] {
                        *vectors = inputs[0].values;
                        const int order = size(1), work_size = static_cast<int>(work->size());
                        const int integer_size = static_cast<int>(integers->size());
                        for (std::size_t matrix = 0; matrix < static_cast<std::size_t>(size(0)); ++matrix) {
                          int info = 0;
                          blas.ssyevd("V", "L", &order, vectors->data() + matrix * n * n, &order, values->data(), work->data(), &work_size,
                                      integers->data(), &integer_size, &info);
                        }
                      }};
  }
  return std::nullopt;
}

void hold_kernel(const Peers& peers, std::string_view name, const KernelCase& kernel_case) {
  const Kernel& kernel = *find_kernel(name);
  const std::vector<Tensor> inputs = kernel.inputs(kernel_case);
  const auto native = make_native_device();
  Contest contest{
      fmt::format("{} {}", name, kernel_case.name), std::string(kernel.rate_unit), work_rate(kernel, kernel.work(kernel_case), 1), {}};
  contest.contestants.push_back(*contestant(*native, kernel, kernel_case, inputs));
  if (auto blas = blas_contestant(peers.blas, kernel, kernel_case, inputs)) contest.contestants.push_back(std::move(*blas));
  if (peers.torch != nullptr) {
    if (auto torch = contestant(*peers.torch, kernel, kernel_case, inputs)) contest.contestants.push_back(std::move(*torch));
  }
  hold(contest, 60, k_seconds);
}

/// The types that no kernel of the table has.
template <class From, class T>
void hold_product(std::string_view name, int n, GemmFunction<T> gemm, From (*convert)(float)) {
  const KernelCase kernel_case{"", {n, n, n}, 1};
  const std::vector<Tensor> inputs = find_kernel("matmul")->inputs(kernel_case);
  const auto converted = [&](const Tensor& tensor) {
    std::vector<From> values;
    for (const float value : tensor.values) values.push_back(convert(value));
    return values;
  };
  const auto a = converted(inputs[0]), b = converted(inputs[1]);
  std::vector<T> c(a.size());
  Contest contest{fmt::format("{} {}x{}", name, n, n), "GFLOP/s", 2e-9 * n * n * n, {}};
  contest.contestants.push_back(
      {"native", [&] {
         std::fill(c.begin(), c.end(), T{});
         native::multiply_add(native::row_major(a.data(), n), native::row_major(b.data(), n), c.data(), n, {n, n, n});
       }});
  if constexpr (std::is_same_v<From, T>) {
    if (gemm != nullptr) {
      contest.contestants.push_back({"openblas", [&] {
                                       const T one = 1, zero = 0;
                                       gemm("N", "N", &n, &n, &n, &one, b.data(), &n, a.data(), &n, &zero, c.data(), &n);
                                     }});
    }
  }
  hold(contest, 60, k_seconds);
}

void hold_causal_attention() {
  const KernelCase kernel_case{"", {1, 8, 1024, 64}, 1};
  const std::vector<Tensor> inputs = find_kernel("attention")->inputs(kernel_case);
  std::vector<float> out(inputs[0].values.size());
  const auto run = [&](native::Causality causality) {
    native::attention({1, 8, 8, 1024, 1024, 64}, {causality, {}}, inputs[0].values, inputs[1].values, inputs[2].values, out);
  };
  hold({"attention causal 1x8x1024x64",
        "runs/s",
        1,
        {{"native", [&] { run(native::Causality::causal); }}, {"all keys", [&] { run(native::Causality::none); }}}},
       30, k_seconds);
}

int run(int argc, char** argv) {
  const Peers peers = find_peers(argc > 1 ? argv[1] : nullptr);
  fmt::print("instructions: {}; one thread; medians of rates, of ratios round by round with their quartiles\n",
             native::instruction_set_name(native::widest_instruction_set()));
  for (const Kernel* kernel : machine_kernel_table()) hold_kernel(peers, kernel->name, kernel->cases().front());
  for (const std::int64_t n : {64, 256, 1024, 2048}) hold_kernel(peers, "matmul", {fmt::format("{0}x{0}", n), {n, n, n}, 1});
  for (const int n : {1024, 2048}) hold_product<double, double>("matmul float64", n, peers.blas.dgemm, [](float x) { return double{x}; });
  hold_product<native::Bfloat16, float>("matmul bfloat16", 1024, nullptr, native::to_bfloat16);
  for (const std::int64_t n : {8, 32, 64}) hold_kernel(peers, "eigh", {fmt::format("1000x{0}x{0}", n), {1000, n}, 1});
  for (const std::int64_t n : {128, 256, 512}) hold_kernel(peers, "eigh", {fmt::format("1x{0}x{0}", n), {1, n}, 1});
  hold_kernel(peers, "attention", {"1x8x1024x64", {1, 8, 1024, 64}, 1});
  hold_causal_attention();
  for (const char* name : {"elementwise", "reduce"}) hold_kernel(peers, name, find_kernel(name)->cases().front());
  std::fflush(stdout);
  std::_Exit(0);  // without torch's own tear-down
}

}  // namespace

}  // namespace torchup::bench

int main(int argc, char** argv) { return torchup::bench::run(argc, argv); }
