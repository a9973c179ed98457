#include "src/install/adoption.hpp"
#include "src/install/environment_form.hpp"
#include "src/install/generation_manifest.hpp"
#include "src/install/install.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

/// Absolute, without `.` and `..`; links stay as the user named them.
Result<fs::path> environment_root(const fs::path& path) {
  std::error_code code;
  fs::path root = fs::absolute(path, code).lexically_normal();
  if (!root.has_filename()) root = root.parent_path();
  const std::string text = root.string();
  const bool printable = std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  if (code || path.empty() || !printable || !root.has_filename()) {
    return failure({ErrorKind::host, fmt::format("`{}` cannot be the folder of an environment", path.string()), {}, {}});
  }
  return root;
}

Error foreign(const fs::path& root, const FolderState& state) {
  return {ErrorKind::host,
          fmt::format("`{}` is {}, and torchup does not change it", root.string(), state.foreign_as),
          {},
          {state.can_be_adopted ? "`--in-place` takes it over, with all that it holds; or choose another folder with --env"
                                : "choose another folder with --env, or move this one away and run the same command again"}};
}

Status check_ours(const fs::path& root, Adopt adopt) {
  const FolderState state = look_at(root);
  if (state.kind != FolderKind::foreign || (adopt == Adopt::yes && state.can_be_adopted)) return {};
  return failure(foreign(root, state));
}

Error no_environment(const fs::path& root) {
  return {
      ErrorKind::host, fmt::format("`{}` is no environment of torchup", root.string()), {}, {"make one with `torchup install --env DIR`"}};
}

/// The number that `current` leads to; nothing where it is missing or leads anywhere else.
std::optional<unsigned> current_number(const fs::path& root) {
  std::error_code code;
  const std::string target = fs::read_symlink(root / k_current_link, code).string();
  const std::string prefix = std::string(k_generations_folder) + "/";
  if (code || !target.starts_with(prefix)) return std::nullopt;
  return generation_number(std::string_view(target).substr(prefix.size()));
}

struct OnDisk {
  std::vector<unsigned> whole;         ///< Ascending.
  std::vector<std::string> half_made;  ///< Names in generations/ of everything else.
};

Result<OnDisk> list_generations(const fs::path& root) {
  OnDisk found;
  std::error_code code;
  fs::directory_iterator entry(root / k_generations_folder, code);
  for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    const std::optional<unsigned> number = generation_number(name);
    std::error_code unknown;
    const fs::file_status manifest = fs::symlink_status(entry->path() / k_manifest_file, unknown);
    // Half-made ones are removed: what cannot be looked at just now must not be taken for one.
    if (manifest.type() == fs::file_type::none) {
      return failure(system_error(ErrorKind::host, "read", entry->path() / k_manifest_file, unknown.value()));
    }
    if (number && fs::is_regular_file(manifest)) {
      found.whole.push_back(*number);
    } else {
      found.half_made.push_back(name);
    }
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    return failure(system_error(ErrorKind::host, "read", root / k_generations_folder, code.value()));
  }
  std::sort(found.whole.begin(), found.whole.end());
  return found;
}

/// What a killed install left. The current generation is never among it, whatever its manifest looks like.
Status clear_half_made(const Folder& folder, const OnDisk& found, Diagnostics& diagnostics) {
  const std::optional<unsigned> current = current_number(folder.path());
  for (const std::string& name : found.half_made) {
    if (current && name == std::to_string(*current)) continue;
    diagnostics.note(fmt::format("removing `{}/{}`, which an interrupted install left half-made", k_generations_folder, name));
    TORCHUP_TRY(folder.remove_tree(std::string(k_generations_folder) + "/" + name));
  }
  return folder.remove(std::string(".") + k_current_link + ".new");
}

}  // namespace

Result<std::vector<unsigned>> whole_generations(const fs::path& root) {
  TORCHUP_TRY_ASSIGN(OnDisk found, list_generations(root));
  return std::move(found.whole);
}

Result<OpenEnvironment> open_environment(const fs::path& path, std::chrono::milliseconds limit, Diagnostics& diagnostics,
                                         const Cancellation& cancellation, Adopt adopt) {
  TORCHUP_TRY_ASSIGN(const fs::path root, environment_root(path));
  if (!is_half_adopted(root)) TORCHUP_TRY(check_ours(root, adopt));
  TORCHUP_TRY_ASSIGN(EnvironmentLock lock, EnvironmentLock::acquire(root, limit, diagnostics, cancellation));
  if (is_half_adopted(root)) {
    diagnostics.warn(fmt::format("taking over `{}` was interrupted before; that is cleared up first", root.string()));
    TORCHUP_TRY(recover_adoption(lock.folder()));
  }
  TORCHUP_TRY(check_ours(root, adopt));  // again: another process may have filled the folder while this one waited
  TORCHUP_TRY_ASSIGN(const OnDisk found, list_generations(root));
  if (!found.half_made.empty()) TORCHUP_TRY(lock.sign());
  TORCHUP_TRY(clear_half_made(lock.folder(), found, diagnostics));

  Environment environment{root, std::nullopt, found.whole};
  if (const std::optional<unsigned> number = current_number(root)) {
    TORCHUP_TRY_ASSIGN(Result<Generation> current, judge_generation_manifest(root, *number));
    if (current) {
      environment.current = *std::move(current);
    } else {
      diagnostics.warn(fmt::format("environment `{}` is damaged and is made anew: {}", root.string(), current.error().message));
    }
  }
  return OpenEnvironment{std::move(lock), std::move(environment)};
}

Result<Environment> environment_at(const fs::path& path) {
  TORCHUP_TRY_ASSIGN(const fs::path root, environment_root(path));
  if (look_at(root).kind != FolderKind::ours) return failure(no_environment(root));
  const std::optional<unsigned> number = current_number(root);
  if (!number) {
    return failure({ErrorKind::host, fmt::format("`{}` leads to no generation", (root / k_current_link).string()), {}, {}});
  }
  TORCHUP_TRY_ASSIGN(Generation current, read_generation_manifest(root, *number));
  TORCHUP_TRY_ASSIGN(OnDisk found, list_generations(root));
  return Environment{root, std::move(current), std::move(found.whole)};
}

Result<std::optional<Generation>> generation_in_use(const fs::path& path) {
  TORCHUP_TRY_ASSIGN(const fs::path root, environment_root(path));
  if (look_at(root).kind != FolderKind::ours) return std::nullopt;
  const std::optional<unsigned> number = current_number(root);
  if (!number) return std::nullopt;
  TORCHUP_TRY_ASSIGN(Result<Generation> current, judge_generation_manifest(root, *number));
  return current ? std::optional(*std::move(current)) : std::nullopt;
}

Result<Generation> read_generation(const fs::path& path, unsigned number) {
  TORCHUP_TRY_ASSIGN(const fs::path root, environment_root(path));
  std::error_code code;
  if (!fs::exists(root / generation_path(number) / k_manifest_file, code)) {
    return failure({ErrorKind::host, fmt::format("environment `{}` has no generation {}", root.string(), number), {}, {}});
  }
  return read_generation_manifest(root, number);
}

}  // namespace torchup
