#include "src/install/blueprint.hpp"
#include "src/install/environment_files.hpp"
#include "src/install/environment_form.hpp"
#include "src/install/generation_manifest.hpp"
#include "src/install/install.hpp"
#include "src/install/place_files.hpp"
#include "src/store/write_back.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>

namespace torchup {
namespace {

constexpr std::uint64_t k_block = 4096;
constexpr std::chrono::milliseconds k_copying_pause{60};

StageCost cost_of(const Blueprint& blueprint, const std::vector<OpenTree>& trees, std::uint64_t device, LinkMode mode) {
  StageCost cost;
  cost.files = blueprint.files.size() + blueprint.folders.size();
  for (const PlannedFile& file : blueprint.files) {
    const std::uint64_t bytes = file.placement.source ? file.placement.source->size : file.placement.content.size();
    if (is_shared(file, trees[file.wheel], device, mode)) {
      cost.shared_bytes += bytes;
    } else {
      cost.copied_bytes += (bytes + k_block - 1) / k_block * k_block;
    }
  }
  return cost;
}

/// Refuses before the first byte what could not end well. A file system that does not count its inodes has enough.
Status check_space(const Folder& folder, const StageCost& cost) {
  struct statvfs space;
  if (::fstatvfs(folder.number(), &space) != 0)
    return failure(system_error(ErrorKind::host, "ask for the free space of", folder.path(), errno));
  const std::uint64_t free_bytes = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
  const std::vector<std::string> hints = {"free some space there, or choose a folder on another disk with --env"};
  if (cost.copied_bytes > free_bytes) {
    return failure({ErrorKind::host,
                    fmt::format("environment `{}` needs {} bytes more, and its disk has {} free", folder.path().string(), cost.copied_bytes,
                                free_bytes),
                    {},
                    hints});
  }
  if (space.f_files > 0 && cost.files > space.f_favail) {
    return failure({ErrorKind::host,
                    fmt::format("environment `{}` needs {} files more, and its disk has room for {}", folder.path().string(), cost.files,
                                space.f_favail),
                    {},
                    hints});
  }
  return {};
}

Result<PythonLayout> lay_out(const EnvironmentSpec& spec) {
  if (spec.kind == EnvironmentKind::libtorch) return lay_out_libtorch();
  return lay_out_python(spec.python);
}

/// Makes DIR/generations and DIR/.gitignore where they are missing.
Status prepare(const Folder& folder) {
  std::error_code code;
  if (!std::filesystem::exists(folder.path() / k_generations_folder, code)) TORCHUP_TRY(folder.make_folder(k_generations_folder));
  if (std::filesystem::exists(std::filesystem::symlink_status(folder.path() / k_ignore_file, code))) return {};
  return folder.write_file(k_ignore_file, "*\n");
}

/// One above every number that stands in generations/.
unsigned next_number(const std::filesystem::path& generations) {
  unsigned highest = 0;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(generations, code); !code && entry != std::filesystem::directory_iterator();
       entry.increment(code)) {
    highest = std::max(highest, generation_number(entry->path().filename().string()).value_or(0));
  }
  return highest + 1;
}

std::uint64_t device_of(const Folder& folder) {
  struct stat status;
  return ::fstat(folder.number(), &status) == 0 ? status.st_dev : 0;
}

}  // namespace

Result<StagedGeneration> stage_generation(const EnvironmentLock& lock, const EnvironmentSpec& spec,
                                          const std::vector<WantedPackage>& wanted, Diagnostics& diagnostics,
                                          const Cancellation& cancellation) {
  TORCHUP_TRY_ASSIGN(PythonLayout python, lay_out(spec));
  TORCHUP_TRY_ASSIGN(const std::vector<OpenTree> trees, open_trees(wanted));
  TORCHUP_TRY_ASSIGN(Blueprint blueprint, draw_blueprint(wanted, trees, python));
  TORCHUP_TRY(check_space(lock.folder(), cost_of(blueprint, trees, device_of(lock.folder()), spec.link_mode)));
  TORCHUP_TRY(cancellation.check());

  TORCHUP_TRY_ASSIGN(const Folder folder, Folder::open(lock.root(), ErrorKind::install));
  TORCHUP_TRY(prepare(folder));
  TORCHUP_TRY_ASSIGN(Folder generations, Folder::open(lock.root() / k_generations_folder, ErrorKind::install));
  const unsigned number = next_number(generations.path());
  TORCHUP_TRY(generations.make_folder(std::to_string(number)));
  StagedGeneration staged(generation_at(lock.root(), number, python), python, std::make_unique<Folder>(std::move(generations)));

  TORCHUP_TRY_ASSIGN(const Folder generation, Folder::open(staged.m_generation.root, ErrorKind::install));
  for (const std::string& name : blueprint.folders) TORCHUP_TRY(generation.make_folder(name));
  TORCHUP_TRY(write_environment_files(generation, lock.root(), python, prompt_for(lock.root(), spec.prompt)));
  if (!spec.lock.empty()) TORCHUP_TRY(generation.write_file(k_generation_lock_file, spec.lock));
  // The disk writes the first copies while the last are made: the sync before the flip then has little left to wait for.
  WriteBack write_back([&] { return generation.sync_file_system(); }, k_copying_pause);
  TORCHUP_TRY_ASSIGN(staged.m_totals, place_files(generation, trees, blueprint.files, spec.link_mode, diagnostics, cancellation));
  TORCHUP_TRY(write_back.end());
  const std::uint64_t device = device_of(lock.folder());
  staged.m_totals.placed.from_another_disk =
      std::ranges::any_of(trees, [&](const OpenTree& tree) { return tree.device() != device; }) && staged.m_totals.placed.linked == 0;
  staged.m_generation.packages = std::move(blueprint.packages);
  return staged;
}

StagedGeneration::~StagedGeneration() {
  // What cannot be removed now is not whole, and the next `open_environment` clears it away.
  if (m_generations) static_cast<void>(remove_generation(*m_generations, m_generation.number));
}

Status discard_generation(StagedGeneration staged) {
  const std::unique_ptr<Folder> generations = std::move(staged.m_generations);
  return remove_generation(*generations, staged.m_generation.number);
}

}  // namespace torchup
