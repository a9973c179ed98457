#include "torchup/resolver/variant_needs.hpp"

#include "resolver/variants/code_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace torchup {
namespace {

VariantNeeds cuda_needs(const VariantCatalog::Data& catalog, const NumericVersion& cuda, const std::string& platform) {
  const bool on_windows = platform.starts_with("windows");
  VariantNeeds needs{.platform = platform, .toolkit = cuda.text()};
  std::optional<NumericVersion> first;  // of the updates of one CUDA
  for (const auto& row : catalog.drivers) {
    if (row.cuda != cuda || (on_windows && !row.windows_driver)) continue;
    const NumericVersion& driver = on_windows ? *row.windows_driver : row.linux_driver;
    if (!first || driver < *first) first = driver;
  }
  if (first) needs.driver = first->text();
  for (const auto& row : catalog.minors) {
    if (cuda < row.from || row.to < cuda || row.from.major() < 11) continue;
    needs.minor_driver = (on_windows ? row.windows_driver : row.linux_driver).text();
  }
  return needs;
}

std::vector<std::string> gfx_names(const VariantCatalog::Data& catalog, const NumericVersion& release, const std::string& rocm) {
  std::vector<std::string> names;
  for (const auto& row : catalog.gfx) {
    if (!in_range(release, row.from, row.to)) continue;
    if (!row.rocm.empty() && std::find(row.rocm.begin(), row.rocm.end(), rocm) == row.rocm.end()) continue;
    names.insert(names.end(), row.gfx.begin(), row.gfx.end());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// Whether a device runs any of the code; names that are no code of CUDA's count for nothing.
bool runs_any(const Capability& device, const std::vector<std::string>& code) {
  constexpr std::string_view k_ptx = "PTX ";
  return std::any_of(code.begin(), code.end(), [&](const std::string& name) {
    if (name.starts_with(k_ptx)) {
      const auto ptx = parse_capability(std::string_view(name).substr(k_ptx.size()));
      return ptx && is_not_above(*ptx, device);
    }
    const auto cubin = capability_of(name);
    return cubin && runs_cubin(device, *cubin);
  });
}

/// The lowest driver that runs the build at all.
std::optional<NumericVersion> driver_floor(const VariantNeeds& needs) {
  const auto floor = NumericVersion::parse(needs.minor_driver.empty() ? needs.driver : needs.minor_driver);
  return floor ? std::optional(*floor) : std::nullopt;
}

}  // namespace

std::optional<VariantNeeds> variant_needs(const VariantCatalog& catalog, const std::string& release, const std::string& variant,
                                          const std::string& platform) {
  const auto number = NumericVersion::parse(release);
  if (!number) return std::nullopt;
  const auto& data = catalog.data();
  VariantNeeds needs;
  if (variant.starts_with("rocm")) {
    needs = {.platform = platform, .toolkit = variant.substr(4), .architectures = gfx_names(data, *number, variant.substr(4))};
  } else {
    const auto at = std::find_if(data.toolkits.begin(), data.toolkits.end(), [&](const auto& row) { return row.variant == variant; });
    if (at == data.toolkits.end()) return std::nullopt;
    needs = cuda_needs(data, at->cuda, platform);
    if (const Code code = find_code(data, platform, *number, variant); code.row != nullptr) needs.architectures = code_names(*code.row);
  }
  needs.variant = variant;
  return needs;
}

std::string needs_text(const VariantNeeds& needs) {
  std::string text = fmt::format("{} on {}", needs.variant, needs.platform);
  std::vector<std::string> parts;
  if (!needs.toolkit.empty()) parts.push_back((needs.variant.starts_with("rocm") ? "ROCm " : "CUDA ") + needs.toolkit);
  if (!needs.driver.empty()) {
    const std::string minor = needs.minor_driver.empty() ? "" : fmt::format(" ({} for precompiled code)", needs.minor_driver);
    parts.push_back(fmt::format("from driver {} on{}", needs.driver, minor));
  }
  if (!needs.architectures.empty()) parts.push_back(fmt::format("code for {}", fmt::join(needs.architectures, ", ")));
  return text + fmt::format(": {}", fmt::join(parts, "; "));
}

std::vector<std::string> unmet_needs(const VariantNeeds& needs, const HostFacts& facts) {
  const std::string kind = needs.variant.starts_with("rocm") ? "rocm" : "cuda";
  std::vector<std::string> unmet;
  bool has_device = false;
  for (const auto& fact : facts.accelerators) {
    const Accelerator& device = fact.value;
    if (device.kind != kind) continue;
    has_device = true;
    if (needs.architectures.empty() || device.architecture.empty()) continue;
    const auto capability = capability_of(device.architecture);
    const bool runs =
        kind == "rocm" ? std::find(needs.architectures.begin(), needs.architectures.end(), device.architecture) != needs.architectures.end()
                       : !capability || runs_any(*capability, needs.architectures);
    if (runs) continue;
    unmet.push_back(fmt::format("{} has no code for {} ({}), only for {}", needs.variant, device.name, device.architecture,
                                fmt::join(needs.architectures, ", ")));
  }
  const auto floor = driver_floor(needs);
  for (const auto& fact : facts.drivers) {
    if (!has_device || fact.value.kind != kind || !fact.value.version || !floor || !(*fact.value.version < *floor)) continue;
    unmet.push_back(fmt::format("{} needs a driver from {} on, and {} is here", needs.variant, floor->text(), fact.value.version->text()));
  }
  return unmet;
}

}  // namespace torchup
