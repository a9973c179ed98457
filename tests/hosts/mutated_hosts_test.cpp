// Every recorded machine with each of its answers missing, refused, cut off and garbled: probing and choosing never fall over, never
// invent a kind of GPU, and never say CPU without a reason.
#include "torchup/probes/named_facts.hpp"
#include "torchup/probes/probe.hpp"
#include "torchup/resolver/variant.hpp"

#include "tests/hosts/mutated_host.hpp"
#include "tests/hosts/recorded_hosts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
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

/// Of one fault something is known still.
enum class Faults { one, many };

/// Whether something is told as not readable, or as not there, that was not told of the sound machine: what every recorded machine
/// says of folders that nobody recorded explains nothing.
bool is_explained(const HostFacts& facts, const HostFacts& sound) {
  const auto is_new = [](const auto& told, const auto& before) {
    return std::any_of(told.begin(), told.end(),
                       [&](const auto& one) { return std::find(before.begin(), before.end(), one) == before.end(); });
  };
  return is_new(facts.failures, sound.failures) || is_new(facts.absent, sound.absent);
}

/// What is wrong with the facts and the choice, held against those of the sound machine; empty where nothing is.
std::string complaint(const HostFacts& facts, const HostFacts& sound, Faults faults = Faults::one) {
  const auto kinds = kinds_of(sound);
  for (const auto& kind : kinds_of(facts)) {
    if (!kinds.contains(kind)) return "a GPU of kind " + kind + " was invented";
  }
  if (name_facts(facts).empty()) return faults == Faults::one ? "nothing is known any more" : "";
  if (!kinds.empty() && facts.accelerators.empty() && !is_explained(facts, sound)) return "the GPUs are gone, and nothing says why";
  const auto choice = choose_variant(facts, VariantCatalog::built_in(), {});
  if (!choice) return value_of(facts.os) == nullptr ? "" : "nothing was chosen: " + choice.error().message;
  if (choice->summary.empty()) return "the choice has no summary";
  const bool is_cpu = choice->chosen && choice->chosen->name == "cpu";
  if (!is_cpu || facts.accelerators.empty()) return "";
  const auto at = choice->summary.find(" stays unused: ");
  return at != std::string::npos && at + 15 < choice->summary.size() ? "" : "CPU without a reason: " + choice->summary;
}

/// Everything that is read in one way: the files of /sys, those of /proc, nodes, what the loader finds, the drivers' libraries, programs.
const std::vector<std::vector<std::string>> k_sources = {{"file /sys/", "directory /sys/", "link /sys/", "exists /sys/"},
                                                         {"file /proc/", "directory /proc/", "link /proc/"},
                                                         {"file /etc/"},
                                                         {"device ", "exists /dev/"},
                                                         {"library ", "description ", "texts "},
                                                         {"driver "},
                                                         {"driver libcuda", "library libcuda"},
                                                         {"driver libnvidia-ml", "library libnvidia-ml"},
                                                         {"command "},
                                                         {"variable "},
                                                         {"cpuid ", "xcr0", "requestable "}};

/// Each complaint about the machine in a folder where a whole source, or some answers of all, are not what they were.
std::vector<std::string> complaints_about_many(const std::filesystem::path& folder) {
  const auto recorded = open_recorded_host_system(folder).value();
  MutatedHost host(*recorded);
  const auto sound = probe(host);
  const auto questions = host.answered();
  std::vector<std::string> complaints;
  const auto look = [&](std::map<std::string, Mutation> mutations, const std::string& what) {
    host.mutate(std::move(mutations));
    if (const auto text = complaint(probe(host), sound, Faults::many); !text.empty())
      complaints.push_back(folder.filename().string() + ", " + what + ": " + text);
  };
  for (const auto& source : k_sources) {
    for (const auto mutation : {Mutation::missing, Mutation::refused, Mutation::truncated, Mutation::garbled}) {
      std::map<std::string, Mutation> mutations;
      for (const auto& question : questions) {
        if (std::any_of(source.begin(), source.end(), [&](const auto& begin) { return question.starts_with(begin); }))
          mutations.emplace(question, mutation);
      }
      look(std::move(mutations), "all of " + source.front() + ", mutation " + std::to_string(static_cast<int>(mutation)));
    }
  }
  std::mt19937 random(1);
  for (int round = 0; round < 12; ++round) {
    std::map<std::string, Mutation> mutations;
    for (const auto& question : questions) {
      if (random() % 4 == 0) mutations.emplace(question, static_cast<Mutation>(1 + random() % 4));
    }
    look(std::move(mutations), "round " + std::to_string(round));
  }
  return complaints;
}

/// Each complaint about the machine in a folder, told with what was done to it.
std::vector<std::string> complaints_about(const std::filesystem::path& folder) {
  const auto recorded = open_recorded_host_system(folder).value();
  MutatedHost host(*recorded);
  const auto sound = probe(host);
  const auto questions = host.answered();
  std::vector<std::string> complaints;
  for (const auto& question : questions) {
    for (const auto mutation : {Mutation::missing, Mutation::refused, Mutation::truncated, Mutation::garbled}) {
      host.mutate(question, mutation);
      const auto text = complaint(probe(host), sound);
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

TEST_CASE("no source that is gone as a whole, and no mixture of faults, leads probing or choosing astray") {
  for (const auto& folder : recorded_hosts()) CHECK(complaints_about_many(folder) == std::vector<std::string>{});
}

TEST_CASE("the check itself sees an invented GPU and a silent CPU") {
  HostFacts none, with_gpu;
  none.os = with_gpu.os = Fact<OperatingSystem>{{.system = "Linux", .machine = "x86_64"}, {"test", ""}};
  none.failures.push_back({"/home/user", "it is not there"});
  with_gpu.failures = none.failures;
  with_gpu.accelerators.push_back({{.kind = "cuda", .name = "GPU"}, {"test", ""}});
  CHECK(complaint(with_gpu, none) == "a GPU of kind cuda was invented");
  CHECK(complaint(none, with_gpu) == "the GPUs are gone, and nothing says why");
  none.failures.push_back({"PCI", "it cannot be read"});
  CHECK(complaint(none, with_gpu) != "the GPUs are gone, and nothing says why");
  CHECK(complaint(HostFacts{}, {}) == "nothing is known any more");
}
