#include "src/validate/shim_host.hpp"

#include "torchup/kernels/run_kernel.hpp"

#include "src/validate/child/report_line.hpp"
#include "src/validate/child/send_report.hpp"
#include "src/validate/shim/torch_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace torchup {

namespace {

void report(const ReportItem& item) { send_report(write_report_line(item)); }

Check check_named(const std::string& id) {
  Check check;
  check.id = id;
  check.level = "numeric";
  check.engine = "torch-c";
  return check;
}

std::string describe(const KernelRun& run) {
  const ErrorMeasurement& error = run.error;
  if (!error.holds()) return fmt::format("{}: error {:.3g}, limit {:.3g}", error.diagnosis, error.value, error.limit);
  return fmt::format("right, error {:.2g} of {:.2g} allowed{}{}", error.value, error.limit, run.times ? "; timed on one thread" : "",
                     run.repeats ? "" : "; other bits the second time");
}

Check judged(const Kernel& kernel, const KernelCase& kernel_case, const std::string& id, const KernelRun& run) {
  Check check = check_named(id);
  if (!run.unsupported.empty()) {
    check.outcome = CheckOutcome::skip;
    check.detail = run.unsupported;
    return check;
  }
  check.outcome = run.error.holds() ? CheckOutcome::pass : CheckOutcome::fail;
  check.detail = describe(run);
  check.measure = run.error.measure;
  check.error = run.error.value;
  check.limit = run.error.limit;
  if (!run.times) return check;
  const Work work = kernel.work(kernel_case);
  check.seconds = run.times->seconds;
  check.rate = work_rate(kernel, work, run.times->seconds);
  check.reference_rate = work_rate(kernel, work, run.times->reference_seconds);
  check.rate_unit = kernel.rate_unit;
  return check;
}

Check failed(const std::string& id, const Error& error) {
  Check check = check_named(id);
  check.outcome = CheckOutcome::fail;
  check.detail = error.message;
  return check;
}

/// The first release whose libraries have all that is needed here.
constexpr std::pair<int, int> k_first_c_interface{2, 4};

/// Whether pip knows of a torch from before the C interface; what cannot be read is new.
bool is_before_c_interface(const std::filesystem::path& site_packages) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(site_packages, error), end; !error && entry != end; entry.increment(error)) {
    int major = 0, minor = 0;
    const std::string name = entry->path().filename().string();
    const char* const rest = name.c_str() + (name.starts_with("libtorch-") ? 3 : 0);  // an archive's, and no wheel's
    if (std::sscanf(rest, "torch-%4d.%4d", &major, &minor) != 2) continue;
    if (entry->path().extension() == ".dist-info") return std::pair(major, minor) < k_first_c_interface;
  }
  return false;
}

/// In a later release a function that is missing is a fault.
Check without_interface(const std::filesystem::path& site_packages, const Error& error) {
  Check check = failed("libtorch", error);
  if (is_before_c_interface(site_packages)) {
    check.outcome = CheckOutcome::skip;
    check.detail = "loads; this torch is older than the C interface of 2.4, and is judged under Python alone";
  }
  return check;
}

/// The installed libtorch, with a report of how it loads; nothing where it is of no use.
std::optional<TorchSymbols> loaded_torch(const std::filesystem::path& library_folder, const std::filesystem::path& site_packages) {
  report(CheckBegins{"libtorch", "numeric"});
  const double start = steady_seconds();
  const auto library = load_torch_library(library_folder, site_packages);
  if (!library) {
    report(failed("libtorch", library.error()));
    return std::nullopt;
  }
  const auto symbols = find_torch_symbols(*library);
  if (!symbols) {
    report(without_interface(site_packages, symbols.error()));
    return std::nullopt;
  }
  Check loaded = check_named("libtorch");
  loaded.seconds = steady_seconds() - start;
  loaded.detail = fmt::format("loads without Python, C interface {}", torch_interface_version(*symbols));
  report(loaded);
  return *symbols;
}

std::string check_id(const Kernel& kernel, const KernelCase& kernel_case) { return fmt::format("{}-{}", kernel.name, kernel_case.name); }

void run_cases(const Kernel& kernel, std::span<const std::string> wanted, Device& torch, Device& reference) {
  for (const KernelCase& kernel_case : kernel.cases()) {
    const std::string id = check_id(kernel, kernel_case);
    if (std::find(wanted.begin(), wanted.end(), id) == wanted.end()) continue;
    report(CheckBegins{id, "numeric"});
    const auto run = run_kernel(kernel, kernel_case, torch, reference);
    report(run ? judged(kernel, kernel_case, id, *run) : failed(id, run.error()));
  }
}

}  // namespace

int run_shim_host(std::span<const std::string> arguments) {
  if (arguments.size() < 3) return 2;
  const std::optional<TorchSymbols> symbols = loaded_torch(arguments[0], arguments[1]);
  if (!symbols) {
    report(ReportEnds{});
    return 0;
  }
  const auto torch = make_torch_device(*symbols);
  const auto reference = make_native_device();
  for (const Kernel* kernel : kernel_table()) run_cases(*kernel, arguments.subspan(2), *torch, *reference);
  report(ReportEnds{});
  // Without torch's own tear-down: what it does at exit is Python's business, and has nothing to prove here.
  ::_exit(0);
}

std::vector<std::string> shim_check_ids() {
  std::vector<std::string> ids;
  for (const Kernel* kernel : kernel_table()) {
    for (const KernelCase& kernel_case : kernel->cases()) ids.push_back(check_id(*kernel, kernel_case));
  }
  return ids;
}

Reporter shim_host_reporter(const std::filesystem::path& self_program, const TorchPlace& torch, const std::vector<std::string>& ids,
                            std::chrono::milliseconds limit) {
  Reporter reporter;
  reporter.command.arguments = {self_program.string(), k_shim_host_command, torch.library_folder.string(), torch.site_packages.string()};
  reporter.command.arguments.insert(reporter.command.arguments.end(), ids.begin(), ids.end());
  reporter.command.environment = environment_without({"LD_PRELOAD", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "MKL_NUM_THREADS"});
  reporter.command.environment.insert(reporter.command.environment.end(), {"OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1"});
  reporter.command.limit = limit;
  reporter.engine = "torch-c";
  reporter.first_check = "libtorch";
  reporter.first_level = "numeric";
  return reporter;
}

Status run_shim_checks(const std::filesystem::path& self_program, const TorchPlace& torch, std::vector<std::string> ids,
                       std::chrono::milliseconds limit, const Cancellation& cancellation, ValidationReport& report) {
  while (!ids.empty()) {
    ValidationReport part;
    TORCHUP_TRY(run_reporter(shim_host_reporter(self_program, torch, ids, limit), cancellation, part));
    const std::size_t before = ids.size();
    for (Check& check : part.checks) {
      ids.erase(std::remove(ids.begin(), ids.end(), check.id), ids.end());
      const auto is_same = [&](const Check& each) { return each.id == check.id; };
      if (std::none_of(report.checks.begin(), report.checks.end(), is_same)) report.checks.push_back(std::move(check));
    }
    if (ids.size() == before) break;  // torch does not even load: trying again would tell the same
  }
  return {};
}

}  // namespace torchup
