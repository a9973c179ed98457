#include "src/roll_back.hpp"

#include "src/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace torchup {
namespace {

tl::unexpected<Error> no_generation(const std::filesystem::path& root, const std::string& which) {
  return failure(
      {ErrorKind::host, fmt::format("`{}` has no generation {}", root.string(), which), {}, {"`torchup history` shows which there are"}});
}

Result<unsigned> target_number(const Environment& environment, std::optional<unsigned> to) {
  const unsigned current = environment.current->number;
  const auto& numbers = environment.generations;
  if (to == current) return failure({ErrorKind::usage, fmt::format("generation {} is the current one", current), {}, {}});
  if (to) {
    if (std::find(numbers.begin(), numbers.end(), *to) == numbers.end()) return no_generation(environment.root, std::to_string(*to));
    return *to;
  }
  const auto above = std::lower_bound(numbers.begin(), numbers.end(), current);
  if (above == numbers.begin()) return no_generation(environment.root, fmt::format("before {}", current));
  return *std::prev(above);
}

}  // namespace

Result<PreparedRollBack> prepare_roll_back(const Ports& ports, const std::filesystem::path& root, std::optional<unsigned> to) {
  using namespace std::chrono_literals;
  TORCHUP_TRY_ASSIGN(const Environment there, environment_at(root));  // before anything is made
  if (!there.current) return no_generation(root, "yet");
  TORCHUP_TRY_ASSIGN(OpenEnvironment open, open_environment(root, 5min, ports.diagnostics, ports.cancellation));
  if (!open.environment.current) return no_generation(root, "yet");
  TORCHUP_TRY_ASSIGN(const unsigned number, target_number(open.environment, to));
  TORCHUP_TRY_ASSIGN(Generation target, read_generation(root, number));
  InstallPlan plan = plan_install(open.environment, target.packages);
  return PreparedRollBack{std::move(open), std::move(target), std::move(plan)};
}

Result<Environment> carry_out_roll_back(const Ports& ports, PreparedRollBack prepared) {
  const auto& before = prepared.open.environment;
  TORCHUP_TRY(prepared.open.lock.sign());
  Journal journal(ports.ledger, ports.diagnostics);
  journal.write([&](Ledger& ledger) {
    return ledger.reconcile(before.root, before.current->number, before.generations, ports.diagnostics).map([](std::size_t) {});
  });
  TORCHUP_TRY_ASSIGN(Environment now, switch_generation(prepared.open.lock, prepared.target.number));
  journal.write([&](Ledger& ledger) { return ledger.record_switch(now.root, prepared.target.number); });
  return now;
}

}  // namespace torchup
