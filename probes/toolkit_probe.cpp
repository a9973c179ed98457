// Which CUDA and ROCm toolkits are installed, and what leads to each? They compile programs; an installed torch brings its own.
#include "torchup/probes/probe.hpp"

#include "probes/shared/real_path.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {

extern const Probe toolkit_probe;

namespace {

constexpr std::chrono::seconds k_limit{10};
constexpr std::size_t k_most_path_folders = 128;

std::optional<NumericVersion> version_in(std::string_view text) {
  const auto digits = text.substr(0, text.find_first_not_of("0123456789."));
  auto version = NumericVersion::parse(digits.substr(0, digits.find_last_of("0123456789") + 1));
  if (!version) return std::nullopt;
  return *std::move(version);
}

/// The text between quotes after `"cuda" : { … "version" :` of a toolkit's version.json.
std::optional<NumericVersion> version_of_json(std::string_view json) {
  const auto cuda = json.find("\"cuda\"");
  const auto key = cuda == std::string_view::npos ? cuda : json.find("\"version\"", cuda);
  const auto quote = key == std::string_view::npos ? key : json.find('"', json.find(':', key));
  if (quote == std::string_view::npos) return std::nullopt;
  return version_in(json.substr(quote + 1));
}

/// "V13.0.88" of "Cuda compilation tools, release 13.0, V13.0.88".
std::optional<NumericVersion> version_of_nvcc(std::string_view said) {
  const auto at = said.find(", V");
  return at == std::string_view::npos ? std::nullopt : version_in(said.substr(at + 3));
}

/// One run of the probe.
class Search {
 public:
  Search(HostSystem& host, HostFacts& facts) : m_host(host), m_facts(facts) {}

  void run() {
    if (const auto nvcc = on_path("nvcc")) add_cuda(folder_above(*nvcc), "PATH");
    if (const auto hipcc = on_path("hipcc")) add_rocm(folder_above(*hipcc), "PATH");
    for (const char* const name : {"CUDA_HOME", "CUDA_PATH", "CONDA_PREFIX"}) {
      if (const auto folder = m_host.environment(name)) add_cuda(*folder, name);
    }
    if (const auto folder = m_host.environment("ROCM_PATH")) add_rocm(*folder, "ROCM_PATH");
    add_side_by_side("/usr/local", "cuda", &Search::add_cuda);
    add_side_by_side("/opt", "rocm", &Search::add_rocm);
    for (auto& toolkit : m_found) m_facts.toolkits.push_back(std::move(toolkit));
  }

 private:
  std::optional<std::string> on_path(const std::string& program) {
    const auto path = m_host.environment("PATH").value_or("");
    auto folders = split(path, ':');
    if (folders.size() > k_most_path_folders) folders.resize(k_most_path_folders);
    for (const auto folder : folders) {
      const auto file = std::string(folder) + "/" + program;
      if (folder.starts_with('/') && m_host.exists(file)) return file;
    }
    return std::nullopt;
  }

  /// "/usr/local/cuda-13.0" of ".../bin/nvcc", links followed.
  std::string folder_above(const std::string& program) {
    auto path = real_path(m_host, program);
    path.erase(std::min(path.rfind('/'), path.size()));
    path.erase(std::min(path.rfind('/'), path.size()));
    return path;
  }

  /// "/usr/local/cuda" and "/usr/local/cuda-13.0", in the order of their names.
  void add_side_by_side(const std::string& parent, std::string_view stem, void (Search::*add)(const std::string&, const std::string&)) {
    for (const auto& name : m_host.list_directory(parent).value_or(std::vector<std::string>{})) {
      if (name == stem || name.starts_with(std::string(stem) + "-")) (this->*add)(parent + "/" + name, parent + "/" + name);
    }
  }

  bool is_known(const std::string& folder, const std::string& named_by) {
    const auto at = std::find_if(m_found.begin(), m_found.end(), [&](const auto& known) { return known.value.path == folder; });
    if (at == m_found.end()) return false;
    at->value.named_by.push_back(named_by);
    return true;
  }

  void add_cuda(const std::string& folder, const std::string& named_by) {
    const auto path = real_path(m_host, folder);
    if (is_known(path, named_by)) return;
    const auto nvcc = path + "/bin/nvcc";
    const bool has_nvcc = m_host.exists(nvcc);
    // The compiler is not what makes an image's runtime a toolkit, but a folder without either is none.
    if (!has_nvcc && !m_host.exists(path + "/version.json") && !m_host.exists(path + "/include/cuda.h")) return;
    auto found = cuda_version(path, has_nvcc ? nvcc : "");
    if (!found) return m_facts.failures.push_back({path, "a CUDA toolkit whose version nothing tells"});
    m_found.push_back({{.kind = "cuda", .version = found->value, .path = path, .compiler = has_nvcc ? nvcc : "", .named_by = {named_by}},
                       std::move(found->evidence)});
  }

  std::optional<Fact<NumericVersion>> cuda_version(const std::string& path, const std::string& nvcc) {
    if (const auto json = m_host.read_file(path + "/version.json")) {
      if (auto version = version_of_json(*json)) return Fact<NumericVersion>{*version, {path + "/version.json", version->text()}};
    }
    if (!nvcc.empty()) {
      const auto said = m_host.ask({nvcc, "--version"}, k_limit);
      if (auto version = said ? version_of_nvcc(said->out) : std::nullopt)
        return Fact<NumericVersion>{*version, {nvcc + " --version", "V" + version->text()}};
    }
    if (auto version = version_of_name(path, "cuda-")) return Fact<NumericVersion>{*version, {path, "its name"}};
    return std::nullopt;
  }

  static std::optional<NumericVersion> version_of_name(std::string_view path, std::string_view stem) {
    const auto name = path.substr(path.rfind('/') + 1);
    return name.starts_with(stem) ? version_in(name.substr(stem.size())) : std::nullopt;
  }

  void add_rocm(const std::string& folder, const std::string& named_by) {
    const auto path = real_path(m_host, folder);
    if (is_known(path, named_by)) return;
    const auto file = path + "/.info/version";
    const auto text = m_host.read_file(file);
    auto version = text ? version_in(trimmed(*text)) : version_of_name(path, "rocm-");
    if (!version) return;
    const auto hipcc = path + "/bin/hipcc";
    m_found.push_back(
        {{.kind = "rocm", .version = *version, .path = path, .compiler = m_host.exists(hipcc) ? hipcc : "", .named_by = {named_by}},
         {text ? file : path, version->text()}});
  }

  HostSystem& m_host;
  HostFacts& m_facts;
  std::vector<Fact<Toolkit>> m_found;
};

void run_toolkit_probe(HostSystem& host, HostFacts& facts) { Search(host, facts).run(); }

}  // namespace

constinit const Probe toolkit_probe = {
    .name = "toolkit", .describes = "CUDA and ROCm toolkits, several side by side", .run = run_toolkit_probe};

}  // namespace torchup
