// torchup rollback: an environment as it was, at once and without the network.

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/parser.hpp"
#include "src/commands/print_plan.hpp"
#include "src/roll_back.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace torchup {
namespace {

struct Options {
  std::string env, to;
  bool dry_run = false;
};

Result<std::optional<unsigned>> generation_wish(const std::string& text) {
  if (text.empty()) return std::nullopt;
  unsigned number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc() && end == text.data() + text.size() && number > 0) return number;
  return failure({ErrorKind::usage, fmt::format("`{}` is no generation's number", text), {}, {"`torchup history` shows them"}});
}

nlohmann::ordered_json outcome_json(const PreparedRollBack& prepared, unsigned generation) {
  auto document = new_document();
  document["environment"] = prepared.open.environment.root.string();
  document["generation"] = generation;
  document["plan"] = plan_json(prepared.plan);
  document["bytes"] = {{"downloaded", 0}, {"reused", 0}, {"installed", 0}};
  document["seconds"] = {{"resolve", 0.0}, {"fetch", 0.0}, {"install", 0.0}, {"validate", 0.0}};
  return document;
}

Result<int> run(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(const std::optional<unsigned> to, generation_wish(options.to));
  const Ports ports = pipeline_ports(application);
  TORCHUP_TRY_ASSIGN(PreparedRollBack prepared, prepare_roll_back(ports, environment_root(application, options.env), to));
  const unsigned before = prepared.open.environment.current->number;
  const unsigned after = prepared.target.number;
  const auto document = outcome_json(prepared, options.dry_run ? before : after);
  Table table{.rows = {{{"plan", Style::dim}, {fmt::format("generation {} -> {}, made {}", before, after, prepared.target.created)}}}};
  add_changes(table, prepared.plan);
  const std::string root = prepared.open.environment.root.string();
  if (!options.dry_run) TORCHUP_TRY(carry_out_roll_back(ports, std::move(prepared)));
  if (application.options().json) {
    application.print(json_document(document));
  } else if (!application.options().quiet) {
    application.print(table_text(table, application.out()) +
                      (options.dry_run
                           ? "nothing was changed (--dry-run)\n"
                           : fmt::format("{} is at generation {}; `torchup rollback --to {}` goes back\n", root, after, before)));
  }
  return 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.option(k_env_option, options->env);
  parser.option({"--to", "N", "That generation; else the one before the current"}, options->to);
  parser.flag("--dry-run", options->dry_run, "Show what would change, do nothing");
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command rollback_command;
const Command rollback_command{"rollback", "Go back to a former generation of an environment", define};

}  // namespace torchup
