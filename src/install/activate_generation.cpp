#include "src/install/environment_form.hpp"
#include "src/install/generation_manifest.hpp"
#include "src/install/install.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

/// "2026-11-22T18:00:00Z"
std::string now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

/// The fixed links in DIR through `current`, one for each entry of the generation. They must be there before the flip, so
/// that it shows all at once; those made here are taken away again unless `keep` is called.
class FixedLinks {
 public:
  explicit FixedLinks(const Folder& folder) : m_folder(folder) {}
  ~FixedLinks() {
    for (const std::string& name : m_made) static_cast<void>(m_folder.remove(name));
  }
  FixedLinks(const FixedLinks&) = delete;
  FixedLinks& operator=(const FixedLinks&) = delete;

  Status make_for(const fs::path& generation) {
    std::error_code code;
    fs::directory_iterator entry(generation, code);
    for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
      const std::string name = entry->path().filename().string();
      if (name == k_manifest_file || name == k_generation_lock_file || m_folder.link_target(name) == through_current(name)) continue;
      TORCHUP_TRY(m_folder.make_link(name, through_current(name)));
      m_made.push_back(name);
    }
    if (code) return failure(system_error(ErrorKind::install, "read", generation, code.value()));
    return {};
  }

  void keep() { m_made.clear(); }

 private:
  const Folder& m_folder;
  std::vector<std::string> m_made;
};

/// The commit point is the rename inside `replace_link`.
Status flip(const Folder& folder, unsigned number) {
  FixedLinks links(folder);
  TORCHUP_TRY(links.make_for(folder.path() / generation_path(number)));
  TORCHUP_TRY(folder.sync());  // the links, before what needs them
  TORCHUP_TRY(folder.replace_link(k_current_link, generation_path(number)));
  links.keep();
  return {};
}

/// Once it is flipped there is no way back: a failure to make it durable is told as what it is.
Status make_durable(const Folder& folder, unsigned number) {
  Status synced = folder.sync();
  if (!synced) {
    synced.error().context.push_back(fmt::format("after switching to generation {}, which a power cut could now undo", number));
  }
  return synced;
}

}  // namespace

Result<Environment> activate_generation(const EnvironmentLock& lock, StagedGeneration staged) {
  TORCHUP_TRY_ASSIGN(const Folder folder, Folder::open(lock.root(), ErrorKind::install));
  TORCHUP_TRY_ASSIGN(const Folder generation, Folder::open(staged.m_generation.root, ErrorKind::install));
  staged.m_generation.created = now();
  // The manifest says that all the rest is there: it gets its name once that is true on the disk as well.
  const std::string unnamed = std::string(k_manifest_file) + ".new";
  TORCHUP_TRY(generation.write_file(unnamed, write_generation_manifest(staged.m_generation, staged.m_python)));
  TORCHUP_TRY(folder.sync_file_system());  // everything that was staged, in one call
  TORCHUP_TRY(generation.rename(unnamed, k_manifest_file));
  TORCHUP_TRY(generation.sync());
  TORCHUP_TRY(staged.m_generations->sync());
  TORCHUP_TRY_ASSIGN(std::vector<unsigned> generations, whole_generations(lock.root()));
  TORCHUP_TRY(flip(folder, staged.m_generation.number));
  staged.m_generations.reset();  // in use now: nobody takes it away
  TORCHUP_TRY(make_durable(folder, staged.m_generation.number));
  return Environment{lock.root(), std::move(staged.m_generation), std::move(generations)};  // known, and not read: that could fail
}

Result<Environment> switch_generation(const EnvironmentLock& lock, unsigned number) {
  TORCHUP_TRY_ASSIGN(Generation generation, read_generation(lock.root(), number));
  TORCHUP_TRY_ASSIGN(std::vector<unsigned> generations, whole_generations(lock.root()));
  TORCHUP_TRY_ASSIGN(const Folder folder, Folder::open(lock.root(), ErrorKind::install));
  TORCHUP_TRY(flip(folder, generation.number));
  TORCHUP_TRY(make_durable(folder, number));
  return Environment{lock.root(), std::move(generation), std::move(generations)};
}

}  // namespace torchup
