// Do the variables that choose among GPUs leave any? CUDA reads its list up to the first entry that names no device, and then
// stops: one stale entry hides all that come after it.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/host_questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace torchup {

extern const DoctorCheck visible_devices_check;

namespace {

constexpr const char* k_findings[] = {"visible-devices-none", "visible-devices-stale", "gfx-override-set"};

std::vector<std::string> entries_of(std::string_view text) {
  std::vector<std::string> entries;
  while (true) {
    const auto end = std::min(text.find(','), text.size());
    std::string_view entry = text.substr(0, end);
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    entries.emplace_back(entry);
    if (end == text.size()) return entries;
    text.remove_prefix(end + 1);
  }
}

/// Whether the entry names one of the GPUs: by its place, or by the beginning of its UUID or of a MIG instance's.
bool names_gpu(const std::string& entry, const std::vector<const Fact<Accelerator>*>& gpus) {
  std::size_t place = 0;
  const auto [end, problem] = std::from_chars(entry.data(), entry.data() + entry.size(), place);
  if (problem == std::errc{} && end == entry.data() + entry.size()) return place < gpus.size();
  bool knows_uuids = false;
  for (const auto* gpu : gpus) {
    if (!gpu->value.nvidia || gpu->value.nvidia->uuid.empty()) continue;
    knows_uuids = true;
    if (!entry.empty() && gpu->value.nvidia->uuid.starts_with(entry)) return true;
    for (const MigInstance& instance : gpu->value.nvidia->instances) {
      if (!entry.empty() && instance.uuid.starts_with(entry)) return true;
    }
  }
  return !knows_uuids && (entry.starts_with("GPU-") || entry.starts_with("MIG-"));  // what is not known is not accused
}

DoctorFinding finding(const DoctorInput& input, const char* id, std::string_view kind, const std::string& name, const std::string& value,
                      std::string title) {
  return {.id = id,
          .severity = severity_for(input, kind),
          .title = std::move(title),
          .evidence = {fmt::format("{}={}", name, value)},
          .remedy = {fmt::format("`unset {}`", name), "name GPUs that are here: `torchup probe` lists them"}};
}

/// An empty variable counts as unset everywhere but here, where it hides every GPU.
bool is_set_and_empty(const DoctorInput& input, const std::string& name) {
  const std::string block = std::string(1, '\0') + input.host.read_file("/proc/self/environ").value_or("");
  const auto at = block.find(std::string(1, '\0') + name + "=");
  return at != std::string::npos && (at + name.size() + 2 == block.size() || block[at + name.size() + 2] == '\0');
}

void look(const DoctorInput& input, const std::string& name, std::string_view kind, CheckReport& report) {
  const auto gpus = gpus_of(input.facts, kind);
  auto value = variable_of(input, name);
  if (!value && is_set_and_empty(input, name)) value = "";
  if (!value || gpus.empty()) return;
  const auto entries = entries_of(*value);
  const auto stale = std::ranges::find_if(entries, [&](const std::string& entry) { return !names_gpu(entry, gpus); });
  if (stale == entries.end()) return;
  if (stale == entries.begin()) {
    report.findings.push_back(
        finding(input, "visible-devices-none", kind, name, *value,
                fmt::format("{} hides every GPU: {}", name,
                            stale->empty() ? "it is empty" : fmt::format("its first entry `{}` names none", *stale))));
    return;
  }
  report.findings.push_back(finding(input, "visible-devices-stale", kind, name, *value,
                                    fmt::format("{} names `{}`, which is no GPU here; what comes after it is hidden", name, *stale)));
}

CheckReport run(const DoctorInput& input) {
  CheckReport report{.status = "no variable hides a GPU"};
  // HIP heeds CUDA's variable as its own.
  for (const char* kind : {"cuda", "rocm"}) {
    if (kind == std::string_view("cuda") || gpus_of(input.facts, "cuda").empty()) look(input, "CUDA_VISIBLE_DEVICES", kind, report);
  }
  look(input, "HIP_VISIBLE_DEVICES", "rocm", report);
  look(input, "ROCR_VISIBLE_DEVICES", "rocm", report);
  if (const auto value = variable_of(input, "HSA_OVERRIDE_GFX_VERSION"); value && !gpus_of(input.facts, "rocm").empty()) {
    report.findings.push_back(
        {.id = "gfx-override-set",
         .severity = Severity::warning,
         .title = fmt::format("HSA_OVERRIDE_GFX_VERSION makes ROCm take every GPU for gfx {}", *value),
         .evidence = {fmt::format("HSA_OVERRIDE_GFX_VERSION={}", *value), gpu_text(gpus_of(input.facts, "rocm").front()->value)},
         .remedy = {"`unset HSA_OVERRIDE_GFX_VERSION`, and take a build for this GPU: `torchup variants`"}});
  }
  return report;
}

}  // namespace

constinit const DoctorCheck visible_devices_check = {.name = "visible-devices",
                                                     .title = "Visible devices",
                                                     .describes = "variables such as CUDA_VISIBLE_DEVICES leave a GPU to be seen",
                                                     .needs = CheckNeeds::nothing,
                                                     .findings = k_findings,
                                                     .run = run};

}  // namespace torchup
