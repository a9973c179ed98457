#include "src/commands/report_validation.hpp"

#include "src/commands/print_validation.hpp"
#include "src/pipeline.hpp"
#include "src/record/ledger.hpp"
#include "src/ui/json_output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace torchup {

int report_validation(Application& application, const Environment& environment, const ValidationReport& report) {
  const unsigned generation = environment.current->number;
  if (auto ledger = Ledger::open(application.ledger_file(), application.diagnostics())) {
    const auto recorded = ledger->record_validation(environment.root, generation, report, marks_of_host(application.this_host()));
    if (!recorded) application.diagnostics().note(recorded.error().message);
  }
  if (application.options().json) {
    auto document = new_document();
    document["environment"] = environment.root.string();
    document["generation"] = generation;
    add_validation_json(document, report);
    application.print(json_document(document));
  } else {
    application.print(fmt::format("generation {} of {}\n", generation, environment.root.string()) +
                      validation_text(report, application.out()));
  }
  return report.healthy() ? 0 : 1;
}

}  // namespace torchup
