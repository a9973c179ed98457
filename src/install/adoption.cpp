#include "src/install/adoption.hpp"

#include "torchup/resolver/version.hpp"

#include "src/install/environment_files.hpp"
#include "src/install/environment_form.hpp"
#include "src/install/generation_manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>
#include <system_error>
#include <utility>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_journal = ".adopting";
constexpr std::uint64_t k_most_journal = 1 << 20;
constexpr unsigned k_number = 1;  // nothing of ours can be there before

/// lib/python3.12/site-packages and "3.12"; the newest where there are several.
std::optional<std::pair<std::filesystem::path, std::string>> site_packages_below(const std::filesystem::path& lib) {
  constexpr std::string_view k_python = "python";
  std::optional<std::pair<Version, std::filesystem::path>> newest;
  std::error_code code;
  std::filesystem::directory_iterator entry(lib, code);
  for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(k_python)) continue;
    const auto version = Version::parse(name.substr(k_python.size()));
    std::error_code unknown;
    if (!version || !std::filesystem::is_directory(entry->path() / "site-packages", unknown)) continue;
    if (!newest || newest->first < *version) newest = std::pair(*version, entry->path() / "site-packages");
  }
  if (!newest) return std::nullopt;
  return std::pair(newest->second, newest->first.text());
}

bool is_there(const fs::path& path) {
  std::error_code code;
  return fs::exists(fs::symlink_status(path, code));
}

std::string in_generation(const std::string& name) { return generation_path(k_number) + "/" + name; }

/// Everything in DIR but what belongs to DIR itself.
Result<std::vector<std::string>> names_in(const fs::path& root) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator entry(root, code); !code && entry != fs::directory_iterator(); entry.increment(code)) {
    std::string name = entry->path().filename().string();
    if (name != k_lock_file && name != k_ignore_file && name != k_journal) names.push_back(std::move(name));
  }
  if (code) return failure(system_error(ErrorKind::host, "read", root, code.value()));
  std::ranges::sort(names);
  return names;
}

Error refused(const fs::path& root, const std::string& why) {
  return {ErrorKind::host, fmt::format("`{}` cannot be adopted: {}", root.string(), why), {}, {"make a new environment with --env"}};
}

Status check_adoptable(const fs::path& root, const std::vector<std::string>& names, const PythonLayout& layout) {
  const std::optional<Generation> there = environment_of_another_tool(root);
  if (!there) return failure(refused(root, "it is no virtual environment of another tool"));
  if (is_there(root / "conda-meta")) return failure(refused(root, "it is conda's, whose packages lie elsewhere too"));
  if (there->site_packages != root / layout.site_packages) {
    return failure(
        refused(root, fmt::format("it is of Python {}, and Python {} is asked for", there->python_version, layout.short_version)));
  }
  const auto ours = std::ranges::find_if(names, [](const std::string& name) {
    return is_environment_name(name) || name == k_manifest_file || name.find('\n') != std::string::npos;
  });
  if (ours != names.end()) return failure(refused(root, fmt::format("it holds `{}`", *ours)));
  return {};
}

/// Names that lead nowhere but into DIR: a journal is read from the disk like any input.
Result<std::vector<std::string>> read_journal(const Folder& folder) {
  TORCHUP_TRY_ASSIGN(const std::string text, as_kind(ErrorKind::install, read_whole_file(folder.path() / k_journal, k_most_journal)));
  std::vector<std::string> names;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string name = text.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos || is_environment_name(name)) {
      return failure({ErrorKind::install,
                      fmt::format("`{}` is damaged: it names `{}`", (folder.path() / k_journal).string(), name),
                      {},
                      {"move what lies in generations/1 back by hand, then remove the file"}});
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::string now() {
  const std::time_t time = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  std::array<char, 32> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc));
}

Status move_back(const Folder& folder) {
  TORCHUP_TRY_ASSIGN(const std::vector<std::string> names, read_journal(folder));
  for (const std::string& name : names) {
    if (folder.link_target(name) == through_current(name)) TORCHUP_TRY(folder.remove(name));
    if (is_there(folder.path() / in_generation(name)) && !is_there(folder.path() / name)) {
      TORCHUP_TRY(folder.rename(in_generation(name), name));
    }
  }
  TORCHUP_TRY(folder.remove(std::string(".") + k_current_link + ".new"));  // a flip that was not made
  TORCHUP_TRY(folder.sync());
  return folder.remove_tree(k_generations_folder);
}

}  // namespace

std::optional<Generation> environment_of_another_tool(const std::filesystem::path& root) {
  std::error_code unknown;
  const bool is_ours = std::filesystem::is_directory(root / "generations", unknown);
  const bool is_environment =
      std::filesystem::exists(root / "pyvenv.cfg", unknown) || std::filesystem::exists(root / "conda-meta", unknown);
  if (is_ours || !is_environment) return std::nullopt;
  auto found = site_packages_below(root / "lib");
  if (!found) return std::nullopt;
  const std::filesystem::path python = root / "bin" / "python";
  return Generation{.number = 0,
                    .root = root,
                    .python = python,
                    .site_packages = std::move(found->first),
                    .python_version = std::move(found->second),
                    .packages = {},
                    .python_executable = python.string()};
}

bool is_half_adopted(const fs::path& root) { return is_there(root / k_journal); }

Status recover_adoption(const Folder& folder) {
  if (folder.link_target(k_current_link).empty()) TORCHUP_TRY(move_back(folder));
  TORCHUP_TRY(folder.remove(k_journal));
  return folder.sync();
}

Result<Adoption> Adoption::begin(const EnvironmentLock& lock, PythonLayout layout) {
  TORCHUP_TRY_ASSIGN(std::vector<std::string> names, names_in(lock.root()));
  TORCHUP_TRY(check_adoptable(lock.root(), names, layout));
  Adoption adoption(lock, std::move(layout), std::move(names));
  std::string journal;
  for (const std::string& name : adoption.m_names) journal += name + "\n";
  const Folder& folder = lock.folder();
  TORCHUP_TRY(folder.write_file(k_journal, journal));
  TORCHUP_TRY(folder.make_folder(k_generations_folder));
  TORCHUP_TRY(folder.make_folder(generation_path(k_number)));
  TORCHUP_TRY(folder.sync_file_system());  // the journal, before anything moves
  return adoption;
}

Adoption::Adoption(Adoption&& other) noexcept
    : m_lock(std::exchange(other.m_lock, nullptr)), m_layout(std::move(other.m_layout)), m_names(std::move(other.m_names)) {}

Adoption::~Adoption() {
  // What cannot be moved back now has its journal, and the next `open_environment` tries again.
  if (m_lock != nullptr) static_cast<void>(recover_adoption(m_lock->folder()));
}

Status Adoption::move() {
  const Folder& folder = m_lock->folder();
  for (const std::string& name : m_names) TORCHUP_TRY(folder.rename(name, in_generation(name)));
  Generation generation = generation_at(m_lock->root(), k_number, m_layout);
  generation.created = now();
  TORCHUP_TRY(folder.write_file(in_generation(k_manifest_file), write_generation_manifest(generation, m_layout)));
  return folder.sync_file_system();
}

Status Adoption::finish() {
  const EnvironmentLock* const lock = std::exchange(m_lock, nullptr);
  return recover_adoption(lock->folder());
}

}  // namespace torchup
