#include "src/validate/shim_host.hpp"

#include "torchup/kernels/run_kernel.hpp"

#include "src/validate/child/report_line.hpp"
#include "src/validate/shim/torch_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace torchup {

namespace {

void report(const ReportItem& item) {
  const std::string line = write_report_line(item);
  std::size_t done = 0;
  while (done < line.size()) {
    const auto written = ::write(k_report_descriptor, line.data() + done, line.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) ::_exit(1);  // nobody listens any more
    done += static_cast<std::size_t>(written);
  }
}

Check check_named(const std::string& id) {
  Check check;
  check.id = id;
  check.level = "numeric";
  check.engine = "torch-c";
  return check;
}

std::string describe(const KernelRun& run) {
  if (!run.error.holds()) return fmt::format("{}: error {:.3g}, limit {:.3g}", run.error.diagnosis, run.error.value, run.error.limit);
  return run.times ? "right against float64; timed on one thread" : "right against float64";
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
  report(CheckBegins{"libtorch", "numeric"});
  const double start = steady_seconds();
  const auto symbols = load_torch(arguments[0], arguments[1]);
  if (!symbols) {
    report(failed("libtorch", symbols.error()));
    report(ReportEnds{});
    return 0;
  }
  Check loaded = check_named("libtorch");
  loaded.seconds = steady_seconds() - start;
  loaded.detail = fmt::format("loads without Python, C interface {}", torch_interface_version(*symbols));
  report(loaded);

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
