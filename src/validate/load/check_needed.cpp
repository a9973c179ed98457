#include "src/validate/load/check_needed.hpp"

#include "torchup/kernels/run_kernel.hpp"

#include "src/elf/elf_file.hpp"
#include "src/validate/counted.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string_view>
#include <system_error>

namespace torchup {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_libraries = 4000;
constexpr std::size_t k_most_named = 20;

bool names_shared_object(const fs::path& path) {
  const std::string name = path.filename().string();
  return path.extension() == ".so" || name.find(".so.") != std::string::npos;
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

  void start_at(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      if (names_shared_object(entry->path()) && entry->is_regular_file(error)) visit_later(entry->path());
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

  const std::set<std::string>& faults() const { return m_faults; }
  const std::set<std::string>& driver_libraries() const { return m_driver_libraries; }
  std::size_t visited() const { return m_seen.size(); }

 private:
  void visit_later(const fs::path& path) {
    if (m_seen.size() < k_most_libraries && m_seen.insert(path).second) m_waiting.push_back(path);
  }

  std::string shown(const fs::path& path) const {
    const fs::path relative = path.lexically_relative(m_site_packages);
    return relative.empty() || *relative.begin() == ".." ? path.string() : relative.generic_string();
  }

  bool lies_inside(const fs::path& path) const { return shown(path) != path.string(); }

  std::string foreign_library(const fs::path& path, const std::string& name, const fs::path& library) const {
    return fmt::format("`{}` needs `{}` of an NVIDIA wheel, and would get the host's `{}`", shown(path), name, library.string());
  }

  void visit(const fs::path& path) {
    const auto object = read_elf_file(path);
    if (!object) {
      m_faults.insert(object.error().message);
      return;
    }
    if (object->machine != own_elf_machine()) {
      m_faults.insert(
          fmt::format("`{}` is for {}, this is {}", shown(path), elf_machine_name(object->machine), elf_machine_name(own_elf_machine())));
      return;
    }
    std::map<std::string, fs::path> found;
    for (const std::string& name : object->needed) {
      if (const auto library = m_search.find(*object, path.parent_path(), name)) {
        found.emplace(name, *library);
        if (lies_inside(*library))
          visit_later(*library);
        else if (comes_with_cuda(name) && expects_nvidia_wheels(*object))
          m_faults.insert(foreign_library(path, name, *library));
      } else if (comes_with_a_driver(name)) {
        m_driver_libraries.insert(name);
      } else {
        m_faults.insert(fmt::format("`{}` needs `{}`, which is nowhere that the loader looks", shown(path), name));
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
      m_faults.insert(fmt::format("`{}` needs version `{}` of `{}`, which `{}` does not have", shown(path), need.version, need.library,
                                  shown(library->second)));
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
  std::set<std::string> m_faults, m_driver_libraries;
};

std::string describe_faults(const std::set<std::string>& faults) {
  const std::vector<std::string> first(faults.begin(),
                                       std::next(faults.begin(), static_cast<std::ptrdiff_t>(std::min(faults.size(), k_most_named))));
  return fmt::format("{}{}", fmt::join(first, "; "),
                     faults.size() > first.size() ? fmt::format("; and {} more", faults.size() - first.size()) : "");
}

std::string describe_health(const NeededWalk& walk) {
  std::string detail = counted(walk.visited(), "library finds all that it needs", "libraries find all that they need");
  if (!walk.driver_libraries().empty()) {
    detail += fmt::format(", but for the driver's {}, which this host does not have", fmt::join(walk.driver_libraries(), ", "));
  }
  return detail;
}

}  // namespace

Status check_needed(const fs::path& site_packages, const LibrarySearch& search, const Cancellation& cancellation,
                    ValidationReport& report) {
  const double start = steady_seconds();
  NeededWalk walk(site_packages, search);
  walk.start_at(site_packages / "torch" / "lib");
  TORCHUP_TRY(walk.run(cancellation));

  Check check;
  check.id = "needed";
  check.level = "load";
  check.engine = "static";
  check.seconds = steady_seconds() - start;
  if (walk.visited() == 0) {
    check.outcome = CheckOutcome::fail;
    check.detail = "`torch/lib` holds no library";
  } else {
    check.outcome = walk.faults().empty() ? CheckOutcome::pass : CheckOutcome::fail;
    check.detail = walk.faults().empty() ? describe_health(walk) : describe_faults(walk.faults());
  }
  report.checks.push_back(std::move(check));
  return {};
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
