#include "host_record.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace torchup {
namespace {

// Only these may be written down: any other variable may hold a secret.
constexpr std::array<std::string_view, 14> k_recorded_variables = {"CONDA_PREFIX",
                                                                   "CUDA_HOME",
                                                                   "CUDA_PATH",
                                                                   "CUDA_VISIBLE_DEVICES",
                                                                   "HIP_VISIBLE_DEVICES",
                                                                   "HOME",
                                                                   "HSA_OVERRIDE_GFX_VERSION",
                                                                   "PATH",
                                                                   "PYENV_ROOT",
                                                                   "PYENV_VERSION",
                                                                   "ROCM_PATH",
                                                                   "VIRTUAL_ENV",
                                                                   "WSL_DISTRO_NAME",
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
    if (std::find(k_recorded_variables.begin(), k_recorded_variables.end(), name) == k_recorded_variables.end()) return std::nullopt;
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
