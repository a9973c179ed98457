#include "src/commands/bench_baseline.hpp"

#include "src/commands/bench_json.hpp"
#include "src/commands/files.hpp"
#include "src/install/install.hpp"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace torchup {
namespace {

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

Result<BenchReport> report_in_file(const std::string& name) {
  TORCHUP_TRY_ASSIGN(const std::string text, read_text_file(name));
  return with_context(read_bench_json(text), fmt::format("while reading `{}`", name));
}

}  // namespace

Result<Baseline> find_baseline(const std::string& name, const Environment& environment) {
  if (name.empty()) return Baseline();
  if (const auto number = number_in(name)) {
    if (*number > UINT32_MAX)
      return failure({ErrorKind::usage, fmt::format("`--against {}` is no generation", name), {}, {"`torchup history` lists them"}});
    TORCHUP_TRY_ASSIGN(Generation generation, read_generation(environment.root, static_cast<unsigned>(*number)));
    return Baseline(std::move(generation));
  }
  std::error_code unknown;
  if (!std::filesystem::is_directory(name, unknown)) {
    TORCHUP_TRY_ASSIGN(BenchReport report, report_in_file(name));
    return Baseline(std::move(report));
  }
  TORCHUP_TRY_ASSIGN(Environment other, environment_at(std::filesystem::absolute(name, unknown).lexically_normal()));
  if (!other.current)
    return failure({ErrorKind::host, fmt::format("`{}` holds no generation yet", name), {}, {"`torchup install torch` makes one"}});
  return Baseline(*std::move(other.current));
}

Result<BenchReport> find_report(Application& application, const std::string& name) {
  const auto number = number_in(name);
  if (!number) return report_in_file(name);
  TORCHUP_TRY_ASSIGN(const Ledger ledger, Ledger::open(application.ledger_file(), application.diagnostics()));
  TORCHUP_TRY_ASSIGN(auto entry, ledger.benchmark(*number));
  if (entry) return std::move(entry->report);
  return failure({ErrorKind::usage, fmt::format("there is no benchmark {}", name), {}, {"`torchup bench history --all` lists them"}});
}

std::optional<BenchReport> newest_report(Application& application, const std::filesystem::path& root) {
  const auto ledger = Ledger::open(application.ledger_file(), application.diagnostics());
  if (!ledger) return std::nullopt;
  auto entries = ledger->benchmarks(root, 1);
  if (!entries || entries->empty()) return std::nullopt;
  return std::move(entries->front().report);
}

}  // namespace torchup
