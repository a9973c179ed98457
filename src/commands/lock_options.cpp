#include "src/commands/lock_options.hpp"

#include "src/commands/environment_options.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/print_error.hpp"
#include "src/ui/printable.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace torchup {
namespace {

/// Deep derivations are cut: the text says what matters, and a reader of JSON must not need an unbounded stack.
nlohmann::ordered_json derivation_json(const DerivationNode& node, int depth) {
  constexpr int k_deepest = 60;
  nlohmann::ordered_json causes = nlohmann::ordered_json::array();
  if (depth < k_deepest) {
    for (const auto& cause : node.causes) causes.push_back(derivation_json(*cause, depth + 1));
  }
  return {{"statement", node.statement}, {"causes", causes}};
}

/// A day means its beginning, in UTC.
Result<std::optional<std::string>> upload_limit(const std::string& text) {
  if (text.empty()) return std::nullopt;
  constexpr std::string_view k_day = "dddd-dd-dd", k_instant = "dddd-dd-ddTdd:dd:ddZ";
  const auto has_form = [&](std::string_view form) {
    return std::equal(form.begin(), form.end(), text.begin(), text.end(),
                      [](char wanted, char given) { return wanted == 'd' ? given >= '0' && given <= '9' : wanted == given; });
  };
  if (has_form(k_instant)) return text;
  if (has_form(k_day)) return text + "T00:00:00Z";
  return failure(
      {ErrorKind::usage, fmt::format("`{}` is no date", text), {}, {"write it as `2026-10-28`, or as `2026-10-28T15:00:00Z` in UTC"}});
}

/// The index and the pre-releases that a file asks for, where the command line says nothing of them.
void take_settings_of_files(LockWish& wish, Diagnostics& diagnostics) {
  if (wish.list.prereleases && wish.prereleases == PrereleasePolicy::if_necessary) wish.prereleases = PrereleasePolicy::allow;
  if (!wish.list.index) return;
  if (wish.index_url.empty()) {
    wish.index_url = wish.list.index->url;
  } else if (wish.index_url != wish.list.index->url) {
    diagnostics.warn(fmt::format("{} names another index than `--index-url`, which is taken", wish.list.index->where));
  }
}

}  // namespace

void add_lock_options(Parser& parser, LockOptions& options) {
  parser.argument({"requirements", "REQ", "What is wanted: `torch`, `torch==2.15.0`, `transformers[torch]`"}, options.requirements);
  add_file_options(parser, options.files);
  add_choice_options(parser, options);
}

void add_choice_options(Parser& parser, LockOptions& options) {
  parser.option({"--variant", "NAME", "auto, default (the main index's build), or one: cpu, cu130, rocm7.2"}, options.variant);
  parser.flag("--fallback", options.fallback, "Take the main index's build if the variant's index does not answer");
  parser.option(k_python_option, options.python);
  parser.option({"--index-url", "URL", "The main package index instead of pip's"}, options.index_url);
  parser.option({"--torch-index-url", "URL", "The folder in which cpu, cu130, ... lie, instead of PyTorch's"}, options.torch_index_url);
  parser.option({"--exclude-newer", "DATE", "Only what was uploaded before 2026-10-28 or 2026-10-28T15:00:00Z"}, options.exclude_newer);
  parser.option({"--override", "REQ|FILE", "Takes the place of every requirement of its name, whoever asks for it; repeatable"},
                options.overrides);
  parser.choice({"--resolution", "ORDER", "Versions to prefer: highest, lowest, or lowest-direct (of what is asked for itself)"},
                options.order,
                {{"highest", VersionOrder::highest}, {"lowest", VersionOrder::lowest}, {"lowest-direct", VersionOrder::lowest_direct}});
  parser.choice({"--prerelease", "POLICY", "Pre-releases: allow, if-necessary or never"}, options.prereleases,
                {{"allow", PrereleasePolicy::allow}, {"if-necessary", PrereleasePolicy::if_necessary}, {"never", PrereleasePolicy::never}});
  parser.option(k_allow_build_option, options.buildable);
  parser.flag("--no-repairs", options.no_repairs, "Take metadata as published where it is known to be wrong");
}

