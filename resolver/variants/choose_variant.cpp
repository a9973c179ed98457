#include "torchup/core/edit_distance.hpp"

#include "resolver/variants/explain_choice.hpp"
#include "resolver/variants/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

namespace torchup {
namespace {

/// A variant with what it is ranked by.
struct Candidate {
  RankedVariant variant;
  Judgement judgement;
  NumericVersion release;
  NumericVersion toolkit;  ///< CUDA's or ROCm's version; 0 for the others.

  bool is_cpu() const { return variant.name == "cpu"; }

  /// NVIDIA's before AMD's before Intel's where a host has several.
  int kind() const { return variant.name.starts_with("cu") ? 3 : variant.name.starts_with("rocm") ? 2 : 1; }

  /// Better is greater: fits, uses an accelerator, as many of them as can be, natively, newest, highest CUDA, main index.
  auto key() const {
    return std::make_tuple(variant.fits, judgement.installable, !is_cpu() && judgement.runnable, judgement.supported,
                           judgement.native || is_cpu(), kind(), std::cref(release), std::cref(toolkit), variant.is_default);
  }
};

NumericVersion toolkit_of(const VariantCatalog::Data& catalog, const std::string& name) {
  const auto at = std::find_if(catalog.toolkits.begin(), catalog.toolkits.end(), [&](const auto& row) { return row.variant == name; });
  if (at != catalog.toolkits.end()) return at->cuda;
  const auto rocm = NumericVersion::parse(name.starts_with("rocm") ? std::string_view(name).substr(4) : std::string_view("0"));
  return rocm ? *rocm : NumericVersion::parse("0").value();
}

Candidate make_candidate(const Situation& situation, const Build& build) {
  const auto at = build.release.defaults.find(situation.platform);
  const bool is_default = at != build.release.defaults.end() && at->second == build.row.name;
  Candidate candidate{.variant = {.release = build.release.version.text(),
                                  .name = build.row.name,
                                  .index = is_default ? VariantIndex::main : VariantIndex::torch,
                                  .is_default = is_default,
                                  .fits = false,
                                  .score = 0,
                                  .reasons = {}},
                      .judgement = judge(situation, build),
                      .release = build.release.version,
                      .toolkit = toolkit_of(situation.catalog, build.row.name)};
  candidate.variant.fits = candidate.judgement.fits_every_device();
  candidate.variant.reasons = candidate.judgement.reasons;
  return candidate;
}

/// Where no build has code for every GPU, one that has it for some is better than none for any.
void admit_partial_fits(std::vector<Candidate>& candidates) {
  const auto uses_all = [](const Candidate& candidate) { return candidate.variant.fits && !candidate.is_cpu(); };
  if (std::any_of(candidates.begin(), candidates.end(), uses_all)) return;
  for (auto& candidate : candidates) {
    if (!candidate.is_cpu()) candidate.variant.fits = candidate.judgement.fits_some_device();
  }
}

Error unknown(const char* what, const std::string& name, const std::vector<std::string>& known) {
  // A name of any length may come from outside; what is far too long is near to nothing.
  auto nearest = known;
  std::stable_sort(nearest.begin(), nearest.end(), [&](const auto& a, const auto& b) {
    return edit_distance(name.substr(0, 64), a) < edit_distance(name.substr(0, 64), b);
  });
  nearest.resize(std::min<std::size_t>(nearest.size(), 3));
  return {ErrorKind::usage,
          fmt::format("the catalog knows no {} `{}`", what, name),
          {},
          {fmt::format("the nearest are {}", fmt::join(nearest, ", "))}};
}

Status check_variant_name(const VariantCatalog::Data& catalog, const std::string& name) {
  if (name == "auto" || name == "default") return {};
  std::set<std::string> known = {"auto", "default"};
  for (const auto& release : catalog.releases) {
    for (const auto& build : release.builds) known.insert(build.name);
  }
  if (known.contains(name)) return {};
  return failure(unknown("variant", name, {known.begin(), known.end()}));
}

bool is_release(const ReleaseRow& release, const std::string& text) {
  const auto version = NumericVersion::parse(text);
  return version && *version == release.version;
}

/// The releases that the wish leaves.
Result<std::vector<const ReleaseRow*>> wished_releases(const VariantCatalog& catalog, const VariantWish& wish) {
  std::vector<const ReleaseRow*> releases;
  for (const auto& release : catalog.data().releases) {
    const bool is_wished = !wish.release || is_release(release, *wish.release);
    const bool is_among = wish.among.empty() ||
                          std::any_of(wish.among.begin(), wish.among.end(), [&](const auto& text) { return is_release(release, text); });
    if (is_wished && is_among) releases.push_back(&release);
  }
  if (releases.empty())
    return failure(
        unknown("release of torch", wish.release.value_or(fmt::format("{}", fmt::join(wish.among, ", "))), catalog_releases(catalog)));
  return releases;
}

/// The best candidate of the wished variant that can be installed; candidates come best first.
const Candidate* pick(const std::vector<Candidate>& candidates, const std::string& wished) {
  const auto is_wished = [&](const Candidate& candidate) {
    if (wished == "auto") return candidate.variant.fits;
    const bool is_named = wished == "default" ? candidate.variant.is_default : candidate.variant.name == wished;
    return is_named && candidate.judgement.installable;
  };
  const auto at = std::find_if(candidates.begin(), candidates.end(), is_wished);
  return at == candidates.end() ? nullptr : &*at;
}

/// How far the table goes: from the newest release down to the chosen one, since the ones between tell why they were passed over; or
/// through all of them.
enum class Table { to_chosen, whole };

void fill_table(std::vector<Candidate>& candidates, VariantChoice& choice, const Candidate* chosen, const NumericVersion& newest,
                Table table) {
  const auto last = chosen != nullptr ? chosen->release : newest;
  int score = static_cast<int>(candidates.size());
  for (auto& candidate : candidates) {
    candidate.variant.score = score--;
    if (&candidate == chosen) choice.chosen = candidate.variant;
    if (table == Table::whole || !(candidate.release < last)) choice.ranked.push_back(candidate.variant);
  }
}

/// Whether it is for an accelerator that programs here can use.
bool is_for_usable(const Situation& situation, const Candidate& candidate) {
  const std::string_view name = candidate.variant.name;
  return !candidate.is_cpu() && !situation.usable(name.starts_with("cu") ? "cuda" : name.starts_with("rocm") ? "rocm" : name).empty();
}

/// Of the builds for an accelerator here that do not fit, the first with the fewest reasons against it; candidates come best first.
std::optional<RankedVariant> nearest_refused(const Situation& situation, const std::vector<Candidate>& candidates) {
  const Candidate* nearest = nullptr;
  const auto obstacles = [](const Candidate& candidate) {
    const auto& reasons = candidate.variant.reasons;
    return std::count_if(reasons.begin(), reasons.end(), [](const auto& reason) { return !reason.fits; });
  };
  for (const auto& candidate : candidates) {
    if (candidate.variant.fits || !is_for_usable(situation, candidate)) continue;
    if (nearest == nullptr || obstacles(candidate) < obstacles(*nearest)) nearest = &candidate;
  }
  return nearest == nullptr ? std::nullopt : std::optional(nearest->variant);
}

/// A choice, and what the summary tells of where the CPU's build was taken.
struct Ranking {
  VariantChoice choice;
  std::optional<RankedVariant> nearest;
};

/// Ranks what the wish leaves; the summary is made by the caller.
Result<Ranking> ranked_choice(const Situation& situation, const std::vector<const ReleaseRow*>& releases, const std::string& wished,
                              Table table = Table::to_chosen) {
  std::vector<Candidate> candidates;
  for (const auto* release : releases) {
    for (const auto& build : release->builds) candidates.push_back(make_candidate(situation, {*release, build}));
  }
  admit_partial_fits(candidates);
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return b.key() < a.key(); });
  Ranking ranking;
  fill_table(candidates, ranking.choice, pick(candidates, wished), releases.front()->version, table);
  ranking.nearest = nearest_refused(situation, candidates);
  return ranking;
}

