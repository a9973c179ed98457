#include "src/elf/simulate_load.hpp"

#include <map>
#include <utility>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_libraries = 4000;

class Process {
 public:
  explicit Process(const LibrarySearch& search) : m_search(search) {}

  void load(const fs::path& path) {
    const std::size_t first = m_objects.size();
    add(path, path.string(), std::nullopt);
    for (std::size_t place = first; place < m_objects.size(); ++place) load_needs(place);
  }

  std::vector<SimulatedLibrary> libraries() && {
    std::vector<SimulatedLibrary> libraries;
    for (Object& object : m_objects) libraries.push_back(std::move(object.library));
    return libraries;
  }

 private:
  struct Object {
    SimulatedLibrary library;
    ElfFile file;
    fs::path folder;
  };

  void add(const fs::path& path, const std::string& name, std::optional<std::size_t> asked_by) {
    if (m_objects.size() >= k_most_libraries || !m_paths.emplace(path, m_objects.size()).second) return;
    auto file = read_elf_file(path);
    if (!file) return;
    m_names.emplace(name, m_objects.size());
    if (!file->soname.empty()) m_names.emplace(file->soname, m_objects.size());
    m_objects.push_back({{path, name, asked_by}, *std::move(file), path.parent_path()});
  }

  void load_needs(std::size_t place) {
    const std::vector<std::string> needed = m_objects[place].file.needed;  // the vector that it stands in grows
    for (const std::string& name : needed) {
      if (m_names.contains(name)) continue;
      if (const auto found = find(place, name)) add(*found, name, place);
    }
  }

  std::optional<fs::path> find(std::size_t place, const std::string& name) const {
    std::vector<LoadingObject> chain;
    for (std::optional<std::size_t> at = place; at; at = m_objects[*at].library.asked_by) {
      chain.push_back({m_objects[*at].file, m_objects[*at].folder});
    }
    return m_search.find(chain, name);
  }

  const LibrarySearch& m_search;
  std::vector<Object> m_objects;
  std::map<std::string, std::size_t, std::less<>> m_names;
  std::map<fs::path, std::size_t> m_paths;
};

}  // namespace

std::vector<SimulatedLibrary> simulate_load(const std::vector<fs::path>& in_order, const LibrarySearch& search) {
  Process process(search);
  for (const fs::path& path : in_order) process.load(path);
  return std::move(process).libraries();
}

}  // namespace torchup
