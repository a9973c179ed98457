// The first half of the spine: which targets a lock is for, each resolved by itself, and one lock of them all. The second
// half is pipeline.cpp.

#include "torchup/resolver/dependency_tree.hpp"
#include "torchup/resolver/universal_lock.hpp"

#include "src/host_python.hpp"
#include "src/lock_side_by_side.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace torchup {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t k_most_targets = 200;

/// "3.10-3.13" is each from 3.10 to 3.13; anything else is itself.
Result<std::vector<std::string>> python_wishes(const std::string& wish) {
  const auto dash = wish.find('-');
  if (dash == std::string::npos || wish.find('/') != std::string::npos) return std::vector<std::string>{wish};
  const auto first = Version::parse(wish.substr(0, dash)), last = Version::parse(wish.substr(dash + 1));
  const auto is_minor = [](const auto& version) { return version && version->release().size() == 2 && version->release()[0] == 3; };
  if (!is_minor(first) || !is_minor(last) || *last < *first || last->release()[1] > 99) {
    return failure({ErrorKind::usage, fmt::format("`{}` is no range of Python versions", wish), {}, {"write it as `3.10-3.13`"}});
  }
  std::vector<std::string> wishes;
  for (auto minor = first->release()[1]; minor <= last->release()[1]; ++minor) wishes.push_back(fmt::format("3.{}", minor));
  return wishes;
}

/// The interpreter to lock for: one of this host's, or, where it has none and a version was named, that version's first release.
Result<Python> python_to_lock_for(const HostFacts& host, const std::string& wish, bool python_is_here, Diagnostics& diagnostics) {
  auto found = choose_python(host, wish);
  if (found || python_is_here || wish.empty() || wish.find('/') != std::string::npos) return found;
  TORCHUP_TRY_ASSIGN(Python named, named_python(wish));
  diagnostics.note(fmt::format("no Python {} is here; {} is locked for", wish, named.version));
  return named;
}

class LockMaker {
 public:
  LockMaker(const Ports& ports, const LockWish& wish)
      : m_ports(ports),
        m_wish(wish),
        m_client({.cache = ports.index_cache.empty() ? ports.cache / "index" : ports.index_cache,
                  .offline = ports.offline ? Offline::yes : Offline::no,
                  .parts = wish.python_is_here ? ports.cache / "store" / "parts" : std::filesystem::path()},
                 ports.transport, ports.cancellation, ports.diagnostics) {}

  Result<LockOutcome> run() {
    TORCHUP_TRY_ASSIGN(std::vector<LockTarget> targets, lock_targets());
    if (targets.size() == 1) return lock_one(std::move(targets.front()));
    const auto start = Steady::now();
    std::vector<NamedTarget> named;
    std::vector<std::string> extras;
    for (LockTarget& target : targets) {
      extras.push_back(m_wish.variants.empty() ? "" : target.variant);
      std::string name = fmt::format("{}, Python {}{}", target.target.platform, target.target.python.version,
                                     m_wish.variants.empty() ? "" : ", " + target.variant);
      named.push_back({std::move(target), std::move(name)});
    }
    TORCHUP_TRY_ASSIGN(auto outcome, lock_side_by_side(m_ports, m_wish, std::move(named), m_client));
    if (auto* explanation = std::get_if<Explanation>(&outcome)) return std::move(*explanation);
    auto& all = std::get<std::vector<Locked>>(outcome);
    TORCHUP_TRY_ASSIGN(Locked locked, merged(std::move(all), extras));
    locked.index_requests = m_client.counts().network.requests;
    locked.seconds = std::chrono::duration<double>(Steady::now() - start).count();
    return LockOutcome(std::move(locked));
  }

 private:
  Result<LockOutcome> lock_one(LockTarget target) {
    TORCHUP_TRY_ASSIGN(const LockSteps steps, begin_lock(m_ports, m_wish, std::move(target), m_client));
    for (;;) {
      TORCHUP_TRY_ASSIGN(auto outcome, steps());
      if (outcome) return *std::move(outcome);
      TORCHUP_TRY(m_client.drive());
    }
  }

