#include "host_record.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace torchup {
namespace {

// Only these may be written down: any other variable may hold a secret.
constexpr std::string_view k_recorded_variables[] = {"CONDA_PREFIX",
                                                     "CUBLAS_WORKSPACE_CONFIG",
                                                     "CUDA_CACHE_DISABLE",
                                                     "CUDA_DEVICE_ORDER",
                                                     "CUDA_FORCE_PTX_JIT",
                                                     "CUDA_HOME",
                                                     "CUDA_LAUNCH_BLOCKING",
                                                     "CUDA_MODULE_LOADING",
                                                     "CUDA_PATH",
                                                     "CUDA_VISIBLE_DEVICES",
                                                     "GPU_DEVICE_ORDINAL",
                                                     "HIP_PATH",
                                                     "HIP_VISIBLE_DEVICES",
                                                     "HOME",
                                                     "HSA_ENABLE_SDMA",
                                                     "HSA_OVERRIDE_GFX_VERSION",
                                                     "HSA_XNACK",
                                                     "KMP_DUPLICATE_LIB_OK",
                                                     "LD_LIBRARY_PATH",
                                                     "LD_PRELOAD",
                                                     "MKL_NUM_THREADS",
                                                     "NVIDIA_DRIVER_CAPABILITIES",
                                                     "NVIDIA_VISIBLE_DEVICES",
                                                     "OMP_NUM_THREADS",
                                                     "ONEAPI_DEVICE_SELECTOR",
                                                     "PATH",
                                                     "PYENV_ROOT",
                                                     "PYENV_VERSION",
                                                     "PYTHONHOME",
                                                     "PYTHONNOUSERSITE",
                                                     "PYTHONPATH",
                                                     "PYTORCH_ALLOC_CONF",
                                                     "PYTORCH_CUDA_ALLOC_CONF",
                                                     "PYTORCH_ENABLE_MPS_FALLBACK",
                                                     "PYTORCH_HIP_ALLOC_CONF",
                                                     "PYTORCH_NVML_BASED_CUDA_CHECK",
                                                     "PYTORCH_ROCM_ARCH",
                                                     "PYTORCH_SKIP_CUDNN_COMPATIBILITY_CHECK",
                                                     "ROCM_PATH",
                                                     "ROCR_VISIBLE_DEVICES",
                                                     "TORCH_CUDA_ARCH_LIST",
                                                     "VIRTUAL_ENV",
                                                     "WSL_DISTRO_NAME",
                                                     "ZE_AFFINITY_MASK",
                                                     "container"};

class Recorder final : public RecordingHostSystem {
 public:
  explicit Recorder(HostSystem& inner) : m_inner(inner) { m_record.machine = inner.machine(); }

  Result<std::string> read_file(const std::string& path) override {
    auto content = m_inner.read_file(path);
    if (content) {
      m_record.files.insert_or_assign(path, *content);
    } else {
      keep_failure(path, content.error());
    }
    return content;
  }

  Result<std::vector<std::string>> list_directory(const std::string& path) override {
    auto names = m_inner.list_directory(path);
    if (names) {
      m_record.directories.insert_or_assign(path, *names);
    } else {
      keep_failure(path, names.error());
    }
    return names;
  }

  Result<std::string> read_link(const std::string& path) override {
    auto target = m_inner.read_link(path);
    if (target) m_record.links.insert_or_assign(path, *target);
    return target;
  }

  bool exists(const std::string& path) override {
    const bool is_there = m_inner.exists(path);
    auto& present = m_record.present;
    if (is_there && std::find(present.begin(), present.end(), path) == present.end()) present.push_back(path);
    return is_there;
  }

  int open_device(const std::string& path) override { return m_record.devices[path] = m_inner.open_device(path); }

  std::optional<std::string> environment(const std::string& name) override {
    if (std::find(std::begin(k_recorded_variables), std::end(k_recorded_variables), name) == std::end(k_recorded_variables))
      return std::nullopt;
    auto value = m_inner.environment(name);
    if (value) m_record.environment.insert_or_assign(name, *value);
    return value;
  }

  Result<CommandOutput> run(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) override {
    auto output = m_inner.run(arguments, limit);
    m_record.commands.insert_or_assign(arguments, kept(output));
    return output;
  }

  std::optional<CpuidRegisters> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override {
    const auto answer = m_inner.cpuid(leaf, subleaf);
    if (answer) m_record.cpuid.insert_or_assign({leaf, subleaf}, *answer);
    return answer;
  }

  std::optional<std::uint64_t> xcr0() override { return m_record.xcr0 = m_inner.xcr0(); }

  Result<std::string> query_cuda_driver() override {
    auto answer = m_inner.query_cuda_driver();
    m_record.cuda_driver = kept(answer);
    return answer;
  }

  std::optional<std::uint64_t> requestable_state() override { return m_record.requestable_state = m_inner.requestable_state(); }

  Result<std::string> query_driver(DriverLibrary library) override {
    if (library == DriverLibrary::cuda) return query_cuda_driver();
    auto answer = m_inner.query_driver(library);
    m_record.drivers.insert_or_assign(soname_of(library), kept(answer));
    return answer;
  }

  std::optional<std::string> find_library(const std::string& soname) override {
    auto path = m_inner.find_library(soname);
    if (path) m_record.libraries.insert_or_assign(soname, *path);
    return path;
  }

  Result<std::string> describe_library(const std::string& path) override {
    auto description = m_inner.describe_library(path);
    m_record.descriptions.insert_or_assign(path, kept(description));
    return description;
  }

  Result<std::vector<std::string>> texts_in(const std::string& path, const std::string& prefix) override {
    auto texts = m_inner.texts_in(path, prefix);
    m_record.texts.insert_or_assign(prefix + " " + path, kept(texts));
    return texts;
  }

  Result<DiskSpace> disk_space(const std::string& path) override {
    auto space = m_inner.disk_space(path);
    if (space) m_record.disks.insert_or_assign(path, *space);
    return space;
  }

  std::string machine() override { return m_record.machine; }

  Status write(const std::filesystem::path& folder) override { return write_host_record(m_record, folder); }

 private:
  template <class T>
  static Recorded<T> kept(const Result<T>& result) {
    if (result) return {*result, {}};
    return {std::nullopt, result.error().message};
  }

  void keep_failure(const std::string& path, const Error& error) {
    // That nothing is there needs no entry: it is what a recorded host says of every path it does not know.
    if (error.message != no_such_file(path)) m_record.unreadable.insert_or_assign(path, error.message);
  }

  HostSystem& m_inner;
  HostRecord m_record;
};

}  // namespace

std::unique_ptr<RecordingHostSystem> make_recording_host_system(HostSystem& inner) { return std::make_unique<Recorder>(inner); }

}  // namespace torchup
