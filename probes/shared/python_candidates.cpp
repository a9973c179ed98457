#include "probes/shared/python_candidates.hpp"

#include "probes/shared/real_path.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace torchup {
namespace {

constexpr std::size_t k_most_folders = 128;
constexpr std::size_t k_most_candidates = 32;

constexpr int k_first_minor = 6;
constexpr int k_last_minor = 30;

/// The names to look for, the one that a user gets by typing first. They are looked for one by one rather than by listing
/// the folders, so that a recorded host does not tell of every program that is installed.
std::vector<std::string> interpreter_names() {
  std::vector<std::string> names = {"python3", "python"};
  for (int minor = k_last_minor; minor >= k_first_minor; --minor) {
    names.push_back(fmt::format("python3.{}", minor));
    if (minor >= 13) names.push_back(fmt::format("python3.{}t", minor));
  }
  return names;
}

class Candidates {
 public:
  explicit Candidates(HostSystem& host) : m_host(host), m_pyenv(pyenv_root(host)) {}

  std::vector<std::string> find() {
    for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
      if (const auto prefix = m_host.environment(name)) add_if_there(*prefix + "/bin/python");
    }
    auto folders = split(m_path, ':');
    if (folders.size() > k_most_folders) folders.resize(k_most_folders);
    for (const auto folder : folders) add_folder(std::string(folder));
    for (const auto& version : m_host.list_directory(m_pyenv + "/versions").value_or(std::vector<std::string>{})) add_pyenv(version);
    return m_found;
  }

 private:
  static std::string pyenv_root(HostSystem& host) {
    if (auto root = host.environment("PYENV_ROOT")) return *root;
    return host.environment("HOME").value_or("") + "/.pyenv";
  }

  void add_folder(const std::string& folder) {
    // A relative entry would mean another folder for every working directory.
    if (!folder.starts_with('/')) return;
    if (folder == m_pyenv + "/shims") return add_active_pyenv();
    for (const auto& name : m_names) add_if_there(folder + "/" + name);
  }

  /// What the shims stand for: PYENV_VERSION ("3.12.1:3.11.7"), else the file `version`.
  void add_active_pyenv() {
    auto names = m_host.environment("PYENV_VERSION").value_or("");
    if (names.empty()) names = m_host.read_file(m_pyenv + "/version").value_or("");
    std::replace(names.begin(), names.end(), '\n', ':');
    for (const auto name : split(names, ':')) {
      if (!trimmed(name).empty()) add_pyenv(std::string(trimmed(name)));
    }
  }

  // Python 2 cannot be asked and never runs torch; its name says so.
  void add_pyenv(const std::string& version) {
    if (!version.starts_with("2.")) add_if_there(m_pyenv + "/versions/" + version + "/bin/python");
  }

  void add_if_there(const std::string& path) {
    if (m_host.exists(path)) add(path);
  }

  void add(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path();
    const bool is_environment = m_host.exists((folder.parent_path() / "pyvenv.cfg").string());
    const auto identity = is_environment ? "environment " + real_path(m_host, folder.string()) : real_path(m_host, path);
    if (m_found.size() < k_most_candidates && m_seen.insert(identity).second) m_found.push_back(path);
  }

  HostSystem& m_host;
  std::string m_pyenv;
  std::string m_path = m_host.environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  std::vector<std::string> m_names = interpreter_names();
  std::vector<std::string> m_found;
  std::set<std::string> m_seen;
};

}  // namespace

std::vector<std::string> find_python_candidates(HostSystem& host) { return Candidates(host).find(); }

}  // namespace torchup
