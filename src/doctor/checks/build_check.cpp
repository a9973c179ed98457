// Is the installed torch a build for this machine's GPUs and driver? What the installed files say of themselves counts before what
// the catalog knows of the release.
#include "torchup/doctor/doctor.hpp"
#include "torchup/probes/installed_frameworks.hpp"
#include "torchup/resolver/target.hpp"
#include "torchup/resolver/variant_needs.hpp"

#include "src/doctor/distribution_metadata.hpp"
#include "src/doctor/host_questions.hpp"
#include "src/doctor/remedies.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace torchup {

extern const DoctorCheck build_check;

namespace {

constexpr const char* k_findings[] = {"cpu-build-on-gpu-host", "gpu-build-without-gpu",   "driver-too-old",    "driver-minor-compatible",
                                      "arch-missing",          "cudnn-drops-gpu",         "companion-variant", "gpu-packages-in-cpu-build",
                                      "build-for-other-gpu",   "build-for-other-platform"};

constexpr const char* k_torch_index = "https://download.pytorch.org/whl";

/// Whether a distribution carries CUDA libraries, and not tools such as nvidia-ml-py.
bool carries_cuda(std::string_view name) {
  constexpr std::string_view k_libraries[] = {"cublas",   "cuda-", "cudnn",     "cufft", "curand",  "cusolver",
                                              "cusparse", "nccl",  "nvjitlink", "nvtx",  "nvshmem", "cufile"};
  if (!name.starts_with("nvidia-")) return false;
  name.remove_prefix(std::string_view("nvidia-").size());
  return std::ranges::any_of(k_libraries, [&](std::string_view library) { return name.starts_with(library); });
}

/// "PTX 12.0" of "compute_120"; everything else as it is.
std::string as_catalog(const std::string& name) {
  constexpr std::string_view k_virtual = "compute_";
  if (!name.starts_with(k_virtual) || name.size() < k_virtual.size() + 2) return name;
  return fmt::format("PTX {}.{}", name.substr(k_virtual.size(), name.size() - k_virtual.size() - 1), name.back());
}

class Look {
 public:
  Look(const DoctorInput& input, const InstalledTorch& torch) : m_input(input), m_environment(*input.environment), m_torch(torch) {}

  CheckReport run() {
    const std::string kind = m_torch.cuda.empty() ? m_torch.hip.empty() ? m_torch.xpu.empty() ? "" : "xpu" : "rocm" : "cuda";
    if (!m_input.host_is_this) look_at_platform();
    if (kind.empty()) {
      look_at_cpu_build();
    } else {
      look_at_gpu_build(kind);
    }
    look_at_companions();
    m_report.status = fmt::format("torch {}, {}", m_torch.version, kind.empty() ? "for processors alone" : built_for(kind));
    return std::move(m_report);
  }

 private:
  std::string built_for(const std::string& kind) const {
    return kind == "cuda" ? "for CUDA " + m_torch.cuda : kind == "rocm" ? "for ROCm " + m_torch.hip : "for Intel GPUs";
  }

  std::string said_by_torch(const char* what) const { return fmt::format("{}: {}", m_torch.source.string(), what); }

  std::vector<std::string> other_build() const {
    const std::string ranked = "`torchup variants` ranks the builds for this host";
    if (m_environment.kind == "torchup")
      return {fmt::format("`torchup install torch --variant auto --env {}`", shell_word(m_environment.root.string())), ranked};
    const auto choice = choose_variant(m_input.facts, m_input.catalog, {});
    if (!choice || !choice->chosen) return {ranked};
    const RankedVariant& best = *choice->chosen;
    const std::string index =
        best.index == VariantIndex::main ? "" : fmt::format(" --index-url {}/{}", k_torch_index, variant_index_folder(best.name));
    const bool has_pip = m_environment.find("pip") != nullptr;
    const std::string python = shell_word(m_environment.python.string());
    return {has_pip ? fmt::format("`{} -m pip install --force-reinstall torch=={}{}`", python, best.release, index)
                    : fmt::format("`uv pip install --python {} --reinstall torch=={}{}`", python, best.release, index),
            ranked};
  }

  std::vector<std::string> driver_remedy() const {
    auto remedy = other_build();
    remedy.emplace_back("upgrade the driver");
    return remedy;
  }

  void add(const char* id, Severity severity, std::string title, std::vector<std::string> evidence, std::vector<std::string> remedy) {
    m_report.findings.push_back(
        {.id = id, .severity = severity, .title = std::move(title), .evidence = std::move(evidence), .remedy = std::move(remedy)});
  }

  /// The first GPU that some build of torch is for; a processor's own graphics of Intel's is none.
  const Fact<Accelerator>* first_to_compute_with() const {
    const auto& gpus = m_input.facts.accelerators;
    const auto at = std::ranges::find_if(gpus, [](const Fact<Accelerator>& gpu) {
      const std::string& kind = gpu.value.kind;
      return kind == "cuda" || kind == "rocm" || (kind == "xpu" && !gpu.value.integrated.value_or(false));
    });
    return at == gpus.end() ? nullptr : &*at;
  }

