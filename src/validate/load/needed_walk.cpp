#include "src/validate/load/needed_walk.hpp"

#include "src/elf/elf_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>
#include <system_error>

namespace torchup {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_libraries = 4000;

bool names_shared_object(const fs::path& path) {
  const std::string name = path.filename().string();
  return path.extension() == ".so" || name.find(".so.") != std::string::npos;
}

bool is_torchs_own(const std::string& name) {
  constexpr std::string_view beginnings[] = {"libtorch", "libc10", "libcaffe2", "libshm"};
  return std::any_of(std::begin(beginnings), std::end(beginnings), [&](std::string_view beginning) { return name.starts_with(beginning); });
}

/// These come with a driver: their absence says that the host has none, not that the environment is broken.
bool comes_with_a_driver(const std::string& name) {
  constexpr std::string_view drivers[] = {"libcuda.so.1", "libnvidia-ml.so.1", "libze_loader.so.1"};
  return std::find(std::begin(drivers), std::end(drivers), name) != std::end(drivers);
}

bool comes_with_cuda(const std::string& name) {
  constexpr std::string_view beginnings[] = {"libcu", "libnccl.", "libnvrtc", "libnvJitLink.", "libnvshmem"};
  return !comes_with_a_driver(name) && std::any_of(std::begin(beginnings), std::end(beginnings), [&](std::string_view beginning) {
    return name.compare(0, beginning.size(), beginning) == 0;
  });
}

/// Built to find CUDA in the NVIDIA wheels beside it: another CUDA of the host would be of another version, which shows late
/// and as an undefined symbol.
bool expects_nvidia_wheels(const ElfFile& object) {
  const auto leads_there = [](const std::string& directory) { return directory.find("/nvidia/") != std::string::npos; };
  return std::any_of(object.rpath.begin(), object.rpath.end(), leads_there) ||
         std::any_of(object.runpath.begin(), object.runpath.end(), leads_there);
}

class NeededWalk {
 public:
  NeededWalk(const fs::path& site_packages, const LibrarySearch& search) : m_site_packages(site_packages), m_search(search) {}

  template <class Wanted>
  void start_at(const fs::path& folder, Wanted is_wanted) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      if (names_shared_object(entry->path()) && is_wanted(entry->path().filename().string()) && entry->is_regular_file(error))
        visit_later(entry->path());
    }
  }

  Status run(const Cancellation& cancellation) {
    while (!m_waiting.empty()) {
      TORCHUP_TRY(cancellation.check());
      const fs::path path = std::move(m_waiting.front());
      m_waiting.pop_front();
      visit(path);
    }
    return {};
  }

  NeededLibraries found() && {
    m_found.visited = m_seen.size();
    return std::move(m_found);
  }

 private:
  void visit_later(const fs::path& path) {
    if (m_seen.size() < k_most_libraries && m_seen.insert(path).second) m_waiting.push_back(path);
  }

  std::string shown(const fs::path& path) const {
    const fs::path relative = path.lexically_relative(m_site_packages);
    return relative.empty() || *relative.begin() == ".." ? path.string() : relative.generic_string();
  }

  bool lies_inside(const fs::path& path) const { return shown(path) != path.string(); }

  void add(NeededFault::Kind kind, const fs::path& object, std::string library, std::string version, std::string found) {
    m_found.faults.insert({kind, shown(object), std::move(library), std::move(version), std::move(found)});
  }

  void visit(const fs::path& path) {
    const auto object = read_elf_file(path);
    if (!object) {
      add(NeededFault::Kind::unreadable, path, {}, {}, object.error().message);
      return;
    }
    if (object->machine != own_elf_machine()) {
      add(NeededFault::Kind::other_machine, path, {}, {}, elf_machine_name(object->machine));
      return;
    }
    std::map<std::string, fs::path> found;
    for (const std::string& name : object->needed) {
      if (const auto library = m_search.find(*object, path.parent_path(), name)) {
        found.emplace(name, *library);
        if (lies_inside(*library))
          visit_later(*library);
        else if (comes_with_cuda(name) && expects_nvidia_wheels(*object))
          add(NeededFault::Kind::from_host, path, name, {}, library->string());
      } else if (comes_with_a_driver(name)) {
        m_found.driver_libraries.insert(name);
      } else {
        add(NeededFault::Kind::missing, path, name, {}, {});
      }
    }
    check_versions(path, *object, found);
  }

  void check_versions(const fs::path& path, const ElfFile& object, const std::map<std::string, fs::path>& found) {
    for (const ElfVersionNeed& need : object.version_needs) {
      const auto library = found.find(need.library);
      if (need.weak || library == found.end()) continue;
      const std::vector<std::string>& given = definitions_of(library->second);
      // The loader, too, is content with a library that defines no versions at all.
      if (given.empty() || std::find(given.begin(), given.end(), need.version) != given.end()) continue;
      add(NeededFault::Kind::version_missing, path, need.library, need.version, shown(library->second));
    }
  }

  const std::vector<std::string>& definitions_of(const fs::path& path) {
    const auto known = m_definitions.find(path);
    if (known != m_definitions.end()) return known->second;
    auto file = read_elf_file(path);
    return m_definitions.emplace(path, file ? std::move(file->version_definitions) : std::vector<std::string>{}).first->second;
  }

  const fs::path& m_site_packages;
  const LibrarySearch& m_search;
  std::set<fs::path> m_seen;
  std::deque<fs::path> m_waiting;
  std::map<fs::path, std::vector<std::string>> m_definitions;
  NeededLibraries m_found;
};

}  // namespace

std::string fault_text(const NeededFault& fault) {
  switch (fault.kind) {
    case NeededFault::Kind::unreadable:
      return fault.found;
    case NeededFault::Kind::other_machine:
      return fmt::format("`{}` is for {}, this is {}", fault.object, fault.found, elf_machine_name(own_elf_machine()));
    case NeededFault::Kind::missing:
      return fmt::format("`{}` needs `{}`, which is nowhere that the loader looks", fault.object, fault.library);
    case NeededFault::Kind::from_host:
      return fmt::format("`{}` needs `{}` of an NVIDIA wheel, and would get the host's `{}`", fault.object, fault.library, fault.found);
    case NeededFault::Kind::version_missing:
      break;
  }
  return fmt::format("`{}` needs version `{}` of `{}`, which `{}` does not have", fault.object, fault.version, fault.library, fault.found);
}

Result<NeededLibraries> walk_needed(const fs::path& site_packages, const LibrarySearch& search, const Cancellation& cancellation) {
  NeededWalk walk(site_packages, search);
  walk.start_at(site_packages / "torch" / "lib", [](const std::string&) { return true; });
  TORCHUP_TRY(walk.run(cancellation));
  return std::move(walk).found();
}

Result<NeededLibraries> walk_native_needed(const fs::path& root, const LibrarySearch& search, const Cancellation& cancellation) {
  NeededWalk walk(root, search);
  walk.start_at(root / "lib", is_torchs_own);
  TORCHUP_TRY(walk.run(cancellation));
  return std::move(walk).found();
}

std::vector<fs::path> preloaded_folders(const fs::path& site_packages) {
  std::vector<fs::path> folders{site_packages / "torch" / "lib"};
  std::error_code error;
  for (fs::directory_iterator entry(site_packages / "nvidia", error), end; !error && entry != end; entry.increment(error)) {
    if (entry->is_directory(error)) folders.push_back(entry->path() / "lib");
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace torchup