/// What a wish for certain releases costs: the newest one with a build for the accelerators here, where the wished ones have none.
Result<std::string> other_release(const Situation& situation, const VariantCatalog& catalog, VariantWish wish,
                                  const VariantChoice& choice) {
  const bool is_restricted = wish.release || !wish.among.empty();
  const bool is_served = choice.chosen && choice.chosen->fits && choice.chosen->name != "cpu";
  if (!is_restricted || is_served || situation.facts.accelerators.empty() || wish.variant == "cpu") return std::string();
  wish.release.reset();
  wish.among.clear();
  wish.variant = "auto";
  TORCHUP_TRY_ASSIGN(const auto releases, wished_releases(catalog, wish));
  TORCHUP_TRY_ASSIGN(const Ranking ranking, ranked_choice(situation, releases, wish.variant));
  const VariantChoice& any = ranking.choice;
  if (!any.chosen || !any.chosen->fits || any.chosen->name == "cpu") return std::string();
  return fmt::format("; the newest torch with a build for what is here is {} ({})", any.chosen->release, any.chosen->name);
}

}  // namespace

bool in_range(const NumericVersion& release, const NumericVersion& from, const NumericVersion& to) {
  if (release < from) return false;
  // As many places of the release as `to` has: 2.4.1 lies within "up to 2.4".
  const auto places = std::count(to.text().begin(), to.text().end(), '.') + 1;
  std::size_t end = 0;
  for (auto left = places; left > 0 && end != std::string::npos; --left) end = release.text().find('.', end == 0 ? 0 : end + 1);
  const auto cut = NumericVersion::parse(std::string_view(release.text()).substr(0, end));
  return cut && !(to < *cut);
}

