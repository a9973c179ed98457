#include "src/install/environment_form.hpp"

#include <charconv>
#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

/// Whether an install that was killed before its first flip can have left it.
bool is_left_over(const fs::path& entry) {
  const std::string name = entry.filename().string();
  if (name == k_lock_file || name == k_ignore_file || name == k_generations_folder) return true;
  std::error_code code;
  const std::string target = fs::read_symlink(entry, code).string();
  return target == through_current(name) || name == std::string(".") + k_current_link + ".new";
}

}  // namespace

std::string generation_path(unsigned number) { return std::string(k_generations_folder) + "/" + std::to_string(number); }

std::string through_current(std::string_view name) { return std::string(k_current_link) + "/" + std::string(name); }

std::optional<unsigned> generation_number(std::string_view name) {
  unsigned number = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (problem != std::errc{} || end != name.data() + name.size() || number == 0 || name.front() == '0') return std::nullopt;
  return number;
}

FolderState look_at(const fs::path& root) {
  std::error_code code;
  const fs::file_status status = fs::status(root, code);
  if (!fs::exists(status)) return {};
  if (!fs::is_directory(status)) return {FolderKind::foreign, "no folder"};
  if (fs::is_symlink(root / k_current_link, code) && fs::is_directory(fs::symlink_status(root / k_generations_folder, code))) {
    return {FolderKind::ours};
  }
  if (fs::exists(root / "conda-meta", code)) return {FolderKind::foreign, "a conda environment"};
  if (fs::exists(root / "pyvenv.cfg", code)) return {FolderKind::foreign, "a virtual environment that another tool made", true};
  fs::directory_iterator entries(root, code);
  if (code) return {FolderKind::foreign, "a folder that cannot be read"};
  for (; entries != fs::directory_iterator(); entries.increment(code)) {
    if (!is_left_over(entries->path())) return {FolderKind::foreign, "a folder with other things in it"};
    if (code) break;
  }
  return {};
}

}  // namespace torchup
