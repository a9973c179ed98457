#include "src/install/environment_files.hpp"

#include "src/install/activate_scripts.hpp"
#include "src/install/environment_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace torchup {
namespace {

constexpr const char* k_settings_file = "pyvenv.cfg";

/// PEP 405, and the keys that the standard library's venv adds. Never with the system's packages: what an environment
/// holds would then depend on the host.
std::string settings(const PythonLayout& python, const std::string& prompt) {
  return fmt::format(
      "home = {}\n"
      "include-system-site-packages = false\n"
      "version = {}\n"
      "executable = {}\n"
      "prompt = {}\n",
      std::filesystem::path(python.executable).parent_path().string(), python.version, python.executable, prompt);
}

}  // namespace

std::vector<std::string> environment_folders(const PythonLayout& python) { return {"bin", python.site_packages}; }  // both kinds have them

std::vector<std::string> environment_paths(const PythonLayout& python) {
  if (python.kind == EnvironmentKind::libtorch) return {k_manifest_file, k_generation_lock_file};
  std::vector<std::string> paths = {k_settings_file, "lib64", k_manifest_file, k_generation_lock_file};
  for (const std::string& name : python.names()) paths.push_back("bin/" + name);
  for (const ActivateScript& script : activate_scripts({}, {})) paths.push_back("bin/" + script.name);
  return paths;
}

bool is_environment_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> k_names = {k_lock_file, k_ignore_file, k_generations_folder, k_current_link};
  return std::find(k_names.begin(), k_names.end(), name) != k_names.end() || name == std::string(".") + k_current_link + ".new";
}

Status write_environment_files(const Folder& generation, const std::filesystem::path& root, const PythonLayout& python,
                               const std::string& prompt) {
  if (python.kind == EnvironmentKind::libtorch) return {};  // nothing but what the packages bring
  const std::vector<std::string> names = python.names();
  TORCHUP_TRY(generation.make_link("bin/" + names.front(), python.executable));
  for (std::size_t i = 1; i < names.size(); ++i) TORCHUP_TRY(generation.make_link("bin/" + names[i], names.front()));
  TORCHUP_TRY(generation.make_link("lib64", "lib"));
  for (const ActivateScript& script : activate_scripts(root, prompt)) {
    TORCHUP_TRY(generation.write_file("bin/" + script.name, script.text));
  }
  return generation.write_file(k_settings_file, settings(python, prompt));
}

std::string prompt_for(const std::filesystem::path& root, const std::string& wish) {
  std::string prompt = wish;
  if (prompt.empty()) prompt = (root.filename().string().starts_with('.') ? root.parent_path() : root).filename().string();
  for (char& c : prompt) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c < 0 ||
                       std::string_view("._-+@ ").find(c) != std::string_view::npos;
    if (!plain) c = '_';
  }
  return prompt.empty() ? "torchup" : prompt;
}

}  // namespace torchup
