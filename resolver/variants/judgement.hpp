#pragma once
// What stands for and against one build of one release on one host. Each judge adds its reasons and never stops another, so
// that a table can show all of them.

#include "resolver/variants/situation.hpp"

#include <string>
#include <utility>
#include <vector>

namespace torchup {

struct Judgement {
  bool installable = true;  ///< A wheel for this system, Python and C library exists, and the companions do.
  bool runnable = true;     ///< Device and driver are here.
  bool native = true;       ///< Neither minor-version compatibility nor PTX is needed.
  unsigned devices = 0;     ///< GPUs of its kind...
  unsigned supported = 0;   ///< ...and how many of them it has code for.
  std::vector<VariantReason> reasons;

  void allow(const char* code, std::string text, std::string evidence) {
    reasons.push_back({code, true, std::move(text), std::move(evidence)});
  }
  void refuse(const char* code, std::string text, std::string evidence) {
    reasons.push_back({code, false, std::move(text), std::move(evidence)});
  }

  bool fits_every_device() const { return installable && runnable && supported == devices; }
  bool fits_some_device() const { return installable && runnable && supported > 0; }
};

/// One build of one release.
struct Build {
  const ReleaseRow& release;
  const BuildRow& row;
};

/// Published for this platform, Python, C library, with the companions asked for.
void judge_installable(const Situation& situation, const Build& build, Judgement& judgement);

/// The NVIDIA driver and every GPU's architecture.
void judge_cuda(const Situation& situation, const Build& build, Judgement& judgement);

/// AMD, Intel and Apple devices, and the processor's level.
void judge_rocm(const Situation& situation, const Build& build, Judgement& judgement);
void judge_xpu(const Situation& situation, const Build& build, Judgement& judgement);
void judge_mps(const Situation& situation, const Build& build, Judgement& judgement);
void judge_cpu(const Situation& situation, const Build& build, Judgement& judgement);

/// Adds the reason `device-not-ready` for a GPU that something stops just now. It is no reason against the build.
void warn_of_trouble(const Fact<Accelerator>& gpu, Judgement& judgement);

/// Adds the reason `no-device`: why there is no device of a kind, from what the probes found.
void refuse_for_no_device(const Situation& situation, std::string_view kind, const char* name, Judgement& judgement);

/// All of the above that a build's kind asks for.
Judgement judge(const Situation& situation, const Build& build);

}  // namespace torchup
