// Intel's GPUs: which of them an XPU build has code for, by the device IP that Level Zero or the PCI number tells.
#include "resolver/variants/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

constexpr std::string_view k_prefix = "ip_";

/// "12.55" of "12.55.8".
std::string_view without_revision(std::string_view ip) {
  const auto first = ip.find('.');
  const auto second = first == std::string_view::npos ? first : ip.find('.', first + 1);
  return ip.substr(0, second);
}

/// The release's row, or the nearest older one: lists grow from release to release.
const XpuRow* find_row(const Situation& situation, const NumericVersion& release) {
  const XpuRow* nearest = nullptr;
  for (const auto& row : situation.catalog.xpu) {
    if (in_range(release, row.from, row.to)) return &row;
    if (row.from < release && (nearest == nullptr || nearest->from < row.from)) nearest = &row;
  }
  return nearest;
}

bool lists(const std::vector<std::string>& ips, std::string_view ip) {
  return std::any_of(ips.begin(), ips.end(), [&](const auto& listed) { return without_revision(listed) == without_revision(ip); });
}

/// Whether an IP that the row does not list is of one family with one that it does.
bool lists_family(const Situation& situation, const XpuRow& row, std::string_view ip) {
  for (const auto& family : situation.catalog.xpu_families) {
    if (!lists(family.ips, ip)) continue;
    return std::any_of(family.ips.begin(), family.ips.end(), [&](const auto& relative) { return lists(row.ips, relative); });
  }
  return false;
}

/// Adds the reason for one GPU; whether the build has code for it.
bool judge_gpu(const Situation& situation, const Build& build, const Fact<Accelerator>& gpu, Judgement& judgement) {
  const auto& release = build.release.version.text();
  const auto& architecture = gpu.value.architecture;
  const auto ip = architecture.starts_with(k_prefix) ? std::string_view(architecture).substr(k_prefix.size()) : std::string_view();
  const auto* const row = find_row(situation, build.release.version);
  if (row != nullptr && !ip.empty()) {
    const auto evidence = "catalog: " + row->source;
    if (lists(row->ips, ip)) {
      judgement.allow("fits", fmt::format("torch {} xpu has code for {} (device IP {})", release, gpu.value.name, ip), evidence);
      return true;
    }
    if (lists_family(situation, *row, ip)) {
      judgement.allow("arch-family", fmt::format("torch {} xpu has code for the family of {} (device IP {})", release, gpu.value.name, ip),
                      evidence);
      return true;
    }
    judgement.refuse(
        "arch-missing",
        fmt::format("torch {} xpu has no code for {} (device IP {}), only for {}", release, gpu.value.name, ip, fmt::join(row->ips, ", ")),
        evidence);
    return false;
  }
  // A GPU in a processor is none of those that torch is built for unless something says so.
  if (gpu.value.integrated.value_or(false)) {
    judgement.refuse("arch-missing", fmt::format("{} is part of the processor, and nothing lists it as an XPU", gpu.value.name),
                     evidence_text(gpu.evidence));
    return false;
  }
  judgement.native = false;
  judgement.allow("fits", fmt::format("no source lists what torch {} xpu has code for; {} is taken on trust", release, gpu.value.name),
                  evidence_text(gpu.evidence));
  return true;
}

}  // namespace

void judge_xpu(const Situation& situation, const Build& build, Judgement& judgement) {
  const auto gpus = situation.usable("xpu");
  if (gpus.empty()) return refuse_for_no_device(situation, "xpu", "Intel GPU that oneAPI supports", judgement);
  judgement.devices = static_cast<unsigned>(gpus.size());
  for (const auto* gpu : gpus) {
    if (judge_gpu(situation, build, *gpu, judgement)) ++judgement.supported;
  }
}

}  // namespace torchup
