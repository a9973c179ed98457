#include "torchup/probes/installed_frameworks.hpp"

#include "probes/shared/text.hpp"

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_most_requirements = 64;

/// The text between quotes after `NAME` and `=` at a line's begin: `cuda: Optional[str] = '13.0'`.
std::string assigned(const std::string& source, std::string_view name) {
  for (const auto line : lines_of(source)) {
    const auto equals = line.find('=');
    const auto named = trimmed(line.substr(0, std::min(line.find(':'), equals)));
    if (named != name || equals == std::string_view::npos) continue;
    const auto value = trimmed(line.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '\'' || value.front() == '"'))
      return std::string(value.substr(1, value.find(value.front(), 1) - 1));
  }
  return {};
}

/// "cu130" of "13.0".
std::string joined(std::string text) {
  std::erase(text, '.');
  return text;
}

/// The local part of the version names the variant; a wheel of the main index has none, and then its own constants tell.
std::string variant_of(const Framework& torch) {
  if (const auto at = torch.version.find('+'); at != std::string::npos) return torch.version.substr(at + 1);
  if (!torch.cuda.empty()) return "cu" + joined(torch.cuda);
  if (!torch.hip.empty()) return "rocm" + torch.hip.substr(0, torch.hip.find('.', torch.hip.find('.') + 1));
  return torch.xpu.empty() ? "cpu" : "xpu";
}

/// The list that torch.cuda.get_arch_list answers from lies in the library as one text: "sm_75 sm_80 sm_90".
std::vector<std::string> architectures_of(HostSystem& host, const Framework& torch) {
  const std::string prefix = !torch.cuda.empty() ? "sm_" : !torch.hip.empty() ? "gfx" : "";
  if (prefix.empty()) return {};
  std::vector<std::string> longest;
  for (const auto& text : host.texts_in(torch.path + "/lib/libtorch_python.so", prefix).value_or(std::vector<std::string>{})) {
    const auto words = split(text, ' ');
    const auto is_one = [&](std::string_view word) { return word.starts_with(prefix) || word.starts_with("compute_"); };
    if (std::all_of(words.begin(), words.end(), is_one) && words.size() > longest.size()) longest.assign(words.begin(), words.end());
  }
  return longest;
}

bool is_gpu_runtime(std::string_view requirement) {
  constexpr std::string_view k_stems[] = {"nvidia-", "cuda-", "rocm", "triton", "pytorch-triton", "intel-", "torch-"};
  return std::any_of(std::begin(k_stems), std::end(k_stems), [&](std::string_view stem) { return requirement.starts_with(stem); });
}

/// Fills in what the dist-info says: it is what installers and resolvers go by, whatever version.py says.
void read_dist_info(HostSystem& host, const std::string& packages, Framework& torch) {
  for (const auto& name : host.list_directory(packages).value_or(std::vector<std::string>{})) {
    if (!name.starts_with("torch-") || !name.ends_with(".dist-info")) continue;
    const auto metadata = host.read_file(packages + "/" + name + "/METADATA").value_or("");
    // Header fields end at the first blank line; a description may hold anything.
    const auto head = std::string_view(metadata).substr(0, metadata.find("\n\n"));
    const auto fields = fields_of(head, ':');
    if (field(fields, "Name") != "torch") continue;
    torch.distribution = field(fields, "Version");
    for (const auto line : lines_of(head)) {
      constexpr std::string_view k_requires = "Requires-Dist: ";
      if (!line.starts_with(k_requires) || torch.requirements.size() >= k_most_requirements) continue;
      if (const auto requirement = line.substr(k_requires.size()); is_gpu_runtime(requirement))
        torch.requirements.emplace_back(requirement);
    }
    torch.tag = field(fields_of(host.read_file(packages + "/" + name + "/WHEEL").value_or(""), ':'), "Tag");
    return;
  }
}

void read_torch(HostSystem& host, const std::string& packages, InstalledFrameworks& into) {
  const auto path = packages + "/torch/version.py";
  const auto source = host.read_file(path);
  if (!source) return;
  Framework torch{.name = "torch", .version = assigned(*source, "__version__"), .variant = {}, .path = packages + "/torch"};
  if (torch.version.empty()) return into.failures.push_back({path, "no line `__version__ = …`"});
  torch.cuda = assigned(*source, "cuda");
  torch.hip = assigned(*source, "hip");
  torch.xpu = assigned(*source, "xpu");
  torch.variant = variant_of(torch);
  torch.architectures = architectures_of(host, torch);
  read_dist_info(host, packages, torch);
  const auto version = torch.version;
  into.found.push_back({std::move(torch), {path, version}});
}

}  // namespace

InstalledFrameworks read_installed_frameworks(HostSystem& host, const std::string& prefix) {
  InstalledFrameworks frameworks;
  for (const char* const folder : {"/lib", "/lib64"}) {
    // `lib64` is mostly a link to `lib`, whose packages are told once.
    if (std::string_view(folder) == "/lib64" && host.read_link(prefix + folder)) continue;
    for (const auto& name : host.list_directory(prefix + folder).value_or(std::vector<std::string>{})) {
      if (name.starts_with("python3")) read_torch(host, prefix + folder + "/" + name + "/site-packages", frameworks);
    }
  }
  return frameworks;
}

}  // namespace torchup
