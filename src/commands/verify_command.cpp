// torchup verify: is this install whole, loadable, right?

#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/report_validation.hpp"
#include "src/validate/validate_environment.hpp"

#include <fmt/format.h>

#include <charconv>

namespace torchup {
namespace {

struct Options {
  std::string env;
  std::vector<std::string> levels = {"load", "numeric"};
  std::string timeout;
};

constexpr unsigned k_longest_timeout = 86'400;

/// The same limit for every process, where one was asked for.
Result<ValidationLimits> limits_of(const Options& options) {
  ValidationLimits limits;
  if (options.timeout.empty()) return limits;
  const std::string& text = options.timeout;
  unsigned seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc() || end != text.data() + text.size() || seconds < 1 || seconds > k_longest_timeout) {
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is no time limit", text),
                    {},
                    {fmt::format("--timeout takes whole seconds, from 1 to {}", k_longest_timeout)}});
  }
  limits.python = limits.shim = limits.feature = std::chrono::seconds(seconds);
  return limits;
}

Result<int> run(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(const ValidationLimits limits, limits_of(options));
  TORCHUP_TRY_ASSIGN(const Environment environment, environment_at(environment_root(application, options.env)));
  if (!environment.current) {
    return failure({ErrorKind::host,
                    fmt::format("`{}` holds no generation yet", environment.root.string()),
                    {},
                    {"`torchup install torch` makes one"}});
  }
  const Ports ports = pipeline_ports(application);
  TORCHUP_TRY_ASSIGN(const ValidationReport report, validate_generation(ports, *environment.current, options.levels, limits));
  return report_validation(application, environment, report);
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.option(k_env_option, options->env);
  parser.choices({"--level", "LIST", "files, load, numeric, features, bench; several by comma (default: load,numeric)"}, options->levels,
                 validation_levels());
  parser.option({"--timeout", "SECONDS", "End a process of checks after this long (default: 300, for features 600)"}, options->timeout);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command verify_command;
const Command verify_command{"verify", "Check that an install is whole, loads, and computes right", define};

}  // namespace torchup
