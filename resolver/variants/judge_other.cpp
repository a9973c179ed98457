#include "resolver/variants/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

constexpr std::string_view k_rocm = "rocm";

const GfxRow* find_gfx(const Situation& situation, const Build& build) {
  const auto rocm = build.row.name.substr(k_rocm.size());
  for (const auto& row : situation.catalog.gfx) {
    const bool is_its = row.rocm.empty() || std::find(row.rocm.begin(), row.rocm.end(), rocm) != row.rocm.end();
    if (is_its && in_range(build.release.version, row.from, row.to)) return &row;
  }
  return nullptr;
}

std::string cpu_evidence(const Situation& situation) {
  const auto* const fact = std::get_if<Fact<CpuFeatures>>(&situation.facts.cpu);
  return fact == nullptr ? std::string() : evidence_text(fact->evidence);
}

/// Says of a release for each level that its wheels want and the processor lacks; they run, but not as they are meant to.
void judge_level(const Situation& situation, const Build& build, Judgement& judgement) {
  const auto* const cpu = value_of(situation.facts.cpu);
  if (cpu == nullptr || !cpu->level.starts_with("x86-64-v")) return;
  for (const auto& row : situation.catalog.levels) {
    if (build.release.version < row.from || situation.os()->machine != row.machine || cpu->level >= row.wants) continue;
    judgement.native = false;
    judgement.allow("cpu-level", fmt::format("the processor has {}, and from {} on torch uses its fast kernels", cpu->level, row.wants),
                    cpu_evidence(situation));
  }
}

}  // namespace

void refuse_for_no_device(const Situation& situation, std::string_view kind, const char* name, Judgement& judgement) {
  judgement.runnable = false;
  for (const auto& accelerator : situation.facts.accelerators) {
    if (accelerator.value.kind != kind) continue;
    return judgement.refuse("no-device", fmt::format("{} cannot be used: {}", accelerator.value.name, accelerator.value.unusable),
                            evidence_text(accelerator.evidence));
  }
  const auto* const driver = situation.driver(kind);
  if (driver != nullptr) {
    const auto version = driver->value.version ? " " + driver->value.version->text() : std::string();
    return judgement.refuse("no-device", fmt::format("the driver{} is here, but no {}", version, name), evidence_text(driver->evidence));
  }
  judgement.refuse("no-device", fmt::format("this host has no {}", name), "torchup probe");
}

void judge_rocm(const Situation& situation, const Build& build, Judgement& judgement) {
  const auto gpus = situation.usable(k_rocm);
  if (gpus.empty()) return refuse_for_no_device(situation, k_rocm, "AMD GPU", judgement);
  judgement.devices = static_cast<unsigned>(gpus.size());
  const auto* const row = find_gfx(situation, build);
  for (const auto* gpu : gpus) {
    const auto& gfx = gpu->value.architecture;
    if (row != nullptr && std::find(row->gfx.begin(), row->gfx.end(), gfx) != row->gfx.end()) {
      ++judgement.supported;
      judgement.allow("fits", fmt::format("torch {} {} has code for {}", build.release.version.text(), build.row.name, gfx),
                      "catalog: " + row->source);
    } else {
      const auto list = row == nullptr ? std::string("no source lists what it has") : fmt::format("only for {}", fmt::join(row->gfx, ", "));
      judgement.refuse("arch-missing",
                       fmt::format("torch {} {} has no code for {}, {}", build.release.version.text(), build.row.name, gfx, list),
                       row == nullptr ? "catalog" : "catalog: " + row->source);
    }
  }
}

void judge_xpu(const Situation& situation, Judgement& judgement) {
  const auto gpus = situation.usable("xpu");
  if (gpus.empty()) return refuse_for_no_device(situation, "xpu", "Intel GPU that oneAPI supports", judgement);
  judgement.devices = judgement.supported = static_cast<unsigned>(gpus.size());
  judgement.allow("fits", fmt::format("{} is an XPU", gpus.front()->value.name), evidence_text(gpus.front()->evidence));
}

void judge_mps(const Situation& situation, const Build& build, Judgement& judgement) {
  const auto gpus = situation.usable("mps");
  if (gpus.empty()) return refuse_for_no_device(situation, "mps", "Apple GPU", judgement);
  judgement.devices = 1;
  const auto& rows = situation.catalog.mps;
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const MpsRow& row) { return in_range(build.release.version, row.from, row.to); });
  const auto& version = situation.os()->version;
  if (at != rows.end() && version && *version < at->macos) {
    judgement.refuse("os-unsupported",
                     fmt::format("torch {} uses the Apple GPU from macOS {} on, and this host has {}", build.release.version.text(),
                                 at->macos.text(), version->text()),
                     "catalog: " + at->source);
    return;
  }
  judgement.supported = 1;
  judgement.allow("fits", fmt::format("{} is used through Metal", gpus.front()->value.name), evidence_text(gpus.front()->evidence));
}

void judge_cpu(const Situation& situation, const Build& build, Judgement& judgement) {
  judgement.allow("fits", "it runs on any processor of this platform", cpu_evidence(situation));
  judge_level(situation, build, judgement);
}

Judgement judge(const Situation& situation, const Build& build) {
  Judgement judgement;
  judge_installable(situation, build, judgement);
  const std::string_view name = build.row.name;
  if (name.starts_with("cu")) {
    judge_cuda(situation, build, judgement);
  } else if (name.starts_with(k_rocm)) {
    judge_rocm(situation, build, judgement);
  } else if (name == "xpu") {
    judge_xpu(situation, judgement);
  } else if (name == "mps") {
    judge_mps(situation, build, judgement);
  } else {
    judge_cpu(situation, build, judgement);
  }
  return judgement;
}

}  // namespace torchup
