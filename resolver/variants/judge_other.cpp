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

void warn_of_trouble(const Fact<Accelerator>& gpu, Judgement& judgement) {
  if (gpu.value.trouble.empty()) return;
  judgement.allow("device-not-ready", fmt::format("{} cannot be used just now: {}", gpu.value.name, gpu.value.trouble),
                  evidence_text(gpu.evidence));
}

void judge_rocm(const Situation& situation, const Build& build, Judgement& judgement) {
  const auto gpus = situation.usable(k_rocm);
  if (gpus.empty()) return refuse_for_no_device(situation, k_rocm, "AMD GPU", judgement);
  judgement.devices = static_cast<unsigned>(gpus.size());
  const auto* const row = find_gfx(situation, build);
  const auto has_code = [&](const std::string& gfx) {
    return row != nullptr && std::find(row->gfx.begin(), row->gfx.end(), gfx) != row->gfx.end();
  };
  for (const auto* gpu : gpus) {
    // The override decides which code is loaded, whatever the device is.
    const auto& real = gpu->value.architecture;
    const auto& gfx = gpu->value.taken_for.empty() ? real : gpu->value.taken_for;
    if (has_code(gfx)) {
      ++judgement.supported;
      const std::string who = fmt::format("torch {} {}", build.release.version.text(), build.row.name);
      if (gfx == real) {
        judgement.allow("fits", fmt::format("{} has code for {}", who, gfx), "catalog: " + row->source);
      } else {
        judgement.allow("arch-override", fmt::format("{} has code for {}, which HSA_OVERRIDE_GFX_VERSION makes of {}", who, gfx, real),
                        "environment variable HSA_OVERRIDE_GFX_VERSION");
      }
    } else {
      const auto list = row == nullptr ? std::string("no source lists what it has") : fmt::format("only for {}", fmt::join(row->gfx, ", "));
      judgement.refuse("arch-missing",
                       fmt::format("torch {} {} has no code for {}, {}", build.release.version.text(), build.row.name,
                                   gfx.empty() ? gpu->value.name : gfx, list),
                       row == nullptr ? "catalog" : "catalog: " + row->source);
    }
  }
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
    judge_xpu(situation, build, judgement);
  } else if (name == "mps") {
    judge_mps(situation, build, judgement);
  } else {
    judge_cpu(situation, build, judgement);
  }
  return judgement;
}

}  // namespace torchup