  void add_for_other_gpu(const std::string& kind, const Fact<Accelerator>& gpu) {
    add("build-for-other-gpu", Severity::warning,
        fmt::format("torch {} is built {}, and the GPU here is another kind of GPU: {}", m_torch.version, built_for(kind),
                    gpu_text(gpu.value)),
        {said_by_torch("it computes on the processor here"), told_by(gpu.evidence)}, other_build());
  }

  void look_at_cpu_build() {
    if (const auto* gpu = first_to_compute_with(); gpu != nullptr) {
      add("cpu-build-on-gpu-host", Severity::warning,
          fmt::format("torch {} is a build for processors alone, and {} is here", m_torch.version, gpu_text(gpu->value)),
          {said_by_torch("cuda, hip and xpu are None"), told_by(gpu->evidence)}, other_build());
    }
    std::vector<std::string> found, names;
    for (const Distribution& distribution : m_environment.distributions) {
      if (!carries_cuda(distribution.name) || is_needed_by_another(distribution.name)) continue;
      found.push_back(fmt::format("{} {}", distribution.name, distribution.version));
      names.push_back(distribution.name);
    }
    if (found.empty()) return;
    const std::string title = fmt::format("{} of CUDA {} installed, and torch {} uses no GPU",
                                          found.size() == 1 ? "1 package" : fmt::format("{} packages", found.size()),
                                          found.size() == 1 ? "is" : "are", m_torch.version);
    add("gpu-packages-in-cpu-build", Severity::warning, title, std::move(found), uninstall_remedy(names));
  }

  std::vector<std::string> uninstall_remedy(const std::vector<std::string>& names) const {
    if (m_environment.kind == "torchup")
      return {fmt::format("`torchup install torch --variant cpu --env {}` leaves them out", shell_word(m_environment.root.string()))};
    const std::string python = shell_word(m_environment.python.string());
    const char* const form = m_environment.find("pip") != nullptr ? "`{} -m pip uninstall {}`" : "`uv pip uninstall --python {} {}`";
    return {fmt::format(fmt::runtime(form), python, fmt::join(names, " ")) + ": nothing that is installed needs them"};
  }

  /// By something that is neither torch nor one of CUDA's own packages.
  bool is_needed_by_another(const std::string& name) const {
    return std::ranges::any_of(m_environment.distributions, [&](const Distribution& by) {
      if (by.name == "torch" || by.name == "cuda-toolkit" || carries_cuda(by.name)) return false;
      return std::ranges::any_of(read_distribution_metadata(by.folder).requires_dist,
                                 [&](const Requirement& requirement) { return requirement.name.text() == name; });
    });
  }

  void look_at_gpu_build(const std::string& kind) {
    const auto gpus = gpus_of(m_input.facts, kind);
    if (gpus.empty()) {
      if (const auto* other = first_to_compute_with(); other != nullptr) return add_for_other_gpu(kind, *other);
      add("gpu-build-without-gpu", Severity::note,
          fmt::format("torch {} is built {}, and no such GPU is here", m_torch.version, built_for(kind)),
          {said_by_torch("it computes on the processor here")}, {});
      return;
    }
    if (kind == "cuda") look_at_driver();
    look_at_architectures();
    if (kind == "cuda") look_at_cudnn(gpus);
  }

  void look_at_driver() {
    const auto* driver = driver_of(m_input.facts, "cuda");
    const auto wanted = NumericVersion::parse(m_torch.cuda);
    if (driver == nullptr || !driver->value.cuda || !wanted || *driver->value.cuda >= *wanted) return;
    const std::string who = driver->value.version ? "driver " + driver->value.version->text() : "the driver";
    std::vector<std::string> evidence{said_by_torch(fmt::format("cuda = {}", m_torch.cuda).c_str()), told_by(driver->evidence)};
    if (driver->value.cuda->major() == wanted->major()) {
      add("driver-minor-compatible", Severity::note,
          fmt::format("{} supports CUDA {}, and torch is built for {}: what is compiled at run time (Triton, torch.compile) may fail", who,
                      driver->value.cuda->text(), m_torch.cuda),
          std::move(evidence), {"upgrade the driver", "`torchup verify` shows whether it works"});
      return;
    }
    add("driver-too-old", Severity::error,
        fmt::format("{} supports CUDA {}, and torch {} is built for {}", who, driver->value.cuda->text(), m_torch.version, m_torch.cuda),
        std::move(evidence), driver_remedy());
  }

