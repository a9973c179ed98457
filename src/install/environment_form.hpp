#pragma once
// The names that make up DIR, and how a path inside it is recognised. All files of `install` that touch DIR share them.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace torchup {

inline constexpr const char* k_lock_file = ".lock";
inline constexpr const char* k_ignore_file = ".gitignore";
inline constexpr const char* k_generations_folder = "generations";
inline constexpr const char* k_current_link = "current";
inline constexpr const char* k_generation_lock_file = "pylock.toml";
inline constexpr const char* k_manifest_file = "torchup-generation.json";

/// "generations/3"
std::string generation_path(unsigned number);

/// What the fixed link of that name in DIR holds: "current/bin".
std::string through_current(std::string_view name);

/// The number of a generation's folder name; nothing where it is written in any other way than we do.
std::optional<unsigned> generation_number(std::string_view name);

/// What stands at a path that is to be an environment.
enum class FolderKind {
  nothing,  ///< Does not exist, or holds nothing but what an install that never finished left.
  ours,     ///< Has generations.
  foreign,  ///< Anything else.
};
struct FolderState {
  FolderKind kind = FolderKind::nothing;
  std::string foreign_as = {};  ///< "a virtual environment that another tool made", where it is foreign.
  bool can_be_adopted = false;
};

/// Looks without changing anything.
FolderState look_at(const std::filesystem::path& root);

}  // namespace torchup
