#include "src/commands/doctor_input.hpp"

#include "src/commands/environment_options.hpp"
#include "src/configured_indexes.hpp"
#include "src/record/ledger.hpp"

#include <fmt/chrono.h>

#include <system_error>

namespace torchup {
std::filesystem::path examined_root(Application& application, const std::string& env) {
  if (env.empty() && !application.this_host().environment("VIRTUAL_ENV")) {
    if (const auto conda = application.this_host().environment("CONDA_PREFIX")) return environment_root(application, *conda);
  }
  return environment_root(application, env);
}

Result<std::optional<InstalledEnvironment>> examined_environment(Application& application, const std::string& env) {
  auto environment = read_installed_environment(examined_root(application, env));
  if (environment) return std::optional(*std::move(environment));
  const bool active = application.this_host().environment("VIRTUAL_ENV") || application.this_host().environment("CONDA_PREFIX");
  if (!env.empty()) return failure(std::move(environment).error());
  if (active) application.diagnostics().warn(environment.error().message);
  return std::optional<InstalledEnvironment>();
}

std::optional<HealthyHost> healthy_host(Application& application, const std::filesystem::path& root) {
  std::error_code error;
  if (!std::filesystem::exists(application.ledger_file(), error)) return std::nullopt;  // opening it would make one
  const auto ledger = Ledger::open(application.ledger_file(), application.diagnostics());
  auto run = ledger ? ledger->last_healthy(root) : Result<std::optional<HealthyRun>>(failure(ledger.error()));
  if (!run) application.diagnostics().note(run.error().message);
  if (!run || !*run) return std::nullopt;
  const auto when = fmt::gmtime(std::chrono::system_clock::to_time_t((*run)->at));
  return HealthyHost{fmt::format("{:%Y-%m-%d %H:%M} UTC", when), std::move((*run)->host)};
}

DoctorPlaces doctor_places(Application& application) {
  std::error_code error;
  return {.cache = application.cache_directory(),
          .data = application.ledger_file().parent_path(),
          .temporary = application.this_host().environment("TMPDIR").value_or("/tmp"),
          .here = std::filesystem::current_path(error)};
}

std::vector<DoctorIndex> doctor_indexes(Application& application, std::vector<std::string>& problems) {
  const Configuration& configuration = application.configuration();
  std::vector<DoctorIndex> indexes;
  const auto add = [&](const char* name, const Result<ChosenIndex>& chosen, const char* page, bool needed) {
    if (!chosen) return problems.push_back(chosen.error().message);
    // A page of one project: the list of all projects takes a server seconds.
    std::string base = chosen->url.path();
    while (base.ends_with('/')) base.pop_back();
    auto url = chosen->url.with_path(base + page);
    if (url) indexes.push_back({name, *std::move(url), chosen->source, needed});
  };
  add("main index",
      choose_main_index(std::nullopt, application.this_host(), application.cache_directory() / "default-index",
                        configured_main_index(configuration)),
      "/torch/", true);
  add("PyTorch index", choose_torch_index(std::nullopt, application.this_host(), configured_torch_index(configuration)), "/cpu/torch/",
      false);
  for (const Mirror& mirror : configuration.mirrors) {
    indexes.push_back({"mirror", mirror.to, fmt::format("a mirror of {} in `{}`", mirror.from.text(), configuration.file), true});
  }
  return indexes;
}

}  // namespace torchup
