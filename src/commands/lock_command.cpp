// torchup lock: resolve, and write a PEP 751 lock.

#include "src/commands/command.hpp"
#include "src/commands/files.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/print_lock.hpp"
#include "src/ui/json_output.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace torchup {
namespace {

struct Options {
  LockOptions lock;
  std::string output = "pylock.toml";
  bool dry_run = false;
};

/// PEP 751: `pylock.toml`, or `pylock.NAME.toml` with a name that holds no dot.
bool is_lock_name(const std::string& name) {
  if (name == "pylock.toml") return true;
  if (!name.starts_with("pylock.") || !name.ends_with(".toml") || name.size() <= 12) return false;
  return name.substr(7, name.size() - 12).find('.') == std::string::npos;
}

Result<int> run(Application& application, const Options& options) {
  const std::filesystem::path output = options.output;
  if (options.output != "-" && !is_lock_name(output.filename().string())) {
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is not a lock file's name", output.filename().string()),
                    {},
                    {"PEP 751 names them pylock.toml or pylock.NAME.toml"}});
  }
  TORCHUP_TRY_ASSIGN(LockWish wish, lock_wish(application, options.lock));
  if (options.output != "-" && std::filesystem::exists(output)) {
    TORCHUP_TRY_ASSIGN(wish.preferences, preferences_of_lock(output));
  }
  TORCHUP_TRY_ASSIGN(const LockOutcome outcome, make_lock(pipeline_ports(application), wish));
  if (const auto* explanation = std::get_if<Explanation>(&outcome)) return report_unsolvable(application, *explanation);
  const auto& locked = std::get<Locked>(outcome);

  const std::string text = write_lock(locked.lock);
  if (!options.dry_run && options.output != "-") TORCHUP_TRY(write_text_file(output, text));
  if (application.options().json) {
    auto document = lock_json(locked);
    if (options.output != "-") document["file"] = options.output;
    application.print(json_document(document));
  } else if (options.output == "-") {
    application.print(text);
  } else if (!application.options().quiet) {
    application.print(lock_text(locked, application.out()) +
                      (options.dry_run ? "nothing was written (--dry-run)\n" : fmt::format("wrote {}\n", options.output)));
  }
  return 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  add_lock_options(parser, options->lock);
  parser.option({"-o,--output", "FILE", "Where to write the lock; `-` is standard output"}, options->output);
  parser.flag("--dry-run", options->dry_run, "Resolve and show, write nothing");
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command lock_command;
const Command lock_command{"lock", "Resolve requirements and write a PEP 751 lock file", define};

}  // namespace torchup
