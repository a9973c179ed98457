// torchup upgrade: the newest versions that go together, in the place of those that an environment has.

#include "src/commands/amounts.hpp"
#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/former_lock.hpp"
#include "src/commands/install_options.hpp"
#include "src/commands/lock_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace torchup {
namespace {

struct Options {
  std::vector<std::string> packages;
  LockOptions lock;
  InstallOptions install;
  std::string gate;  ///< Percent.
};

Result<Generation> current_generation(const std::filesystem::path& root) {
  TORCHUP_TRY_ASSIGN(Environment environment, environment_at(root));
  if (environment.current) return *std::move(environment.current);
  return failure({ErrorKind::host, fmt::format("`{}` has nothing to upgrade", root.string()), {}, {"`torchup install` makes it"}});
}

bool is_held(const Generation& generation, const PackageName& name) {
  return std::any_of(generation.packages.begin(), generation.packages.end(), [&](const auto& package) { return package.name == name; });
}

Result<std::map<PackageName, Requirement>> packages_to_move(const std::vector<std::string>& texts, const Generation& generation) {
  std::map<PackageName, Requirement> moving;
  for (const auto& text : texts) {
    TORCHUP_TRY_ASSIGN(Requirement requirement, with_context(Requirement::parse(text), fmt::format("while reading `{}`", text)));
    if (!is_held(generation, requirement.name)) {
      return failure({ErrorKind::usage,
                      fmt::format("`{}` is not in the environment", requirement.name.text()),
                      {},
                      {"`torchup install` adds packages, `torchup tree` shows what is there"}});
    }
    moving.insert_or_assign(requirement.name, std::move(requirement));
  }
  return moving;
}

/// What was asked for when the environment was made, but for the packages that shall move: they are asked for as told now.
Status ask_again(LockWish& wish, const Lockfile& former, std::map<PackageName, Requirement> moving) {
  for (const auto& text : former.tool.requests) {
    TORCHUP_TRY_ASSIGN(Requirement requirement, with_context(Requirement::parse(text), "while reading the environment's lock"));
    if (auto told = moving.extract(requirement.name)) {
      if (told.mapped().extras.empty()) told.mapped().extras = requirement.extras;
      requirement = std::move(told.mapped());
    }
    wish.requests.push_back(requirement.text());
    wish.list.requirements.push_back(std::move(requirement));
  }
  for (auto& [name, dependency] : moving) wish.list.constraints.push_back(std::move(dependency));
  return {};
}

Result<int> run(Application& application, const Options& options) {
  if (!application.host_is_this()) return failure({ErrorKind::usage, "an environment can only be upgraded on this host", {}, {}});
  InstallOptions install = options.install;
  if (!options.gate.empty()) {
    TORCHUP_TRY_ASSIGN(install.speed_gate, parse_percent(options.gate, "--gate"));
  }
  const auto root = environment_root(application, install.env);
  TORCHUP_TRY_ASSIGN(const Generation generation, current_generation(root));
  TORCHUP_TRY_ASSIGN(auto moving, packages_to_move(options.packages, generation));
  TORCHUP_TRY_ASSIGN(LockWish wish, choice_wish(application, options.lock));
  TORCHUP_TRY_ASSIGN(const Lockfile former, lock_of_generation(generation));
  wish.python_is_here = true;
  if (wish.python.empty()) wish.python = generation.python_executable;
  if (wish.variant.empty()) wish.variant = kept_variant(former);
  if (!moving.empty()) {  // else everything moves
    std::vector<PackageName> names;
    for (const auto& [name, requirement] : moving) names.push_back(name);
    wish.former = former;
    forget_versions(*wish.former, names, application.catalog());
  }
  TORCHUP_TRY(ask_again(wish, former, std::move(moving)));
  return lock_and_install(application, install, wish, root, "upgrade");
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  options->lock.variant.clear();  // the one that the environment has
  parser.argument({"packages", "PKG", "What shall move, `torch` or `torch==2.15.0`, torch with its companions; else everything"},
                  options->packages);
  add_choice_options(parser, options->lock);
  add_install_options(parser, options->install);
  parser.option({"--gate", "PCT", "Keep the old generation where torch's operators take PCT percent more time than in it"}, options->gate);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command upgrade_command;
const Command upgrade_command{"upgrade", "Take the newest versions that go together; the old generation stays", define};

}  // namespace torchup
