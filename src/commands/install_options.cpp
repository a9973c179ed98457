#include "src/commands/install_options.hpp"

#include "src/commands/amounts.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/files.hpp"
#include "src/commands/former_lock.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/print_lock.hpp"
#include "src/commands/print_plan.hpp"
#include "src/commands/print_validation.hpp"
#include "src/install/adoption.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

/// A fresh environment's plan is one line; a change of an old one is shown package by package.
std::string plan_text(const PreparedInstall& prepared, const Lockfile& lock, const InstallOptions& options, const Terminal& terminal) {
  const InstallPlan& plan = prepared.plan;
  std::string line = fmt::format("{} to install", count_text(plan.add.size() + plan.replace.size(), "package"));
  if (!plan.remove.empty()) line += fmt::format(", {} to remove", plan.remove.size());
  if (!plan.keep.empty()) line += fmt::format(", {} kept", plan.keep.size());
  line += prepared.download_wheels > 0
              ? fmt::format("; {} to {} in {}", bytes_text(prepared.download_bytes), options.bundle ? "take from the bundle" : "download",
                            count_text(prepared.download_wheels, "wheel"))
              : "; nothing to download";
  std::error_code unknown;
  const auto space = std::filesystem::space(prepared.open.environment.root.parent_path(), unknown);
  if (!unknown) line += fmt::format("; {} free", bytes_text(space.available));
  Table table;
  if (!lock.tool.variants.empty()) {
    table.rows.push_back(
        {{"variant", Style::dim}, {fmt::format("{}, of the lock's {}", lock.tool.variant, fmt::join(lock.tool.variants, ", "))}});
  }
  table.rows.push_back({{"plan", Style::dim}, {line}});
  if (prepared.adopted) table.rows.push_back({{"  =", Style::dim}, {"what is there becomes generation 1, to which `rollback` goes back"}});
  if (prepared.open.environment.current || prepared.adopted) {
    add_changes(table, plan);
    for (const auto& package : prepared.foreign.packages) {
      table.rows.push_back({{"  =", Style::dim}, {fmt::format("{} {}, put there by another tool", package.name, package.version)}});
    }
    if (const std::size_t files = prepared.foreign.edits.size() + prepared.foreign.loose.size(); files > 0)
      table.rows.push_back({{"  =", Style::dim}, {fmt::format("{} changed or added by hand", count_text(files, "file"))}});
    if (prepared.new_python) table.rows.push_back({{"  ~", Style::warning}, {"another Python interpreter"}});
  }
  return table_text(table, terminal);
}

/// What to do with it next.
std::string use_of(const Environment& environment) {
  if (environment.current->kind == EnvironmentKind::libtorch)
    return fmt::format("cmake $(torchup libtorch path --cmake --to {}) ...\n", environment.root.string());
  return fmt::format("source {}/bin/activate\n", environment.root.string());
}

std::string result_text(const Installed& installed, const Terminal& terminal) {
  Table table;
  std::string fetched = installed.downloaded_bytes == 0
                            ? "nothing: every wheel was in the store"
                            : fmt::format("{} in {} ({}/s), verified and unpacked meanwhile", bytes_text(installed.downloaded_bytes),
                                          seconds_text(installed.fetch_seconds),
                                          bytes_text(static_cast<std::uint64_t>(static_cast<double>(installed.downloaded_bytes) /
                                                                                std::max(installed.fetch_seconds, 1e-3))));
  if (installed.reused_bytes > 0 && installed.downloaded_bytes > 0)
    fetched += fmt::format("; {} reused", bytes_text(installed.reused_bytes));
  table.rows.push_back({{"fetched", Style::dim}, {fetched}});
  const auto& environment = installed.environment;
  table.rows.push_back({{"installed", Style::dim},
                        {fmt::format("generation {} of {} in {}, {}", environment.current->number, environment.root.string(),
                                     seconds_text(installed.install_seconds), bytes_text(installed.installed_bytes))}});
  if (installed.placed.from_another_disk && installed.placed.cloned == 0) {
    table.rows.push_back({{""}, {"copied, for the store lies on another disk; `--cache-dir` can put it beside the environment"}});
  }
  if (installed.validation)
    table.rows.push_back({{"validated", Style::dim}, {fmt::format("in {}", seconds_text(installed.validate_seconds))}});
  std::string text = table_text(table, terminal);
  text += installed.validation ? validation_text(*installed.validation, terminal) : "not validated (--no-validate)\n";
  return text + "\n" + terminal.styled(Style::dim, "use it with ") + use_of(environment);
}

