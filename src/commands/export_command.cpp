// torchup export: a lock in other tools' words.

#include "torchup/resolver/export_lock.hpp"
#include "torchup/resolver/universal_lock.hpp"
#include "torchup/system/hash.hpp"

#include "src/commands/command.hpp"
#include "src/commands/files.hpp"
#include "src/commands/lock_file.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace torchup {
namespace {

struct Options {
  std::string lock_file = "pylock.toml";
  std::string format, output = "-";
  std::vector<std::string> extras;
};

/// An environment is named after its lock, NAME of pylock.NAME.toml, in the letters that conda takes.
std::string environment_name(const std::string& lock_file) {
  const std::string file = std::filesystem::path(lock_file).filename().string();
  constexpr std::string_view k_begin = "pylock.", k_end = ".toml";
  std::string name;
  if (file.starts_with(k_begin) && file.ends_with(k_end) && file.size() > k_begin.size() + k_end.size())
    name = file.substr(k_begin.size(), file.size() - k_begin.size() - k_end.size());
  std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_'; });
  return name.empty() ? "torchup" : name;
}

bool knows_extras(const std::string& format) { return format == "pylock" || format == "cyclonedx"; }

/// The extras that are chosen of the lock, by their normalised names.
Result<Extras> chosen_extras(const Lockfile& lock, const Options& options) {
  if (!options.extras.empty() && knows_extras(options.format)) {
    return failure({ErrorKind::usage, fmt::format("the format {} holds every extra, and `--extra` chooses one", options.format), {}, {}});
  }
  Extras extras;
  for (const auto& text : options.extras) {
    TORCHUP_TRY_ASSIGN(const PackageName name, PackageName::parse(text));
    if (std::find(lock.extras.begin(), lock.extras.end(), name.text()) == lock.extras.end()) {
      Error error{ErrorKind::usage, fmt::format("`{}` has no extra `{}`", options.lock_file, name.text()), {}, {}};
      error.hints.push_back(lock.extras.empty() ? "it has none" : fmt::format("it has {}", fmt::join(lock.extras, ", ")));
      return failure(std::move(error));
    }
    extras.push_back(name.text());
  }
  return extras;
}

/// Where variants are extras, nothing of the framework is in an export that has none of them.
void warn_of_variants(const Lockfile& lock, const Options& options, const Extras& extras, Diagnostics& diagnostics) {
  const auto& variants = lock.tool.variants;
  const auto is_variant = [&](const std::string& extra) {
    return std::any_of(variants.begin(), variants.end(), [&](const auto& variant) { return extra_of_variant(variant) == extra; });
  };
  const auto chosen = std::count_if(extras.begin(), extras.end(), is_variant);
  if (variants.empty() || knows_extras(options.format) || chosen == 1) return;
  diagnostics.warn(fmt::format("the lock has a variant for each of the extras {}, and {} chosen; name one with `--extra`",
                               fmt::join(variants, ", "), chosen == 0 ? "none of them is" : "several of them are"));
}

std::string exported(const Lockfile& lock, const Options& options, const Extras& extras) {
  if (options.format == "requirements") return requirements_text(lock, extras);
  if (options.format == "conda") return conda_text(lock, environment_name(options.lock_file), extras);
  if (options.format == "dockerfile") return dockerfile_text(lock, extras);
  const std::string canonical = write_lock(lock);
  if (options.format == "pylock") return canonical;
  return cyclonedx_text(lock, {.program_version = TORCHUP_VERSION, .content = sha256(std::as_bytes(std::span(canonical)))});
}

Result<int> run(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(const Lockfile lock, read_lock_file(application, options.lock_file));
  TORCHUP_TRY_ASSIGN(const Extras extras, chosen_extras(lock, options));
  warn_of_variants(lock, options, extras, application.diagnostics());
  const std::string text = exported(lock, options, extras);
  const std::size_t packages = knows_extras(options.format) ? lock.packages.size() : settled_packages(lock, extras).size();
  const bool to_file = options.output != "-";
  if (to_file) TORCHUP_TRY(write_text_file(options.output, text));
  if (application.options().json) {
    auto document = new_document();
    document["format"] = options.format;
    document["packages"] = packages;
    if (to_file)
      document["file"] = options.output;
    else
      document["text"] = text;
    application.print(json_document(document));
  } else if (!to_file) {
    application.print(text);
  } else if (!application.options().quiet) {
    application.print(fmt::format("wrote {}: {}\n", options.output, count_text(packages, "package")));
  }
  return 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument(k_lock_argument, options->lock_file);
  parser.choice({"--format", "FORMAT", "requirements, pylock, conda, dockerfile or cyclonedx"}, options->format,
                {"requirements", "pylock", "conda", "dockerfile", "cyclonedx"}, Needed::yes);
  parser.option({"--extra", "NAME", "With that extra of the lock, such as one of its variants; repeatable"}, options->extras);
  parser.option({"-o,--output", "FILE", "Where to write it; `-`, standard output, where none is named"}, options->output);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command export_command;
const Command export_command{"export", "Write a lock file in other tools' formats", define};

}  // namespace torchup
