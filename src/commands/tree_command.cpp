// torchup tree: what a lock holds, from what was asked for down, or from one package up.

#include "torchup/core/edit_distance.hpp"

#include "src/commands/command.hpp"
#include "src/commands/lock_file.hpp"
#include "src/commands/print_tree.hpp"
#include "src/ui/json_output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace torchup {
namespace {

struct Options {
  std::string lock_file = "pylock.toml";
  std::string invert, depth;
};

Result<std::optional<std::size_t>> parse_depth(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::size_t depth = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), depth);
  if (problem != std::errc{} || end != text.data() + text.size())
    return failure({ErrorKind::usage, fmt::format("--depth takes a number of levels, not `{}`", text), {}, {}});
  return depth;
}

/// The name, if the lock has it; the hint is the nearest one that it has.
Result<std::optional<PackageName>> find_package(const Lockfile& lock, const std::string& text, const std::string& file) {
  if (text.empty()) return std::nullopt;
  TORCHUP_TRY_ASSIGN(const PackageName name, PackageName::parse(text));
  std::string nearest;
  std::size_t nearest_distance = 3;
  for (const LockedPackage& package : lock.packages) {
    if (package.name == name) return name;
    const std::size_t distance = edit_distance(name.text().substr(0, 64), package.name.text().substr(0, 64));
    if (distance < nearest_distance) {
      nearest_distance = distance;
      nearest = package.name.text();
    }
  }
  Error error{ErrorKind::usage, fmt::format("`{}` holds no package `{}`", file, name.text()), {}, {}};
  if (!nearest.empty()) error.hints.push_back(fmt::format("did you mean `{}`?", nearest));
  return failure(std::move(error));
}

Result<int> run(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(const auto deepest, parse_depth(options.depth));
  TORCHUP_TRY_ASSIGN(const Lockfile lock, read_lock_file(application, options.lock_file));
  TORCHUP_TRY_ASSIGN(const auto inverted, find_package(lock, options.invert, options.lock_file));
  const DependencyGraph graph = make_dependency_graph(lock);
  const TreeView view{lock, graph, inverted, deepest};
  application.print(application.options().json ? json_document(tree_json(view)) : tree_text(view, application.out()));
  return 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument(k_lock_argument, options->lock_file);
  parser.option({"--invert", "PACKAGE", "Why this package is there: what needs it, up to what was asked for"}, options->invert);
  parser.option({"--depth", "N", "Show at most N levels below the first"}, options->depth);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command tree_command;
const Command tree_command{"tree", "Show what depends on what in a lock file, with sizes", define};

}  // namespace torchup
