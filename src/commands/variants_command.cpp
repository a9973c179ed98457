// torchup variants: every variant of a torch release on this host, ranked, with what makes it fit or not.

#include "torchup/probes/probe.hpp"
#include "torchup/resolver/requirement.hpp"
#include "torchup/resolver/variant.hpp"

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/commands/parser.hpp"
#include "src/commands/print_host.hpp"
#include "src/commands/variant_matrix.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace torchup {
namespace {

struct Options {
  std::string requirement;
  std::string variant = "auto";
  std::string python;
  bool all = false;
};

const char* index_name(VariantIndex index) { return index == VariantIndex::main ? "main" : "pytorch"; }

nlohmann::ordered_json variant_json(const RankedVariant& variant) {
  auto reasons = nlohmann::ordered_json::array();
  for (const auto& reason : variant.reasons) {
    reasons.push_back({{"code", reason.code}, {"fits", reason.fits}, {"text", reason.text}, {"evidence", reason.evidence}});
  }
  return {{"name", variant.name},   {"release", variant.release},         {"fits", variant.fits},
          {"score", variant.score}, {"index", index_name(variant.index)}, {"default", variant.is_default},
          {"reasons", reasons}};
}

std::string choice_json(const VariantChoice& choice) {
  auto document = new_document();
  document["release"] = choice.chosen ? nlohmann::ordered_json(choice.chosen->release) : nullptr;
  document["chosen"] = choice.chosen ? nlohmann::ordered_json(choice.chosen->name) : nullptr;
  document["summary"] = choice.summary;
  document["variants"] = nlohmann::ordered_json::array();
  for (const auto& variant : choice.ranked) document["variants"].push_back(variant_json(variant));
  return json_document(document);
}

/// The reason that decides: the first that does not fit, else the first.
std::string deciding_reason(const RankedVariant& variant) {
  for (const auto& reason : variant.reasons) {
    if (reason.fits == variant.fits) return reason.text;
  }
  return variant.reasons.empty() ? "" : variant.reasons.front().text;
}

/// Whether a build is for other systems, or for a kind of GPU that this host has none of.
bool is_for_others(const RankedVariant& variant) {
  return !variant.fits && std::any_of(variant.reasons.begin(), variant.reasons.end(), [](const VariantReason& reason) {
    return !reason.fits && (reason.code == "not-published" || reason.code == "no-device");
  });
}

enum class Rows { that_tell, all };

bool is_chosen(const VariantChoice& choice, const RankedVariant& variant) {
  const auto& chosen = choice.chosen;
  return chosen && variant.name == chosen->name && variant.index == chosen->index && variant.release == chosen->release;
}

/// Where an old release is chosen, every build of every release since would be hundreds of rows: of each variant the best that fits and
/// the best that does not tell why.
std::vector<RankedVariant> rows_that_tell(const VariantChoice& choice) {
  std::set<std::pair<std::string, bool>> seen;
  std::vector<RankedVariant> rows;
  for (const auto& variant : choice.ranked) {
    if (is_chosen(choice, variant) || (!is_for_others(variant) && seen.emplace(variant.name, variant.fits).second)) rows.push_back(variant);
  }
  return rows;
}

std::string choice_text(const VariantChoice& choice, const HostFacts& facts, const Terminal& terminal, Rows rows) {
  std::string text = terminal.styled(Style::dim, wrapped(host_line(facts), terminal.width(), 2)) + "\n\n";
  Table table{.header = {"", "variant", "torch", "index", "why"}};
  constexpr std::size_t k_a_screen = 20;
  const bool is_folded = rows == Rows::that_tell && choice.ranked.size() > k_a_screen;
  const auto shown = is_folded ? rows_that_tell(choice) : choice.ranked;
  const auto left_out = choice.ranked.size() - shown.size();
  for (const auto& variant : shown) {
    const bool chosen = is_chosen(choice, variant);
    const Style style = chosen ? Style::good : variant.fits ? Style::plain : Style::dim;
    table.rows.push_back({{chosen         ? "▸"
                           : variant.fits ? "·"
                                          : "✗",
                           style},
                          {variant.name, chosen ? Style::bold : style},
                          {variant.release, style},
                          {variant.is_default ? "main, default" : index_name(variant.index), style},
                          {deciding_reason(variant), style}});
  }
  text += table_text(table, terminal);
  if (left_out > 0) {
    const auto told =
        fmt::format("{} more builds, of releases between these or for other systems and GPUs: `torchup variants -v` lists them", left_out);
    text += terminal.styled(Style::dim, wrapped(told, terminal.width(), 0)) + "\n";
  }
  return text + "\n" + wrapped(choice.summary, terminal.width(), 0) + "\n";
}

Result<int> run(Application& application, const Options& options) {
  VariantWish wish{.variant = options.variant};
  if (!options.requirement.empty()) {
    TORCHUP_TRY_ASSIGN(const Requirement requirement, Requirement::parse(options.requirement));
    const auto& specifiers = requirement.specifiers.specifiers();
    if (requirement.name.text() != "torch" || specifiers.size() != 1 || specifiers[0].op != SpecifierOperator::equal ||
        specifiers[0].prefix) {
      return failure({ErrorKind::usage, fmt::format("`{}` is not of the form `torch==VERSION`", options.requirement), {}, {}});
    }
    wish.release = specifiers[0].version->without_local().text();
  }
  if (!options.python.empty()) wish.python = options.python;
  // One interpreter decides; the others would only cost time.
  const HostFacts facts = probe_host(application.host(), {.path = {}, .is_enough = [](const Python&) { return true; }});
  const auto rank = options.all ? rank_every_variant : choose_variant;
  TORCHUP_TRY_ASSIGN(const VariantChoice choice, rank(facts, application.catalog(), wish));
  if (application.options().json) {
    application.print(choice_json(choice));
  } else {
    const auto rows = application.options().verbosity > 0 ? Rows::all : Rows::that_tell;
    application.print(options.all ? matrix_text(choice, facts, application.out()) : choice_text(choice, facts, application.out(), rows));
  }
  return 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument({"release", "TORCH==V", "`torch==V`: that release instead of the newest that fits"}, options->requirement);
  parser.flag("--all", options->all, "Every release and build that this host could have, as one matrix");
  parser.option({"--variant", "NAME", "auto, default, or one variant such as cpu, cu130, rocm7.2"}, options->variant);
  parser.option({"--python", "X.Y", "For this Python (X.Y) instead of the one found"}, options->python);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command variants_command;
const Command variants_command{"variants", "Rank the builds of a torch release for this host, with reasons", define};

}  // namespace torchup