/// What others have put in, and what was taken over of it.
Json foreign_json(const ForeignContent& foreign) {
  Json packages = Json::array(), files = Json::array();
  for (const auto& package : foreign.packages) packages.push_back({{"name", package.name}, {"version", package.version}});
  for (const auto& edit : foreign.edits) files.push_back(edit.file);
  for (const auto& file : foreign.loose) files.push_back(file);
  return {{"packages", packages}, {"files", files}, {"kept", Json::array()}, {"left", Json::array()}};
}

Json result_json(const PreparedInstall& prepared, const Lockfile& lock, const Locked* locked) {
  Json document = new_document();
  document["variant"] = lock.tool.variant;
  if (locked != nullptr) {
    document["variant_reason"] = variant_sentence(*locked);
    document["fallback"] = !locked->fallback_reason.empty();
  }
  document["environment"] = prepared.open.environment.root.string();
  document["generation"] = prepared.open.environment.current ? Json(prepared.open.environment.current->number) : Json(nullptr);
  document["plan"] = plan_json(prepared.plan);
  document["foreign"] = foreign_json(prepared.foreign);
  document["bytes"] = {{"downloaded", 0}, {"reused", 0}, {"installed", 0}};
  document["files"] = {{"linked", 0}, {"cloned", 0}, {"copied", 0}};
  document["seconds"] = {{"resolve", locked != nullptr ? locked->seconds : 0.0}, {"fetch", 0.0}, {"install", 0.0}, {"validate", 0.0}};
  return document;
}

void add_outcome(Json& document, const Installed& installed) {
  document["generation"] = installed.environment.current->number;
  document["bytes"] = {
      {"downloaded", installed.downloaded_bytes}, {"reused", installed.reused_bytes}, {"installed", installed.installed_bytes}};
  document["files"] = {{"linked", installed.placed.linked}, {"cloned", installed.placed.cloned}, {"copied", installed.placed.copied}};
  document["foreign"]["kept"] = installed.foreign.kept;
  document["foreign"]["left"] = installed.foreign.left;
  document["seconds"]["fetch"] = installed.fetch_seconds;
  document["seconds"]["install"] = installed.install_seconds;
  document["seconds"]["validate"] = installed.validate_seconds;
  if (installed.validation) add_validation_json(document, *installed.validation);
}

}  // namespace

Result<std::vector<Mirror>> wanted_mirrors(const std::vector<std::string>& options, const Configuration& configuration) {
  std::vector<Mirror> mirrors;
  for (const auto& option : options) {
    // A URL may hold `=` itself, but not before its `://`.
    const auto equals = option.find("=http");
    auto mirror = equals == std::string::npos ? Result<Mirror>(failure({ErrorKind::usage, "it is not FROM=TO", {}, {}}))
                                              : make_mirror(option.substr(0, equals), option.substr(equals + 1));
    if (!mirror) {
      return failure({ErrorKind::usage,
                      fmt::format("a `--mirror` cannot be used: {}", mirror.error().message),
                      {},
                      {"write it as `--mirror https://from.example/path/=https://to.example/path/`"}});
    }
    mirrors.push_back(*std::move(mirror));
  }
  mirrors.insert(mirrors.end(), configuration.mirrors.begin(), configuration.mirrors.end());
  return mirrors;
}

namespace {

/// What the stages may touch: with a bundle nothing that is not on this machine.
Ports install_ports(Application& application, const InstallOptions& options) {
  const Ports ports = pipeline_ports(application);
  return options.bundle ? options.bundle->ports(ports) : ports;
}

Result<int> install_from(Application& application, const InstallOptions& options, InstallWish wish, const Locked* locked) {
  const Ports ports = install_ports(application, options);
  const bool json = application.options().json;
  const bool talk = !json && !application.options().quiet;
  wish.validate = !options.no_validate;
  if (!options.rate.empty()) {
    TORCHUP_TRY_ASSIGN(wish.bytes_per_second, parse_bytes(options.rate, "--limit-rate"));
  }
  wish.speed_gate = options.speed_gate;
  wish.adopt = options.in_place ? Adopt::yes : Adopt::no;
  wish.foreign = options.foreign.value_or(wish.foreign);
  wish.link_mode = options.link_mode.value_or(application.configuration().link_mode);
  TORCHUP_TRY_ASSIGN(wish.mirrors, wanted_mirrors(options.mirrors, ports.configuration));
  TORCHUP_TRY_ASSIGN(PreparedInstall prepared, prepare_install(ports, wish));
  Json document = result_json(prepared, wish.lock, locked);
  if (wish.archive)
    document["archive"] = {{"url", wish.archive->request.file.url.text()}, {"sha256", wish.archive->request.file.sha256.hex()}};

  if (!prepared.changes() || options.dry_run) {
    if (json) {
      application.print(json_document(document));
    } else if (talk) {
      if (prepared.changes())
        application.print(plan_text(prepared, wish.lock, options, application.out()) + "nothing was changed (--dry-run)\n");
      else
        application.print(fmt::format("{} is up to date: {} in generation {}\n", wish.root.string(),
                                      count_text(prepared.wanted.size(), "package"), prepared.open.environment.current->number));
    }
    return 0;
  }
  if (talk) application.print(plan_text(prepared, wish.lock, options, application.out()));
  const bool takes_away = !prepared.plan.remove.empty() || !prepared.plan.replace.empty();
  if (takes_away && !application.confirm("go on?", options.yes)) {
    return failure({ErrorKind::interrupted, "nothing was changed: the plan was declined", {}, {}});
  }
  TORCHUP_TRY_ASSIGN(const Installed installed, carry_out_install(ports, wish, std::move(prepared)));
  if (json) {
    add_outcome(document, installed);
    application.print(json_document(document));
  } else if (talk) {
    application.print(result_text(installed, application.out()));
  }
  return 0;
}

}  // namespace

