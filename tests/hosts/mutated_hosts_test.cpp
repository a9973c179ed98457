// Every recorded machine with each of its answers missing, refused, cut off and garbled: probing and choosing never fall over, never
// invent a kind of GPU, and never say CPU without a reason.
#include "torchup/probes/named_facts.hpp"
#include "torchup/probes/probe.hpp"
#include "torchup/resolver/variant.hpp"

#include "tests/hosts/mutated_host.hpp"
#include "tests/hosts/recorded_hosts.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace torchup;
using namespace torchup::test;

namespace {

HostFacts probe(HostSystem& host) {
  // Interpreters have nothing to do with GPUs, and one of them is as good as all.
  return probe_host(host, {.path = {}, .is_enough = [](const Python&) { return true; }});
}

std::set<std::string> kinds_of(const HostFacts& facts) {
  std::set<std::string> kinds;
  for (const auto& gpu : facts.accelerators) kinds.insert(gpu.value.kind);
  return kinds;
}

/// What is wrong with the facts and the choice of a machine that had GPUs of these kinds; empty where nothing is.
std::string complaint(const HostFacts& facts, const std::set<std::string>& kinds, Mutation mutation) {
  for (const auto& kind : kinds_of(facts)) {
    if (!kinds.contains(kind)) return "a GPU of kind " + kind + " was invented";
  }
  if (name_facts(facts).empty()) return "nothing is known any more";
  const bool is_explained = !facts.failures.empty() || mutation == Mutation::missing || mutation == Mutation::truncated;
  if (!kinds.empty() && facts.accelerators.empty() && !is_explained) return "the GPUs are gone, and no failure says why";
  const auto choice = choose_variant(facts, VariantCatalog::built_in(), {});
  if (!choice) return value_of(facts.os) == nullptr ? "" : "nothing was chosen: " + choice.error().message;
  if (choice->summary.empty()) return "the choice has no summary";
  const bool is_cpu = choice->chosen && choice->chosen->name == "cpu";
  if (!is_cpu || facts.accelerators.empty()) return "";
  const auto at = choice->summary.find(" stays unused: ");
  return at != std::string::npos && at + 15 < choice->summary.size() ? "" : "CPU without a reason: " + choice->summary;
}

/// Each complaint about the machine in a folder, told with what was done to it.
std::vector<std::string> complaints_about(const std::filesystem::path& folder) {
  const auto recorded = open_recorded_host_system(folder).value();
  MutatedHost host(*recorded);
  const auto kinds = kinds_of(probe(host));
  const auto questions = host.answered();
  std::vector<std::string> complaints;
  for (const auto& question : questions) {
    for (const auto mutation : {Mutation::missing, Mutation::refused, Mutation::truncated, Mutation::garbled}) {
      host.mutate(question, mutation);
      const auto text = complaint(probe(host), kinds, mutation);
      if (!text.empty())
        complaints.push_back(folder.filename().string() + ", " + question + ", mutation " + std::to_string(static_cast<int>(mutation)) +
                             ": " + text);
    }
  }
  return complaints;
}

}  // namespace

TEST_CASE("no missing, refused, cut off or garbled answer leads probing or choosing astray") {
  for (const auto& folder : recorded_hosts()) CHECK(complaints_about(folder) == std::vector<std::string>{});
}

TEST_CASE("the check itself sees an invented GPU and a silent CPU") {
  HostFacts facts;
  facts.os = Fact<OperatingSystem>{{.system = "Linux", .machine = "x86_64"}, {"test", ""}};
  facts.accelerators.push_back({{.kind = "cuda", .name = "GPU"}, {"test", ""}});
  CHECK(complaint(facts, {}, Mutation::garbled) == "a GPU of kind cuda was invented");
  facts.accelerators.clear();
  CHECK(complaint(facts, {"cuda"}, Mutation::refused) == "the GPUs are gone, and no failure says why");
  CHECK(complaint(HostFacts{}, {}, Mutation::none) == "nothing is known any more");
}
