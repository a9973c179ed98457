#pragma once
// The facts that an issue or a chat needs, each with where it was read: what torch.utils.collect_env tells, but of what the
// environment's programs would use. Used by `torchup report`.

#include "torchup/doctor/installed_environment.hpp"
#include "torchup/host/host_facts.hpp"
#include "torchup/system/host_system.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct ReportFact {
  std::string id;      ///< collect_env's name of the field where it has one: "cuda_compiled_version".
  std::string name;    ///< "CUDA used to build PyTorch"
  std::string value;   ///< "N/A" where there is none; several lines for lists.
  std::string source;  ///< Where it was read; empty where nothing was.
  bool operator==(const ReportFact&) const = default;
};

struct ReportSection {
  std::string name;  ///< Empty where collect_env has no heading.
  std::vector<ReportFact> facts;
};

struct ReportQuestion {
  const HostFacts& facts;
  const InstalledEnvironment* environment = nullptr;  ///< Nothing where there is none.
  HostSystem& host;                                   ///< Is asked for the versions of compilers.
  std::string program;                                ///< This program's version.
  std::vector<ReportFact> indexes = {};               ///< Where packages would come from, as configured.
};

/// Every fact, in collect_env's order. Nothing is imported; of the host three compilers are started, each for some seconds at most.
std::vector<ReportSection> make_report(const ReportQuestion& question);

/// The text without what nobody else should see: names and passwords in URLs, tokens, and the home folder, which becomes `~`.
std::string redacted_text(std::string_view text, const std::string& home);

}  // namespace torchup
