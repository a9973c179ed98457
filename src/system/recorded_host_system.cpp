#include "host_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>

namespace torchup {
namespace {

constexpr std::uintmax_t k_most_file_bytes = 16 << 20;

/// Adds to `names` what the key says lies directly in the directory.
void add_child(const std::string& key, const std::string& directory, std::set<std::string>& names) {
  const std::string prefix = directory.ends_with('/') ? directory : directory + "/";
  if (key.starts_with(prefix) && key.size() > prefix.size()) {
    names.insert(key.substr(prefix.size(), key.find('/', prefix.size()) - prefix.size()));
  }
}

class RecordedHostSystem final : public HostSystem {
 public:
  RecordedHostSystem(HostRecord record, std::filesystem::path root) : m_record(std::move(record)), m_root(std::move(root)) {}

  Result<std::string> read_file(const std::string& path) override {
    if (const auto at = m_record.files.find(path); at != m_record.files.end()) return at->second;
    if (const auto at = m_record.unreadable.find(path); at != m_record.unreadable.end()) return failed(at->second);
    const auto below = below_root(path);
    std::error_code problem;
    if (!below || !std::filesystem::is_regular_file(*below, problem)) return failed(no_such_file(path));
    if (std::filesystem::file_size(*below, problem) > k_most_file_bytes) return failed(fmt::format("`{}` is larger than 16 MiB", path));
    std::ifstream file(*below, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  }

  Result<std::vector<std::string>> list_directory(const std::string& path) override {
    if (const auto at = m_record.directories.find(path); at != m_record.directories.end()) return at->second;
    if (const auto at = m_record.unreadable.find(path); at != m_record.unreadable.end()) return failed(at->second);
    const auto names = names_below(path);
    if (names.empty()) return failed(no_such_file(path));
    return std::vector<std::string>(names.begin(), names.end());
  }

  Result<std::string> read_link(const std::string& path) override {
    if (const auto at = m_record.links.find(path); at != m_record.links.end()) return at->second;
    return failed(no_such_file(path));
  }

  bool exists(const std::string& path) override {
    const auto& present = m_record.present;
    if (std::find(present.begin(), present.end(), path) != present.end()) return true;
    if (m_record.files.contains(path) || m_record.unreadable.contains(path) || m_record.directories.contains(path)) return true;
    std::error_code problem;
    const auto below = below_root(path);
    return (below && std::filesystem::exists(*below, problem)) || !names_below(path).empty();
  }

  int open_device(const std::string& path) override {
    const auto at = m_record.devices.find(path);
    return at == m_record.devices.end() ? ENOENT : at->second;
  }

  std::optional<std::string> environment(const std::string& name) override {
    const auto at = m_record.environment.find(name);
    if (at == m_record.environment.end() || at->second.empty()) return std::nullopt;
    return at->second;
  }

  Result<CommandOutput> run(const std::vector<std::string>& arguments, std::chrono::milliseconds) override {
    Commands::const_iterator at = m_record.commands.find(arguments);
    if (at == m_record.commands.end()) at = same_question(arguments);
    if (at == m_record.commands.end()) {
      return failed(
          fmt::format("`{}` cannot be started: it was not run when this host was recorded", arguments.empty() ? "" : arguments[0]));
    }
    if (!at->second.answer) return failed(at->second.error);
    return *at->second.answer;
  }

  std::optional<CpuidRegisters> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override {
    const auto at = m_record.cpuid.find({leaf, subleaf});
    if (at == m_record.cpuid.end()) return std::nullopt;
    return at->second;
  }

  std::optional<std::uint64_t> xcr0() override { return m_record.xcr0; }

  Result<std::string> query_cuda_driver() override {
    if (m_record.cuda_driver.answer) return *m_record.cuda_driver.answer;
    return failed(m_record.cuda_driver.error.empty() ? "`libcuda.so.1` cannot be opened: it was not there when this host was recorded"
                                                     : m_record.cuda_driver.error);
  }

  std::optional<std::uint64_t> requestable_state() override { return m_record.requestable_state; }

  Result<std::string> query_driver(DriverLibrary library) override {
    if (library == DriverLibrary::cuda) return query_cuda_driver();
    return recorded(m_record.drivers, soname_of(library),
                    fmt::format("`{}` cannot be opened: it was not there when this host was recorded", soname_of(library)));
  }

  std::optional<std::string> find_library(const std::string& soname) override {
    const auto at = m_record.libraries.find(soname);
    return at == m_record.libraries.end() ? std::nullopt : std::optional(at->second);
  }

  Result<std::string> describe_library(const std::string& path) override {
    return recorded(m_record.descriptions, path, no_such_file(path));
  }

  Result<std::vector<std::string>> texts_in(const std::string& path, const std::string& prefix) override {
    return recorded(m_record.texts, prefix + " " + path, no_such_file(path));
  }

  Result<DiskSpace> disk_space(const std::string& path) override {
    const auto at = m_record.disks.find(path);
    if (at == m_record.disks.end()) return failed(no_such_file(path));
    return at->second;
  }

  std::string machine() override { return m_record.machine; }

 private:
  using Commands = decltype(HostRecord::commands);

  /// The same interpreter with another script after `-c`: the program that recorded may have worded its question differently.
  Commands::const_iterator same_question(const std::vector<std::string>& arguments) const {
    const auto& commands = m_record.commands;
    if (arguments.size() < 3 || arguments.end()[-2] != "-c") return commands.end();
    return std::find_if(commands.begin(), commands.end(), [&](const auto& command) {
      return command.first.size() == arguments.size() && std::equal(arguments.begin(), arguments.end() - 1, command.first.begin());
    });
  }

  static tl::unexpected<Error> failed(std::string message) { return failure({ErrorKind::host, std::move(message), {}, {}}); }

  /// What was recorded under a key; `none` says that nothing was.
  template <class T>
  static Result<T> recorded(const std::map<std::string, Recorded<T>>& answers, const std::string& key, std::string none) {
    const auto at = answers.find(key);
    if (at == answers.end()) return failed(std::move(none));
    if (!at->second.answer) return failed(at->second.error);
    return *at->second.answer;
  }

  /// Where the path lies below `root/`; nothing where it, or a link on its way, would lead out of there.
  std::optional<std::filesystem::path> below_root(const std::string& path) const {
    if (!path.starts_with('/')) return std::nullopt;
    std::error_code problem;
    const auto real = std::filesystem::weakly_canonical(m_root / path.substr(1), problem);
    if (problem || std::mismatch(m_root.begin(), m_root.end(), real.begin(), real.end()).first != m_root.end()) return std::nullopt;
    return real;
  }

  std::set<std::string> names_below(const std::string& path) const {
    std::set<std::string> names;
    if (const auto below = below_root(path)) {
      std::error_code problem;
      std::filesystem::directory_iterator at(*below, problem);
      for (; !problem && at != std::filesystem::directory_iterator(); at.increment(problem)) names.insert(at->path().filename().string());
    }
    for (const auto& [key, content] : m_record.files) add_child(key, path, names);
    for (const auto& [key, target] : m_record.links) add_child(key, path, names);
    for (const auto& key : m_record.present) add_child(key, path, names);
    return names;
  }

  HostRecord m_record;
  std::filesystem::path m_root;
};

}  // namespace

Result<std::unique_ptr<HostSystem>> open_recorded_host_system(const std::filesystem::path& folder) {
  TORCHUP_TRY_ASSIGN(auto record, read_host_record(folder));
  std::error_code problem;
  const auto root = std::filesystem::weakly_canonical(folder / "root", problem);
  return std::make_unique<RecordedHostSystem>(std::move(record), root);
}

}  // namespace torchup