  void look_at_architectures() {
    const auto* os = value_of(m_input.facts.os);
    const std::string release = m_torch.version.substr(0, m_torch.version.find_first_not_of("0123456789."));
    const std::string platform = os != nullptr ? "linux-" + os->machine : "linux-x86_64";
    auto needs = variant_needs(m_input.catalog, release, m_torch.variant(), platform).value_or(VariantNeeds{.variant = m_torch.variant()});
    std::string source = "the catalog's row of this release";
    if (auto own = own_architectures(); !own.empty()) {
      needs.architectures = std::move(own);
      source = (m_torch.folder / "lib" / "libtorch_python.so").string();
    }
    if (needs.architectures.empty()) return;
    // The driver is judged by the CUDA that it names itself; where it names none, by its version.
    if (const auto* driver = driver_of(m_input.facts, "cuda"); driver != nullptr && driver->value.cuda)
      needs.driver.clear(), needs.minor_driver.clear();
    for (const std::string& unmet : unmet_needs(needs, m_input.facts)) {
      if (unmet.find(" needs a driver from ") != std::string::npos) {
        add("driver-too-old", Severity::error, unmet, {told_by(driver_of(m_input.facts, "cuda")->evidence)}, driver_remedy());
        continue;
      }
      add("arch-missing", Severity::error, fmt::format("the installed torch cannot run on a GPU of this machine: {}", unmet),
          {fmt::format("{}: {}", source, fmt::join(needs.architectures, " "))}, other_build());
    }
  }

  std::optional<Framework> installed_framework() const {
    const auto frameworks = read_installed_frameworks(m_input.this_host, m_environment.root.string());
    const auto at = std::ranges::find_if(frameworks.found, [](const auto& found) { return found.value.name == "torch"; });
    return at == frameworks.found.end() ? std::nullopt : std::optional(at->value);
  }

  /// On this machine `libraries` reads what the loader would; of another one only the wheel's tag can be held against the facts.
  void look_at_platform() {
    const auto framework = installed_framework();
    const auto python = named_python(m_environment.python_full_version);
    if (!framework || !python) return;
    const auto target = make_target(m_input.facts, *python);
    const auto platform = framework->tag.substr(framework->tag.rfind('-') + 1);
    if (!target || platform.empty() || platform == "any" || SupportedTags(target->tags).platforms().contains(platform)) return;
    const auto* libc = value_of(m_input.facts.libc);
    const std::string with =
        libc == nullptr || libc->family == "none" ? "" : fmt::format(" with {} {}", libc->family, libc->version.text());
    add("build-for-other-platform", Severity::error,
        fmt::format("torch {} is built for `{}`, and the host is {}{}", m_torch.version, platform, target->platform, with),
        {fmt::format("{}: Tag {}", m_torch.folder.parent_path().string(), framework->tag)}, other_build());
  }

  /// What the installed libraries carry code for, as the catalog spells it; empty where they do not tell.
  std::vector<std::string> own_architectures() const {
    std::vector<std::string> names;
    if (const auto framework = installed_framework()) names = framework->architectures;
    std::ranges::transform(names, names.begin(), as_catalog);
    return names;
  }

  /// cuDNN from 9.11 on refuses GPUs before Turing.
  void look_at_cudnn(const std::vector<const Fact<Accelerator>*>& gpus) {
    const Distribution* cudnn = nullptr;
    for (const Distribution& distribution : m_environment.distributions) {
      if (distribution.name.starts_with("nvidia-cudnn")) cudnn = &distribution;
    }
    const auto version = cudnn != nullptr ? Version::parse(cudnn->version) : Result<Version>(failure({ErrorKind::host, "none", {}, {}}));
    if (!version || *version < Version::parse("9.11").value()) return;
    for (const auto* gpu : gpus) {
      const std::string& architecture = gpu->value.architecture;
      const bool old = architecture.size() == 5 && architecture < "sm_75";
      if (!old) continue;
      add("cudnn-drops-gpu", Severity::error, fmt::format("cuDNN {} does not run on {}", cudnn->version, gpu_text(gpu->value)),
          {fmt::format("{} {}", cudnn->name, cudnn->version), told_by(gpu->evidence)}, other_build());
      break;
    }
  }

  /// torchvision and torchaudio are built against one variant of torch; their version.py names it as torch's does.
  void look_at_companions() {
    for (const char* name : {"torchvision", "torchaudio"}) {
      const auto source = m_environment.site_packages / name / "version.py";
      const auto text = read_small_file(source);
      if (!text) continue;
      const std::string version = python_constant(*text, "__version__");
      const auto plus = version.find('+');
      if (plus == std::string::npos || version.substr(plus + 1) == m_torch.variant() || version.substr(plus + 1).size() > 10) continue;
      add("companion-variant", Severity::error,
          fmt::format("{} {} is of another build than torch {}: its operators are not found (`torchvision::nms`)", name, version,
                      m_torch.version),
          {source.string(), m_torch.source.string()}, remake_remedy(m_environment, {"torch", name}));
    }
  }

  const DoctorInput& m_input;
  const InstalledEnvironment& m_environment;
  const InstalledTorch& m_torch;
  CheckReport m_report;
};

CheckReport run(const DoctorInput& input) {
  if (!input.environment->torch) return {.status = "torch is not installed"};
  return Look(input, *input.environment->torch).run();
}

}  // namespace

constinit const DoctorCheck build_check = {.name = "build",
                                           .title = "Build",
                                           .describes = "the installed torch is a build for this machine's GPUs and driver",
                                           .needs = CheckNeeds::environment,
                                           .findings = k_findings,
                                           .run = run};

}  // namespace torchup
