#include "src/commands/command_line.hpp"

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/print_error.hpp"
#include "src/validate/shim_host.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <map>
#include <unistd.h>

namespace torchup {
namespace {

const std::map<std::string, Choice> k_choices = {{"auto", Choice::automatic}, {"always", Choice::always}, {"never", Choice::never}};

void add_global_options(CLI::App& app, GlobalOptions& options) {
  const char* group = "Global options";
  app.add_flag("--json", options.json, "One JSON document on stdout; everything else on stderr")->group(group);
  app.add_flag("-q,--quiet", options.quiet, "No warnings, no progress")->group(group);
  app.add_flag("-v,--verbose", options.verbosity, "More of what is being done; repeatable")->group(group);
  app.add_option("--color", options.colour, "auto, always or never")
      ->transform(CLI::CheckedTransformer(k_choices))
      ->type_name("WHEN")
      ->group(group);
  app.add_option("--progress", options.progress, "auto, always or never")
      ->transform(CLI::CheckedTransformer(k_choices))
      ->type_name("WHEN")
      ->group(group);
  app.add_flag("--offline", options.offline, "Use only what is cached")->group(group);
  app.add_flag("--explain", options.explain, "Say why each decision was taken")->group(group);
  app.add_option("--cache-dir", options.cache_directory, "Where downloads and verified wheels are kept")->type_name("DIR")->group(group);
  app.add_option("--catalog", options.catalog, "Releases and variants from FILE instead of the built-in catalog")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--host", options.host, "Another machine: a folder written by `torchup probe --record`")->type_name("HOST")->group(group);
}

/// The nearest command name within two edits, for "did you mean".
std::string nearest_command(const std::string& word) {
  std::string best;
  std::size_t best_distance = 3;
  for (const Command* command : command_table()) {
    const std::string name = command->name;
    std::vector<std::size_t> row(name.size() + 1);
    for (std::size_t j = 0; j <= name.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i);
      for (std::size_t j = 1; j <= name.size(); ++j) {
        const std::size_t substituted = diagonal + (word[i - 1] == name[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = name;
    }
  }
  return best;
}

Error usage_error(const CLI::ParseError& problem, const std::vector<std::string>& arguments) {
  Error error{ErrorKind::usage, problem.what(), {}, {}};
  if (arguments.size() > 1 && !arguments[1].starts_with("-")) {
    const auto& table = command_table();
    const bool known = std::any_of(table.begin(), table.end(), [&](const Command* command) { return command->name == arguments[1]; });
    if (!known) {
      error.message = fmt::format("`{}` is not a torchup command", arguments[1]);
      if (const auto nearest = nearest_command(arguments[1]); !nearest.empty())
        error.hints.push_back(fmt::format("did you mean `torchup {}`?", nearest));
    } else {
      error.hints.push_back(fmt::format("`torchup {} --help` lists its options", arguments[1]));
      return error;
    }
  }
  error.hints.emplace_back("`torchup --help` lists the commands");
  return error;
}

int report(const Error& error, const GlobalOptions& options, const Terminal& terminal) {
  if (options.json) {
    std::fputs(json_document(error_json(error)).c_str(), stdout);
  } else {
    std::fflush(stdout);
    std::fputs(error_text(error, terminal).c_str(), stderr);
  }
  return exit_code(error.kind);
}

/// Output that could not be written is a failure, not a success with nothing to show.
int flushed(int code) {
  const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  return lost && code == 0 ? exit_code(ErrorKind::host) : code;
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, const Cancellation& cancellation) {
  // Validation starts this program again as the process that may crash in torch's stead.
  if (arguments.size() > 1 && arguments[1] == k_shim_host_command) return run_shim_host(std::span(arguments).subspan(2));

  GlobalOptions options;
  CLI::App app("Installs PyTorch builds that fit this machine, and proves that they work.", "torchup");
  app.set_version_flag("-V,--version", "torchup " TORCHUP_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  add_global_options(app, options);
  Action chosen;
  for (const Command* command : command_table()) {
    CLI::App* parser = app.add_subcommand(command->name, command->summary);
    parser->fallthrough();
    parser->callback([&chosen, action = command->define(*parser)] { chosen = action; });
  }

  options.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  try {
    std::vector<std::string> words(arguments.rbegin(), arguments.rend());
    words.pop_back();
    options.json = false;
    app.parse(words);
  } catch (const CLI::Success& wanted) {
    return flushed(app.exit(wanted));
  } catch (const CLI::ParseError& problem) {
    options.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    return flushed(report(usage_error(problem, arguments), options, Terminal::of(STDERR_FILENO, options.colour)));
  }

  auto application = Application::make(options, cancellation);
  if (!application) return flushed(report(application.error(), options, Terminal::of(STDERR_FILENO, options.colour)));
  const auto code = chosen(**application);
  (*application)->diagnostics().clear();
  return flushed(code ? *code : report(code.error(), options, (*application)->err()));
}

}  // namespace torchup
