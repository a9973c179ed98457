#include "src/bench_environment.hpp"

#include "torchup/system/hash.hpp"

#include "src/host_python.hpp"
#include "src/validate/bench/bench_worker.hpp"
#include "src/validate/bench/run_bench.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <system_error>

namespace torchup {
namespace {

/// What libraries that torch is made of read.
constexpr std::array<std::string_view, 12> k_variables = {"ATEN_",   "CUBLAS_", "CUDA_", "DNNL_",   "GLIBC_TUNABLES", "KMP_",
                                                          "MALLOC_", "MKL_",    "OMP_",  "ONEDNN_", "PYTORCH_",       "TORCH_"};

std::string variables_of_workers() {
  std::vector<std::string> told;
  for (const std::string& variable : worker_command("", "", std::nullopt).environment) {
    const auto counts = [&](std::string_view name) { return variable.compare(0, name.size(), name) == 0; };
    if (std::any_of(k_variables.begin(), k_variables.end(), counts)) told.push_back(variable);
  }
  std::sort(told.begin(), told.end());
  return fmt::format("{}", fmt::join(told, " "));
}

/// Hundreds of names, as a short one.
std::string digest_of(const std::vector<std::string>& names) {
  const std::string text = fmt::format("{}", fmt::join(names, " "));
  return sha256(std::as_bytes(std::span(text))).hex().substr(0, 16);
}

void add_processor(Fingerprint& fingerprint, const HostFacts& facts) {
  if (const auto* cpu = value_of(facts.cpu)) {
    fingerprint.emplace_back("cpu", fmt::format("{}, {}", cpu->model, cpu->level));
    fingerprint.emplace_back("cpu flags", digest_of(cpu->features));
    if (cpu->saved_state) fingerprint.emplace_back("cpu saved state", fmt::format("{:#x}", *cpu->saved_state));
    fingerprint.emplace_back("cpu usable cores", fmt::format("{:g}", cpu->usable_cores));
  }
  if (const auto* conditions = value_of(facts.conditions)) {
    if (!conditions->governor.empty()) fingerprint.emplace_back("cpu governor", conditions->governor);
    if (conditions->boost) fingerprint.emplace_back("cpu boost", *conditions->boost ? "on" : "off");
    if (conditions->smt) fingerprint.emplace_back("cpu threads share cores", *conditions->smt ? "yes" : "no");
  }
}

void add_accelerators(Fingerprint& fingerprint, const HostFacts& facts) {
  for (const auto& [driver, evidence] : facts.drivers)
    fingerprint.emplace_back("driver " + driver.kind, driver.version ? driver.version->text() : "version not known");
  std::size_t place = 0;
  for (const auto& [gpu, evidence] : facts.accelerators) {
    std::string text = fmt::format("{} ({})", gpu.name, gpu.architecture);
    if (gpu.nvidia) {
      text += fmt::format(", {}", gpu.nvidia->uuid);
      for (const MigInstance& part : gpu.nvidia->instances) text += fmt::format(", {}", part.uuid);
      if (gpu.nvidia->ecc) text += *gpu.nvidia->ecc ? ", ECC" : ", no ECC";
    }
    fingerprint.emplace_back(fmt::format("gpu {}", place++), std::move(text));
  }
}

BenchSide side_of(const Generation& generation) { return {generation.python, generation.site_packages}; }

bool has_torch(const Generation& generation) {
  std::error_code unknown;
  return std::filesystem::exists(generation.site_packages / "torch" / "lib", unknown);
}

std::string change_text(const Verdict& verdict) {
  return fmt::format("{} {} ({}): {:.1f} % more time ({:.1f} to {:.1f} %)", verdict.kernel, verdict.kernel_case, verdict.engine,
                     verdict.change * 100, verdict.interval.low * 100, verdict.interval.high * 100);
}

}  // namespace

Fingerprint bench_fingerprint(HostSystem& host) {
  const HostFacts facts = probe_host_alone(host);
  Fingerprint fingerprint;
  add_processor(fingerprint, facts);
  if (const auto* os = value_of(facts.os)) fingerprint.emplace_back("kernel", os->kernel);
  add_accelerators(fingerprint, facts);
  fingerprint.emplace_back("threads", "1");
  fingerprint.emplace_back("variables", variables_of_workers());
  fingerprint.emplace_back("reference", fmt::format("{}", k_reference_version));
  return fingerprint;
}

Result<BenchReport> bench_generation(const Ports& ports, const Generation& generation, const EnvironmentBench& bench) {
  const BenchWish wish{.side = side_of(generation),
                       .baseline = bench.baseline ? std::optional(side_of(*bench.baseline)) : std::nullopt,
                       .self_program = ports.self,
                       .engines = bench.engines,
                       .kernels = bench.kernels,
                       .quick = bench.quick,
                       .guide = bench.guide,
                       .gate = bench.gate};
  TORCHUP_TRY_ASSIGN(BenchReport report, run_bench(wish, ports.diagnostics, ports.cancellation));
  report.fingerprint = bench_fingerprint(ports.this_host);
  return report;
}

Status pass_speed_gate(const Ports& ports, const Generation& now, const Generation& before, double gate) {
  if (!has_torch(now) || !has_torch(before)) return {};
  ports.diagnostics.note("comparing the new generation's speed with the old one's");
  TORCHUP_TRY_ASSIGN(const BenchReport report,
                     bench_generation(ports, now, {.engines = {"torch-c"}, .baseline = before, .quick = true, .gate = gate}));
  Error refused{ErrorKind::validation,
                fmt::format("the new generation is slower than the old one by more than {:g} %; the environment is as it was", gate * 100),
                {},
                {"`torchup upgrade` without `--gate` takes it all the same"}};
  for (const Verdict& verdict : report.verdicts) {
    if (verdict.kind == VerdictKind::regressed) {
      refused.context.push_back(change_text(verdict));
    } else if (!verdict.reason.empty()) {
      ports.diagnostics.warn(
          fmt::format("whether {} {} is slower cannot be told: {}", verdict.kernel, verdict.kernel_case, verdict.reason));
    }
  }
  if (report.verdicts.empty())
    ports.diagnostics.warn("whether the new generation is slower cannot be told: nothing could be timed in both");
  if (refused.context.empty()) return {};
  return failure(std::move(refused));
}

}  // namespace torchup