  Result<std::vector<LockTarget>> lock_targets() {
    std::vector<std::string> wishes = {python_wish(m_wish.python)};
    if (!m_wish.python_is_here) {
      TORCHUP_TRY_ASSIGN(wishes, python_wishes(wishes.front()));
    }
    const HostFacts host = probe_host(m_ports.host, python_search(wishes));
    const std::vector<std::string> variants = m_wish.variants.empty() ? std::vector{m_wish.variant} : m_wish.variants;
    const std::vector<std::string> platforms = m_wish.platforms.empty() ? std::vector<std::string>{""} : m_wish.platforms;
    if (const auto count = wishes.size() * variants.size() * platforms.size(); count > k_most_targets) {
      return failure({ErrorKind::usage, fmt::format("{} targets in one lock are above {}", count, k_most_targets), {}, {}});
    }
    std::vector<LockTarget> targets;
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> missing;  // the Pythons, by variant and platform
    for (const auto& platform : platforms) {
      HostFacts facts = host;
      if (!platform.empty()) {
        TORCHUP_TRY_ASSIGN(facts, named_host(platform));
      }
      for (const auto& wish : wishes) {
        TORCHUP_TRY_ASSIGN(const Python python, python_to_lock_for(host, wish, m_wish.python_is_here, m_ports.diagnostics));
        TORCHUP_TRY_ASSIGN(const Target made, make_target(facts, python));
        for (const auto& variant : variants) {
          const bool is_here = platform.empty() && &m_ports.host == &m_ports.this_host && !python.path.empty();
          LockTarget target{facts, made, variant, is_here};
          TORCHUP_TRY_ASSIGN(const bool is_there, is_published(target));
          if (is_there)
            targets.push_back(std::move(target));
          else
            missing[{variant, made.platform}].push_back(python_of(made));
        }
      }
    }
    for (const auto& [build, pythons] : missing) {
      m_ports.diagnostics.warn(fmt::format("`{}` is not published for {} with Python {}: the lock has no such target", build.first,
                                           build.second, fmt::join(pythons, ", ")));
    }
    for (const auto& variant : m_wish.variants) {
      const auto has_it = [&](const LockTarget& target) { return target.variant == variant; };
      if (std::any_of(targets.begin(), targets.end(), has_it)) continue;
      return failure({ErrorKind::usage, fmt::format("the variant `{}` is published for none of the targets", variant), {}, {}});
    }
    return targets;
  }

  static std::string python_of(const Target& target) { return target.markers.values.at("python_version"); }

  /// Of several variants, one that a platform does not have is left out there.
  Result<bool> is_published(const LockTarget& target) const {
    if (m_wish.variants.empty()) return true;
    const VariantWish wish{.variant = target.variant, .python = python_of(target.target)};
    TORCHUP_TRY_ASSIGN(const VariantChoice choice, choose_variant(target.facts, m_ports.catalog, wish));
    return choice.chosen.has_value();
  }

  Result<Locked> merged(std::vector<Locked> all, const std::vector<std::string>& extras) const {
    std::vector<ResolvedTarget> resolved;
    for (std::size_t i = 0; i < all.size(); ++i) resolved.push_back({all[i].target.markers, extras[i], all[i].lock.packages});
    TORCHUP_TRY_ASSIGN(Lockfile lock, universal_lock(resolved));
    lock.tool.requests = m_wish.requests;
    for (const Locked& one : all) {
      for (const auto& needs : one.lock.tool.needs) {
        if (std::find(lock.tool.needs.begin(), lock.tool.needs.end(), needs) == lock.tool.needs.end()) lock.tool.needs.push_back(needs);
      }
    }
    lock.tool.repairs = united(all, &LockTool::repairs);
    lock.tool.computed_hashes = united(all, &LockTool::computed_hashes);
    Locked sum = std::move(all.front());
    for (std::size_t i = 1; i < all.size(); ++i) {
      sum.targets.push_back(all[i].targets.front());
    }
    if (m_wish.variants.empty() && has_one_variant(sum.targets)) {
      lock.tool.variant = sum.lock.tool.variant;
      lock.tool.variant_reason = sum.lock.tool.variant_reason;
    }
    sum.lock = std::move(lock);
    sum.download_bytes = wheel_totals(sum.lock).bytes;
    sum.unpacked_bytes = 0;
    return sum;
  }

  /// What the locks of all targets say of one thing, each once.
  static std::vector<std::string> united(const std::vector<Locked>& all, std::vector<std::string> LockTool::*said) {
    std::set<std::string> texts;
    for (const Locked& one : all) texts.insert((one.lock.tool.*said).begin(), (one.lock.tool.*said).end());
    return {texts.begin(), texts.end()};
  }

  static bool has_one_variant(const std::vector<LockedTarget>& targets) {
    std::set<std::string> variants;
    for (const auto& target : targets) variants.insert(target.variant);
    return variants.size() == 1;
  }

  const Ports& m_ports;
  const LockWish& m_wish;
  IndexClient m_client;
};

}  // namespace

Result<LockOutcome> make_lock(const Ports& ports, const LockWish& wish) { return LockMaker(ports, wish).run(); }

}  // namespace torchup
