#include "src/commands/command_line.hpp"

#include "torchup/core/edit_distance.hpp"

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/commands/parser.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/print_error.hpp"
#include "src/validate/bench/bench_worker.hpp"
#include "src/validate/shim_host.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <unistd.h>

namespace torchup {
namespace {

void add_global_options(Parser parser, GlobalOptions& options) {
  const auto choice = [&](const char* name, Choice& value) {
    parser.choice({name, "WHEN", "auto, always or never"}, value,
                  {{"auto", Choice::automatic}, {"always", Choice::always}, {"never", Choice::never}});
  };
  parser.group("Global options");
  parser.flag("--json", options.json, "One JSON document on stdout; everything else on stderr");
  parser.flag("-q,--quiet", options.quiet, "No warnings, no progress");
  parser.flag("-v,--verbose", options.verbosity, "More of what is being done; repeatable");
  choice("--color", options.colour);
  choice("--progress", options.progress);
  parser.flag("--offline", options.offline, "Use only what is cached");
  parser.flag("--explain", options.explain, "Say why each decision was taken");
  parser.option({"--config", "FILE", "Settings from FILE instead of the usual configuration file"}, options.config);
  parser.option({"--cache-dir", "DIR", "Where downloads and verified wheels are kept"}, options.cache_directory);
  parser.option({"--catalog", "FILE", "Releases and variants from FILE instead of the built-in catalog"}, options.catalog);
  parser.option({"--host", "HOST", "Another machine: a folder written by `torchup probe --record`"}, options.host);
  parser.group("Options");  // for the commands, which take over what is set here
}

/// The nearest command name within two edits, for "did you mean".
std::string nearest_command(const std::string& word) {
  std::string best;
  std::size_t best_distance = 3;
  for (const Command* command : command_table()) {
    const std::size_t distance = edit_distance(word.substr(0, 64), command->name);
    if (distance < best_distance) {
      best_distance = distance;
      best = command->name;
    }
  }
  return best;
}

/// Whether the words name the command, or one that shows every command's options: those of all the others are never looked at.
bool may_be_run(const Command& command, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return word == command.name || word == "completion"; });
}

Error usage_error(Error error, const std::vector<std::string>& words) {
  if (!words.empty() && !words[0].starts_with("-")) {
    const auto& table = command_table();
    const bool known = std::any_of(table.begin(), table.end(), [&](const Command* command) { return command->name == words[0]; });
    if (known) {
      error.hints.push_back(fmt::format("`torchup {} --help` lists its options", words[0]));
      return error;
    }
    error.message = fmt::format("`{}` is not a torchup command", words[0]);
    if (const auto nearest = nearest_command(words[0]); !nearest.empty())
      error.hints.push_back(fmt::format("did you mean `torchup {}`?", nearest));
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
  // Validation and benchmarks start this program again as the process that may crash in torch's stead.
  if (arguments.size() > 1 && arguments[1] == k_shim_host_command) return run_shim_host(std::span(arguments).subspan(2));
  if (arguments.size() > 1 && arguments[1] == k_bench_worker_command) return run_bench_worker(std::span(arguments).subspan(2));

  GlobalOptions options;
  ProgramParser parser("torchup", "Installs PyTorch builds that fit this machine, and proves that they work.", TORCHUP_VERSION);
  add_global_options(parser.root(), options);
  const std::vector<std::string> words(arguments.begin() + 1, arguments.end());
  std::vector<std::pair<Parser, Action>> actions;
  for (const Command* command : command_table()) {
    Parser below = parser.root().command(command->name, command->summary);
    actions.emplace_back(below, may_be_run(*command, words) ? command->define(below) : Action());
  }
  const auto text = parser.read(words);
  if (!text) {
    options.json = std::find(words.begin(), words.end(), "--json") != words.end();  // it may stand behind what cannot be read
    return flushed(report(usage_error(text.error(), words), options, Terminal::of(STDERR_FILENO, options.colour)));
  }
  if (*text) {
    std::fputs((*text)->c_str(), stdout);
    return flushed(0);
  }

  auto application = Application::make(options, cancellation);
  if (!application) return flushed(report(application.error(), options, Terminal::of(STDERR_FILENO, options.colour)));
  const auto chosen = std::find_if(actions.begin(), actions.end(), [](const auto& row) { return row.first.chosen(); });
  const auto code = chosen->second(**application);
  (*application)->diagnostics().clear();
  return flushed(code ? *code : report(code.error(), options, (*application)->err()));
}

}  // namespace torchup