Result<std::set<PackageName>> package_names(const std::vector<std::string>& texts, std::string_view option) {
  std::set<PackageName> names;
  for (const auto& text : texts) {
    TORCHUP_TRY_ASSIGN(PackageName name, with_context(PackageName::parse(text), fmt::format("while reading {}", option)));
    names.insert(std::move(name));
  }
  return names;
}

Result<LockWish> choice_wish(Application& application, const LockOptions& options) {
  LockWish wish;
  wish.variant = options.variant;
  wish.fallback = options.fallback ? Fallback::main_index : Fallback::refuse;
  wish.python = options.python;
  wish.index_url = options.index_url;
  wish.torch_index_url = options.torch_index_url;
  wish.prereleases = options.prereleases;
  wish.order = options.order;
  TORCHUP_TRY_ASSIGN(wish.buildable, package_names(options.buildable, "--allow-build"));
  wish.repairs = options.no_repairs ? Repairs::leave_out : Repairs::apply;
  TORCHUP_TRY_ASSIGN(wish.exclude_newer, upload_limit(options.exclude_newer));
  TORCHUP_TRY(add_overrides(wish.list, options.overrides, application.this_host()));
  return wish;
}

Result<LockWish> lock_wish(Application& application, const LockOptions& options) {
  TORCHUP_TRY_ASSIGN(LockWish wish, choice_wish(application, options));
  for (const auto& text : options.requirements) {
    TORCHUP_TRY_ASSIGN(Requirement requirement,
                       with_context(Requirement::parse(text), fmt::format("while reading the requirement `{}`", text)));
    wish.list.requirements.push_back(std::move(requirement));
  }
  TORCHUP_TRY(add_wanted_files(wish.list, options.files, application.this_host()));
  take_settings_of_files(wish, application.diagnostics());
  if (wish.list.requirements.empty()) {
    return failure({ErrorKind::usage, "nothing is asked for", {}, {"name a requirement, such as `torch`, or a file with -r"}});
  }
  for (const auto& requirement : wish.list.requirements) wish.requests.push_back(requirement.text());
  return wish;
}

Ports pipeline_ports(Application& application) {
  return {.host = application.host(),
          .this_host = application.this_host(),
          .transport = application.transport(),
          .catalog = application.catalog(),
          .configuration = application.configuration(),
          .cache = application.cache_directory(),
          .ledger = application.ledger_file(),
          .self = "/proc/self/exe",
          .offline = application.options().offline,
          .diagnostics = application.diagnostics(),
          .cancellation = application.cancellation()};
}

Error unsolvable_error(const Explanation& explanation) {
  const char* message =
      explanation.gave_up ? "the search for a set of versions was given up" : "no set of versions satisfies every requirement";
  return {ErrorKind::unsolvable, message, {}, explanation.hints};
}

int report_unsolvable(Application& application, const Explanation& explanation) {
  const Error error = unsolvable_error(explanation);
  if (application.options().json) {
    auto document = error_json(error);
    document["explanation"] = explanation.text;
    if (explanation.derivation) document["derivation"] = derivation_json(*explanation.derivation, 0);
    application.print(json_document(document));
    return exit_code(error.kind);
  }
  application.diagnostics().clear();
  const Terminal& terminal = application.err();
  std::string text = error_text({error.kind, error.message, {}, {}}, terminal);
  std::string_view rest = explanation.text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    text += "  " + wrapped(printable(rest.substr(0, end)), terminal.width() - 2, 4) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const auto& hint : error.hints)
    text += terminal.styled(Style::accent, "hint:") + " " + wrapped(printable(hint), terminal.width() - 6, 2) + "\n";
  std::fputs(text.c_str(), stderr);
  return exit_code(error.kind);
}

}  // namespace torchup
