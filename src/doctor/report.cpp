#include "torchup/doctor/report.hpp"

#include "src/doctor/host_questions.hpp"
#include "src/doctor/report_packages.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace torchup {
namespace {

constexpr const char* k_none = "N/A";
constexpr const char* k_not_asked = "not asked of torch: that takes an import";
constexpr std::chrono::seconds k_compiler_limit{5};

/// "2.6", or N/A.
std::string or_none(const std::string& text) { return text.empty() ? k_none : text; }

class Report {
 public:
  explicit Report(const ReportQuestion& question) : m_question(question), m_facts(question.facts), m_environment(question.environment) {}

  std::vector<ReportSection> make() {
    begin("");
    add_torch();
    begin("");
    add_system();
    begin("");
    add_python();
    add_gpus();
    begin("CPU");
    add_processor();
    begin("Versions of relevant libraries");
    add_packages();
    if (!m_question.indexes.empty()) {
      begin("Indexes");
      m_sections.back().facts = m_question.indexes;
    }
    begin("Variables");
    for (const auto& [variable, evidence] : m_facts.environment) add("", variable.name, variable.value, "environment");
    if (m_sections.back().facts.empty()) m_sections.pop_back();
    return std::move(m_sections);
  }

 private:
  void begin(const char* name) { m_sections.push_back({.name = name, .facts = {}}); }

  void add(std::string id, std::string name, std::string value, std::string source = "") {
    m_sections.back().facts.push_back({std::move(id), std::move(name), std::move(value), std::move(source)});
  }

  const InstalledTorch* torch() const { return m_environment != nullptr && m_environment->torch ? &*m_environment->torch : nullptr; }

  void add_torch() {
    const std::string source = torch() != nullptr ? torch()->source.string() : "";
    add("torch_version", "PyTorch version", torch() != nullptr ? torch()->version : "not installed", source);
    if (torch() == nullptr) return;
    add("is_debug_build", "Is debug build", torch()->debug ? "True" : "False", source);
    add("cuda_compiled_version", "CUDA used to build PyTorch", or_none(torch()->cuda), source);
    add("hip_compiled_version", "HIP used to build PyTorch", or_none(torch()->hip), source);
    add("rocm_compiled_version", "ROCM used to build PyTorch", or_none(torch()->rocm), source);
    add("xpu_compiled_version", "XPU toolkit used to build PyTorch", or_none(torch()->xpu), source);
    add("git_version", "Git commit of PyTorch", or_none(torch()->git_version), source);
  }

  void add_system() {
    const auto* os = std::get_if<Fact<OperatingSystem>>(&m_facts.os);
    if (os != nullptr) {
      add("os", "OS", fmt::format("{} ({})", os->value.distribution.empty() ? os->value.system : os->value.distribution, os->value.machine),
          os->evidence.source);
    }
    add_compiler("gcc_version", "GCC version", "gcc");
    add_compiler("clang_version", "Clang version", "clang");
    add_compiler("cmake_version", "CMake version", "cmake");
    if (const auto* libc = std::get_if<Fact<Libc>>(&m_facts.libc))
      add("libc_version", "Libc version", fmt::format("{}-{}", libc->value.family, libc->value.version.text()), libc->evidence.source);
    if (const auto* runtime = std::get_if<Fact<CxxRuntime>>(&m_facts.cxx_runtime); runtime != nullptr && runtime->value.glibcxx)
      add("glibcxx", "C++ runtime", fmt::format("GLIBCXX_{}", runtime->value.glibcxx->text()), runtime->value.path);
    if (os == nullptr) return;
    if (!os->value.container.empty()) add("container", "Container", os->value.container, os->evidence.source);
    if (os->value.wsl) add("wsl", "WSL", "yes", os->evidence.source);
    if (!os->value.board.empty()) add("board", "Board", os->value.board, os->evidence.source);
  }

  void add_compiler(const char* id, const char* name, const char* program) {
    const auto answer = m_question.host.run({program, "--version"}, k_compiler_limit);
    if (!answer || answer->exit_status != 0) return add(id, name, "Could not collect");
    add(id, name, answer->out.substr(0, answer->out.find('\n')), fmt::format("{} --version", program));
  }