Status open_bundle(Application& application, InstallOptions& options) {
  if (options.bundle_file.empty()) return {};
  const bool own_catalog = !application.options().catalog.empty();
  TORCHUP_TRY_ASSIGN(options.bundle, BundleSource::open(options.bundle_file, pipeline_ports(application), own_catalog));
  return {};
}

void add_bundle_option(Parser& parser, InstallOptions& options) {
  parser.option({"--bundle", "FILE", "Take everything from a bundle, and ask no network"}, options.bundle_file);
}

void add_install_options(Parser& parser, InstallOptions& options) {
  parser.option(k_env_option, options.env);
  parser.option({"--mirror", "FROM=TO", "Fetch what lies below FROM from below TO instead; repeatable"}, options.mirrors);
  parser.option({"--limit-rate", "SIZE", "Download at most SIZE a second, such as 10MB"}, options.rate);
  parser.flag("--in-place", options.in_place, "Take over an environment that another tool made, with all that it holds");
  parser.choice({"--foreign", "keep|leave|refuse", "What becomes of what other tools have put into the environment"}, options.foreign,
                {{"keep", Foreign::keep}, {"leave", Foreign::leave}, {"refuse", Foreign::refuse}});
  parser.choice({"--link-mode", "auto|clone|hardlink|copy", "How files of the store come into the environment (default: auto)"},
                options.link_mode,
                {{"auto", LinkMode::automatic}, {"clone", LinkMode::clone}, {"hardlink", LinkMode::hardlink}, {"copy", LinkMode::copy}});
  parser.flag("-y,--yes", options.yes, "Do not ask");
  parser.flag("--dry-run", options.dry_run, "Show what would be done, do nothing");
  parser.flag("--no-validate", options.no_validate, "Stop after the install");
}

Result<std::string> python_of_environment(const std::filesystem::path& root) {
  TORCHUP_TRY_ASSIGN(const std::optional<Generation> generation, generation_in_use(root));
  if (generation) return generation->python_executable;
  const auto other = environment_of_another_tool(root);
  return other ? other->python_executable : "";
}

Result<int> install_lock(Application& application, const InstallOptions& options, InstallWish wish, const Locked* locked) {
  auto done = install_from(application, options, std::move(wish), locked);
  if (!options.bundle) return done;
  return with_context(std::move(done), fmt::format("while installing from the bundle `{}`", options.bundle_file));
}

Status keep_lock(const InstallOptions& options, const Lockfile& lock) {
  if (options.lock_file.empty() || options.dry_run) return {};
  return write_text_file(options.lock_file, write_lock(lock));
}

Result<int> lock_and_install(Application& application, const InstallOptions& options, const LockWish& wish,
                             const std::filesystem::path& root, const std::string& command) {
  TORCHUP_TRY_ASSIGN(LockOutcome outcome, make_lock(install_ports(application, options), wish));
  if (auto* explanation = std::get_if<Explanation>(&outcome)) {
    if (auto hint = hint_of_kept(wish, *explanation)) explanation->hints.insert(explanation->hints.begin(), *std::move(hint));
    return report_unsolvable(application, *explanation);
  }
  const auto& locked = std::get<Locked>(outcome);
  if (!application.options().json && !application.options().quiet) application.print(lock_text(locked, application.out()));
  TORCHUP_TRY(keep_lock(options, locked.lock));
  return install_lock(application, options,
                      {.lock = locked.lock,
                       .root = root,
                       .target = locked.target,
                       .buildable = wish.buildable,
                       .command = command,
                       .resolve_seconds = locked.seconds},
                      &locked);
}

}  // namespace torchup
