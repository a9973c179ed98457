#include "resolver/variants/code_list.hpp"

#include <fmt/format.h>

namespace torchup {

Code find_code(const VariantCatalog::Data& catalog, const std::string& platform, const NumericVersion& release,
               const std::string& variant) {
  const auto dash = platform.find('-');
  const auto os = platform.substr(0, dash), machine = platform.substr(dash + 1);
  Code code;
  for (const auto& row : catalog.architectures) {
    if (row.variant != variant || row.os != os || row.machine != machine) continue;
    if (in_range(release, row.torch, row.torch)) return {&row, false};
    // Lists change seldom within a variant: the nearest older one is the best guess.
    if (row.torch < release && (code.row == nullptr || code.row->torch < row.torch)) code = {&row, true};
  }
  return code;
}

std::string sm(const Capability& capability) {
  return fmt::format("sm_{}{}{}", capability.major, capability.minor, capability.suffix != 0 ? std::string(1, capability.suffix) : "");
}

std::optional<Capability> capability_of(std::string_view architecture) {
  if (!architecture.starts_with("sm_")) return std::nullopt;
  std::string_view digits = architecture.substr(3);
  const bool has_suffix = digits.ends_with('a') || digits.ends_with('f');
  const std::string_view suffix = digits.substr(digits.size() - (has_suffix ? 1 : 0));
  digits.remove_suffix(suffix.size());
  if (digits.size() < 2) return std::nullopt;
  return parse_capability(fmt::format("{}.{}{}", digits.substr(0, digits.size() - 1), digits.back(), suffix));
}

std::vector<std::string> code_names(const ArchitectureRow& row) {
  std::vector<std::string> names;
  for (const auto& cubin : row.cubins) names.push_back(sm(cubin));
  for (const auto& ptx : row.ptx) names.push_back(fmt::format("PTX {}.{}", ptx.major, ptx.minor));
  return names;
}

bool runs_cubin(const Capability& device, const Capability& cubin) {
  if (cubin.suffix == 'a') return cubin.major == device.major && cubin.minor == device.minor;
  return cubin.major == device.major && cubin.minor <= device.minor;
}

bool is_not_above(const Capability& code, const Capability& device) {
  return code.major < device.major || (code.major == device.major && code.minor <= device.minor);
}

}  // namespace torchup