  void add_python() {
    if (m_environment == nullptr) return add("python_version", "Python version", "no environment was looked at");
    add("python_version", "Python version", m_environment->python_full_version,
        (m_environment->root / (m_environment->kind == "conda" ? "conda-meta" : "pyvenv.cfg")).string());
    add("environment", "Environment", fmt::format("{} ({})", m_environment->root.string(), m_environment->kind), "its files");
    const auto* os = value_of(m_facts.os);
    const auto* libc = value_of(m_facts.libc);
    if (os != nullptr && libc != nullptr) {
      add("python_platform", "Python platform",
          fmt::format("{}-{}-{}-with-{}{}", os->system, os->kernel, os->machine, libc->family, libc->version.text()),
          std::get<Fact<OperatingSystem>>(m_facts.os).evidence.source);
    }
  }

  /// torch is not asked: that takes an import. What would stop it is known.
  std::string cuda_obstacle() const {
    if (torch() == nullptr) return "torch is not installed";
    if (torch()->cuda.empty()) return "torch is not built for CUDA";
    const auto gpus = gpus_of(m_facts, "cuda");
    if (gpus.empty()) return "this host has no NVIDIA GPU";
    for (const auto* gpu : gpus) {
      if (gpu->value.unusable.empty() && gpu->value.trouble.empty()) return "";
    }
    return gpus.front()->value.unusable.empty() ? gpus.front()->value.trouble : gpus.front()->value.unusable;
  }

  void add_gpus() {
    const std::string obstacle = cuda_obstacle();
    add("is_cuda_available", "Is CUDA available",
        obstacle.empty() ? "nothing stands in its way (not asked of torch)" : fmt::format("False ({})", obstacle),
        "the facts of this host");
    add_wheel("cuda_runtime_version", "CUDA runtime version", "nvidia-cuda-runtime");
    const auto module_loading = variable("CUDA_MODULE_LOADING");
    add("cuda_module_loading", "CUDA_MODULE_LOADING set to", or_none(module_loading), module_loading.empty() ? "" : "environment");
    add_gpu_models();
    add_driver();
    add_wheel("cudnn_version", "cuDNN version", "nvidia-cudnn");
    add_wheel("nccl_version", "NCCL version", "nvidia-nccl");
    add_toolkits();
    add_other_gpus();
    add_hip_libraries();
    add_allocator();
    add("is_xnnpack_available", "Is XNNPACK available", torch() != nullptr ? k_not_asked : k_none);
  }

  /// What a build for ROCm was linked with is told by torch alone, after an import.
  void add_hip_libraries() {
    const bool hip = torch() != nullptr && !torch()->hip.empty();
    add("hip_runtime_version", "HIP runtime version", hip ? k_not_asked : k_none);
    add("miopen_runtime_version", "MIOpen runtime version", hip ? k_not_asked : k_none);
  }

  void add_allocator() {
    for (const char* name : {"PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_HIP_ALLOC_CONF"}) {
      if (const auto value = variable(name); !value.empty())
        return add("caching_allocator_config", "Caching allocator config", value, name);
    }
    add("caching_allocator_config", "Caching allocator config", k_none);
  }

  std::string variable(const std::string& name) const {
    for (const auto& fact : m_facts.environment) {
      if (fact.value.name == name) return fact.value.value;
    }
    return m_question.host.environment(name).value_or("");
  }

  /// The version of the first distribution whose name begins so: what torch loads.
  void add_wheel(const char* id, const char* name, std::string_view beginning) {
    if (m_environment != nullptr) {
      for (const Distribution& distribution : m_environment->distributions) {
        if (!distribution.name.starts_with(beginning)) continue;
        return add(id, name, distribution.version, fmt::format("{} (the wheel's)", distribution.folder.string()));
      }
    }
    add(id, name, torch() != nullptr && !torch()->cuda.empty() ? "not from a wheel" : k_none);
  }

  void add_gpu_models() {
    std::string models, source;
    std::size_t place = 0;
    for (const auto& gpu : m_facts.accelerators) {
      std::string line = fmt::format("GPU {}: {}", place++, gpu_text(gpu.value));
      if (!gpu.value.unusable.empty()) line += fmt::format(", cannot be used: {}", gpu.value.unusable);
      models += (models.empty() ? "" : "\n") + line;
      source = gpu.evidence.source;
    }
    add("nvidia_gpu_models", "GPU models and configuration", models.empty() ? "none" : models, source);
  }

