// torchup probe: what this host has, each fact with where it was read.

#include "torchup/probes/probe.hpp"

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/commands/host_json.hpp"
#include "src/commands/parser.hpp"
#include "src/commands/print_host.hpp"
#include "src/ui/json_output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace torchup {
namespace {

Result<HostFacts> recorded_facts(HostSystem& host, const std::string& folder) {
  const auto recorder = make_recording_host_system(host);
  HostFacts facts = probe_host(*recorder);
  TORCHUP_TRY(with_context(recorder->write(folder), fmt::format("while recording the host in `{}`", folder)));
  return facts;
}

Result<int> run(Application& application, const std::string& record) {
  auto facts = record.empty() ? Result<HostFacts>(probe_host(application.host())) : recorded_facts(application.host(), record);
  if (!facts) return failure(std::move(facts).error());
  if (application.options().json) {
    application.print(json_document(host_json(*facts)));
    return 0;
  }
  const auto evidence = application.options().verbosity > 0 || application.options().explain ? ShowEvidence::yes : ShowEvidence::no;
  application.print(host_text(*facts, evidence, application.out()));
  if (!record.empty()) application.diagnostics().note(fmt::format("recorded in `{}`; use it with `--host {}`", record, record));
  return 0;
}

Action define(Parser& parser) {
  auto record = std::make_shared<std::string>();
  parser.option({"--record", "DIR", "Also write what was read to DIR, for `--host DIR` elsewhere"}, *record);
  return [record](Application& application) { return run(application, *record); };
}

}  // namespace

extern const Command probe_command;
const Command probe_command{"probe", "Show what this host has, each fact with where it was read", define};

}  // namespace torchup
