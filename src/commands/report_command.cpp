// torchup report: the facts that an issue or a chat needs, right and redacted.

#include "torchup/doctor/report.hpp"

#include "src/commands/command.hpp"
#include "src/commands/doctor_input.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/print_report.hpp"
#include "src/host_python.hpp"
#include "src/ui/json_output.hpp"

#include <nlohmann/json.hpp>

#include <cctype>

namespace torchup {
namespace {

struct Options {
  std::string env;
  bool markdown = false;
};

/// Nothing leaves before it went through here.
void redact(std::vector<ReportSection>& report, const std::string& home) {
  for (ReportSection& section : report) {
    for (ReportFact& fact : section.facts) {
      fact.value = redacted_text(fact.value, home);
      fact.source = redacted_text(fact.source, home);
    }
  }
}

/// As configured; whether they answer is the doctor's question.
std::vector<ReportFact> index_facts(Application& application) {
  std::vector<ReportFact> facts;
  std::vector<std::string> problems;
  for (const DoctorIndex& index : doctor_indexes(application, problems)) {
    std::string name = index.name;
    name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
    facts.push_back({"index", std::move(name), index.url.text(), index.source});
  }
  for (const std::string& problem : problems) facts.push_back({"index", "Index", problem, ""});
  return facts;
}

Result<int> run(Application& application, const Options& options) {
  std::optional<InstalledEnvironment> environment;
  if (application.host_is_this() || !options.env.empty()) {
    TORCHUP_TRY_ASSIGN(environment, examined_environment(application, options.env));
  }
  const HostFacts facts = probe_host_alone(application.host());
  auto report = make_report({.facts = facts,
                             .environment = environment ? &*environment : nullptr,
                             .host = application.host(),
                             .program = TORCHUP_VERSION,
                             .indexes = application.host_is_this() ? index_facts(application) : std::vector<ReportFact>{}});
  redact(report, application.this_host().environment("HOME").value_or(""));
  if (application.options().json) {
    auto document = new_document();
    add_report_json(document, report);
    application.print(json_document(document));
  } else {
    application.print(options.markdown ? report_markdown(report)
                                       : report_text(report, application.options().verbosity > 0, application.out()));
  }
  return 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.option(k_env_option, options->env);
  parser.flag("--markdown", options->markdown, "Print a folded section with a table, for an issue");
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command report_command;
const Command report_command{"report", "Print the facts that an issue or a chat needs, redacted", define};

}  // namespace torchup