  void add_driver() {
    const auto* driver = driver_of(m_facts, "cuda");
    if (driver == nullptr) return add("nvidia_driver_version", "Nvidia driver version", "none");
    add("nvidia_driver_version", "Nvidia driver version", driver->value.version ? driver->value.version->text() : "not known",
        driver->evidence.source);
    if (driver->value.cuda) add("driver_cuda", "CUDA that the driver supports", driver->value.cuda->text(), driver->evidence.source);
  }

  /// Named apart: torch's wheels do not use them.
  void add_toolkits() {
    for (const auto& toolkit : m_facts.toolkits) {
      add("toolkit", fmt::format("{} toolkit of the host", toolkit.value.kind == "cuda" ? "CUDA" : "ROCm"),
          fmt::format("{} in {} (compiles programs; not what torch runs with)", toolkit.value.version.text(), toolkit.value.path),
          toolkit.evidence.source);
    }
  }

  void add_other_gpus() {
    if (const auto* rocm = driver_of(m_facts, "rocm"); rocm != nullptr)
      add("amd_driver_version", "AMD driver version", rocm->value.version ? rocm->value.version->text() : "not known",
          rocm->evidence.source);
    const bool xpu = torch() != nullptr && !torch()->xpu.empty() && !gpus_of(m_facts, "xpu").empty();
    add("is_xpu_available", "Is XPU available", xpu ? "nothing stands in its way (not asked of torch)" : "False", "the facts of this host");
  }

  void add_processor() {
    if (const auto* cpu = std::get_if<Fact<CpuFeatures>>(&m_facts.cpu)) {
      const CpuFeatures& value = cpu->value;
      add("cpu_info", "Model name", value.model, cpu->evidence.source);
      add("", "Vendor ID", value.vendor, cpu->evidence.source);
      add("cpu_level", "Level", value.level, "CPUID and XGETBV");
      add("", "Cores",
          fmt::format("{} physical, {} logical, {:g} usable here", value.physical_cores, value.logical_cores, value.usable_cores),
          cpu->evidence.source);
      if (!value.hypervisor.empty()) add("", "Hypervisor vendor", value.hypervisor, "CPUID");
      add("", "Flags", fmt::format("{}", fmt::join(value.features, " ")), cpu->evidence.source);
    }
    const auto* memory = std::get_if<Fact<Memory>>(&m_facts.memory);
    if (memory == nullptr) return;
    constexpr double k_giga = 1e9;
    std::string text = fmt::format("{:.1f} GB", static_cast<double>(memory->value.total_bytes) / k_giga);
    if (memory->value.limit_bytes) text += fmt::format(", limited to {:.1f} GB", static_cast<double>(*memory->value.limit_bytes) / k_giga);
    add("memory", "Memory", text, memory->evidence.source);
  }

  void add_packages() {
    add("torchup", "torchup", m_question.program, "this program");
    if (m_environment == nullptr) return;
    const Distribution* installer = m_environment->find("pip");
    add("pip_version", "pip", installer != nullptr ? installer->version : "not installed", m_environment->site_packages.string());
    std::string pip;
    for (const std::string& line : relevant_packages(*m_environment)) pip += (pip.empty() ? "" : "\n") + line;
    add("pip_packages", "[pip3]", pip.empty() ? "none" : pip, m_environment->site_packages.string());
    std::string conda;
    for (const std::string& line : relevant_conda_packages(*m_environment)) conda += (conda.empty() ? "" : "\n") + line;
    add("conda_packages", "[conda]", conda.empty() ? "none" : conda,
        m_environment->kind == "conda" ? (m_environment->root / "conda-meta").string() : "");
  }

  const ReportQuestion& m_question;
  const HostFacts& m_facts;
  const InstalledEnvironment* m_environment;
  std::vector<ReportSection> m_sections;
};

}  // namespace

std::vector<ReportSection> make_report(const ReportQuestion& question) { return Report(question).make(); }

}  // namespace torchup