std::vector<std::string> catalog_releases(const VariantCatalog& catalog) {
  std::vector<std::string> releases;
  for (const auto& release : catalog.data().releases) releases.push_back(release.version.text());
  return releases;
}

const std::vector<std::string>& torch_family(const VariantCatalog& catalog) { return catalog.data().family; }

std::string variant_index_folder(std::string_view variant) {
  // The macOS wheels have no folder of their own: they lie among the CPU builds.
  return variant == "mps" ? "cpu" : std::string(variant);
}

namespace {

Result<VariantChoice> choose(const HostFacts& facts, const VariantCatalog& catalog, const VariantWish& wish, Table table) {
  TORCHUP_TRY(check_variant_name(catalog.data(), wish.variant));
  TORCHUP_TRY_ASSIGN(const auto releases, wished_releases(catalog, wish));
  TORCHUP_TRY_ASSIGN(const auto situation, make_situation(facts, catalog.data(), wish));
  TORCHUP_TRY_ASSIGN(Ranking ranking, ranked_choice(situation, releases, wish.variant, table));
  VariantChoice& choice = ranking.choice;
  TORCHUP_TRY_ASSIGN(const std::string other, other_release(situation, catalog, wish, choice));
  choice.summary = explain_choice(situation, choice, wish, ranking.nearest ? &*ranking.nearest : nullptr) + other;
  return std::move(choice);
}

}  // namespace

Result<VariantChoice> choose_variant(const HostFacts& facts, const VariantCatalog& catalog, const VariantWish& wish) {
  return choose(facts, catalog, wish, Table::to_chosen);
}

Result<VariantChoice> rank_every_variant(const HostFacts& facts, const VariantCatalog& catalog, const VariantWish& wish) {
  return choose(facts, catalog, wish, Table::whole);
}

}  // namespace torchup
