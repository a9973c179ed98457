// torchup lock: resolve, and write a PEP 751 lock.

#include "src/commands/command.hpp"
#include "src/commands/files.hpp"
#include "src/commands/former_lock.hpp"
#include "src/commands/lock_file.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/print_lock.hpp"
#include "src/ui/json_output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

namespace torchup {
namespace {

struct Options {
  LockOptions lock;
  std::vector<std::string> platforms, variants;
  std::string output = "pylock.toml";
  std::vector<std::string> upgraded;
  bool dry_run = false, upgrade = false;
};

/// PEP 751: `pylock.toml`, or `pylock.NAME.toml` with a name that holds no dot.
bool is_lock_name(const std::string& name) {
  if (name == "pylock.toml") return true;
  if (!name.starts_with("pylock.") || !name.ends_with(".toml") || name.size() <= 12) return false;
  return name.substr(7, name.size() - 12).find('.') == std::string::npos;
}

/// A name that the lock does not have is most often one that was misspelt.
void tell_of_unknown(Application& application, const Lockfile& former, const std::set<PackageName>& upgraded) {
  for (const auto& name : upgraded) {
    if (std::ranges::find(former.packages, name, &LockedPackage::name) != former.packages.end()) continue;
    application.diagnostics().warn(fmt::format("`{}` of `--upgrade-package` is not in the lock", name.text()));
  }
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
  wish.platforms = options.platforms;
  wish.variants = options.variants;
  if (!wish.variants.empty() && wish.fallback == Fallback::main_index) {
    return failure({ErrorKind::usage,
                    "`--fallback` and `--variants` do not go together: the main index has one build only",
                    {},
                    {"`--torch-index-url` names a mirror of the PyTorch index"}});
  }
  if (!options.upgrade && options.output != "-" && std::filesystem::exists(output)) {
    TORCHUP_TRY_ASSIGN(wish.former, read_lock_file(application, options.output));
    TORCHUP_TRY_ASSIGN(const auto upgraded, package_names(options.upgraded, "--upgrade-package"));
    tell_of_unknown(application, *wish.former, upgraded);
    forget_versions(*wish.former, {upgraded.begin(), upgraded.end()}, application.catalog());
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
  parser.option({"--platform", "PLATFORM", "For linux-x86_64, linux-aarch64, macos-arm64, windows-x86_64; repeatable"}, options->platforms);
  parser.list({"--variants", "LIST", "Several variants in one lock, by comma: cpu,cu130"}, options->variants);
  parser.flag("-U,--upgrade", options->upgrade, "Take the newest versions, whatever an existing lock has");
  parser.option({"-P,--upgrade-package", "NAME", "The same for one package, torch with its companions; repeatable"}, options->upgraded);
  parser.option({"-o,--output", "FILE", "Where to write the lock; `-` is standard output"}, options->output);
  parser.flag("--dry-run", options->dry_run, "Resolve and show, write nothing");
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command lock_command;
const Command lock_command{"lock", "Resolve requirements and write a PEP 751 lock file", define};

}  // namespace torchup
