// torchup history: the generations of an environment, or of all, newest first.

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/parser.hpp"
#include "src/install/install.hpp"
#include "src/record/ledger.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <ctime>
#include <set>

namespace torchup {
namespace {

std::string time_text(std::chrono::sys_seconds time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

nlohmann::ordered_json entry_json(const HistoryEntry& entry) {
  return {{"environment", entry.environment},
          {"generation", entry.generation},
          {"state", state_name(entry.state)},
          {"command", entry.command},
          {"requests", entry.requests},
          {"started", time_text(entry.started)},
          {"finished", entry.finished ? nlohmann::ordered_json(time_text(*entry.finished)) : nlohmann::ordered_json(nullptr)},
          {"failure", entry.failure},
          {"variant", entry.variant},
          {"packages", entry.packages},
          {"bytes",
           {{"downloaded", entry.cost.downloaded_bytes}, {"reused", entry.cost.reused_bytes}, {"installed", entry.cost.installed_bytes}}},
          {"seconds",
           {{"resolve", entry.cost.resolve_seconds},
            {"fetch", entry.cost.fetch_seconds},
            {"install", entry.cost.install_seconds},
            {"validate", entry.cost.validate_seconds}}},
          {"healthy", entry.healthy ? nlohmann::ordered_json(*entry.healthy) : nlohmann::ordered_json(nullptr)},
          {"torch", entry.torch_version}};
}

Cell health_cell(const HistoryEntry& entry) {
  if (!entry.healthy) return {"not validated", Style::dim};
  return *entry.healthy ? Cell{"healthy", Style::good} : Cell{"unhealthy", Style::bad};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string history_text(const std::vector<HistoryEntry>& entries, const Terminal& terminal) {
  Table table{.header = {"", "generation", "when", "packages", "torch", "validation", "what was asked"}};
  std::string text, environment;
  const auto flush = [&] {
    if (!environment.empty())
      text += (text.empty() ? "" : "\n") + terminal.styled(Style::bold, environment) + "\n" + table_text(table, terminal);
    table.rows.clear();
  };
  for (const auto& entry : entries) {
    if (entry.environment != environment) {
      flush();
      environment = entry.environment;
    }
    const bool active = entry.state == GenerationState::active;
    const std::string what = entry.failure.empty() ? entry.command + " " + joined(entry.requests) : entry.command + ": " + entry.failure;
    table.rows.push_back({{active ? "▸" : " ", Style::good},
                          {fmt::format("{} {}", entry.generation, state_name(entry.state)), active ? Style::bold : Style::plain},
                          {time_text(entry.started).substr(0, 16), Style::dim},
                          {fmt::format("{}", entry.packages)},
                          {entry.torch_version},
                          health_cell(entry),
                          {what}});
  }
  flush();
  return text.empty() ? "nothing is recorded\n" : text;
}

/// What a killed command did not come to record is taken from the environment, unless another process is changing it.
void catch_up(Application& application, Ledger& ledger, const std::filesystem::path& root) {
  if (!environment_at(root)) return;
  const auto open = open_environment(root, std::chrono::milliseconds(0), application.diagnostics(), application.cancellation());
  if (!open) return;
  const auto& environment = open->environment;
  const auto current = environment.current ? std::optional(environment.current->number) : std::nullopt;
  const auto mended = ledger.reconcile(root, current, environment.generations, application.diagnostics());
  if (!mended) application.diagnostics().warn(mended.error().message);
}

Result<int> run(Application& application, const std::string& env, bool all) {
  TORCHUP_TRY_ASSIGN(Ledger ledger, Ledger::open(application.ledger_file(), application.diagnostics()));
  std::optional<std::filesystem::path> root;
  if (!all) root = environment_root(application, env);
  TORCHUP_TRY_ASSIGN(auto entries, ledger.history(root));
  std::set<std::filesystem::path> environments;
  for (const auto& entry : entries) environments.insert(entry.environment);
  for (const auto& environment : environments) catch_up(application, ledger, environment);
  TORCHUP_TRY_ASSIGN(entries, ledger.history(root));
  if (all) {
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.environment < b.environment; });
  }
  if (!application.options().json) {
    application.print(history_text(entries, application.out()));
    return 0;
  }
  auto document = new_document();
  document["history"] = nlohmann::ordered_json::array();
  for (const auto& entry : entries) document["history"].push_back(entry_json(entry));
  application.print(json_document(document));
  return 0;
}

Action define(Parser& parser) {
  struct Options {
    std::string env;
    bool all = false;
  };
  auto options = std::make_shared<Options>();
  parser.option(k_env_option, options->env);
  parser.flag("--all", options->all, "Every environment that was ever recorded");
  return [options](Application& application) { return run(application, options->env, options->all); };
}

}  // namespace

extern const Command history_command;
const Command history_command{"history", "Show an environment's generations and what validation said of them", define};

}  // namespace torchup
