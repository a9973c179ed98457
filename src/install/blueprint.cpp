#include "src/install/blueprint.hpp"

#include "torchup/system/hash.hpp"

#include "src/install/bytecode.hpp"
#include "src/install/environment_files.hpp"
#include "src/install/environment_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace torchup {
namespace {

struct Owner {
  std::size_t wheel;
  std::size_t file;  ///< Its place in Blueprint::files.
};

Sha256 content_hash(const Placement& placement) {
  return placement.source ? placement.source->sha256 : sha256(std::as_bytes(std::span(placement.content)));
}

class Drawing {
 public:
  Drawing(const std::vector<WantedPackage>& wanted, const PythonLayout& python) : m_wanted(wanted) {
    for (const std::string& folder : environment_folders(python)) add_folder(folder);
    for (const std::string& file : environment_paths(python)) m_reserved.insert(file);
  }

  Status add(std::size_t wheel, WheelLayout layout, const PythonLayout& python) {
    layout.files.push_back({python.site_packages + "/" + layout.dist_info + "/RECORD", nullptr, record_of(layout, python)});
    const ArtifactManifest& manifest = m_wanted[wheel].artifact.manifest();
    InstalledPackage package{manifest.name,       manifest.version,      m_wanted[wheel].artifact.sha256(), manifest.wheel,
                             m_wanted[wheel].url, m_wanted[wheel].index, m_wanted[wheel].requested};
    for (Placement& placement : layout.files) {
      ++package.files;
      package.bytes += placement.source ? placement.source->size : placement.content.size();
      TORCHUP_TRY(add_file(wheel, std::move(placement)));
    }
    m_blueprint.packages.push_back(std::move(package));
    return {};
  }

  /// Each file of a tree of bytecode, beside its source; none without one.
  void add_bytecode(std::size_t tree, const ArtifactManifest& manifest, const PythonLayout& python) {
    const std::string tag = cache_tag(python);
    for (const TreeFile& file : manifest.files) {
      const auto owner = m_owners.find(fmt::format("{}/{}", python.site_packages, source_path(file.path, tag)));
      const std::string path = fmt::format("{}/{}", python.site_packages, file.path);
      if (owner == m_owners.end() || m_owners.contains(path)) continue;
      Placement& source = m_blueprint.files[owner->second.file].placement;
      if (source.source == nullptr) continue;
      source.modified = bytecode_time(source.source->sha256);
      add_folder(path.substr(0, path.rfind('/')));
      m_blueprint.files.push_back({tree, {.path = path, .source = &file}});
    }
  }

  Result<Blueprint> finish() {
    for (const PlannedFile& file : m_blueprint.files) {
      if (m_folders.contains(file.placement.path)) return failure(file_and_folder(file));
    }
    for (const std::string& path : m_reserved) {
      if (m_folders.contains(path)) return failure(reserved_folder(path));
    }
    m_blueprint.folders.assign(m_folders.begin(), m_folders.end());
    std::sort(m_blueprint.folders.begin(), m_blueprint.folders.end());  // a parent sorts before what is in it
    std::sort(m_blueprint.packages.begin(), m_blueprint.packages.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return std::move(m_blueprint);
  }

 private:
  const std::string& name(std::size_t wheel) const { return m_wanted[wheel].artifact.manifest().wheel; }

  Status add_file(std::size_t wheel, Placement placement) {
    const std::string top = placement.path.substr(0, placement.path.find('/'));
    if (m_reserved.contains(placement.path) || is_environment_name(top)) {
      return failure(belongs_to_environment(wheel, placement.path));
    }
    const auto [owner, first] = m_owners.try_emplace(placement.path, Owner{wheel, m_blueprint.files.size()});
    if (!first) return share(owner->second, wheel, placement);
    if (const std::size_t slash = placement.path.rfind('/'); slash != std::string::npos) add_folder(placement.path.substr(0, slash));
    m_blueprint.files.push_back({wheel, std::move(placement)});
    return {};
  }

  /// Packages may have the same empty `__init__.py` of a shared folder; other content would be lost to one of them.
  Status share(const Owner& owner, std::size_t wheel, const Placement& placement) {
    Placement& first = m_blueprint.files[owner.file].placement;
    if (content_hash(first) != content_hash(placement)) {
      return failure({ErrorKind::install,
                      fmt::format("`{}` and `{}` both bring `{}`, with different content", name(owner.wheel), name(wheel), placement.path),
                      {},
                      {"only one of the two can be in an environment"}});
    }
    first.executable = first.executable || placement.executable;
    return {};
  }

  void add_folder(std::string path) {
    while (m_folders.insert(path).second) {
      const std::size_t slash = path.rfind('/');
      if (slash == std::string::npos) return;
      path.resize(slash);
    }
  }

  Error file_and_folder(const PlannedFile& file) const {
    const PlannedFile* other = first_below(file.placement.path);
    if (!other) return belongs_to_environment(file.wheel, file.placement.path);
    return {ErrorKind::install,
            fmt::format("`{}` brings the file `{}`, which is a folder in `{}`", name(file.wheel), file.placement.path, name(other->wheel)),
            {},
            {"only one of the two can be in an environment"}};
  }

  Error reserved_folder(const std::string& path) const {
    const PlannedFile* file = first_below(path);
    return belongs_to_environment(file ? file->wheel : 0, file ? file->placement.path : path);
  }

  Error belongs_to_environment(std::size_t wheel, const std::string& path) const {
    return {ErrorKind::install, fmt::format("`{}` brings `{}`, which belongs to the environment itself", name(wheel), path), {}, {}};
  }

  const PlannedFile* first_below(const std::string& folder) const {
    const auto found = std::find_if(m_blueprint.files.begin(), m_blueprint.files.end(),
                                    [inside = folder + "/"](const PlannedFile& file) { return file.placement.path.starts_with(inside); });
    return found == m_blueprint.files.end() ? nullptr : &*found;
  }

  const std::vector<WantedPackage>& m_wanted;
  Blueprint m_blueprint;
  std::unordered_map<std::string, Owner> m_owners;
  std::unordered_set<std::string> m_folders, m_reserved;
};

}  // namespace

Result<std::vector<OpenTree>> open_trees(const std::vector<WantedPackage>& wanted) {
  std::vector<OpenTree> trees;
  trees.reserve(wanted.size());
  for (const WantedPackage& package : wanted) {
    TORCHUP_TRY_ASSIGN(OpenTree tree, OpenTree::open(package.artifact));
    trees.push_back(std::move(tree));
  }
  for (const WantedPackage& package : wanted) {
    if (!package.bytecode) continue;
    TORCHUP_TRY_ASSIGN(OpenTree tree, OpenTree::open(*package.bytecode));
    trees.push_back(std::move(tree));
  }
  return trees;
}

Result<Blueprint> draw_blueprint(const std::vector<WantedPackage>& wanted, const std::vector<OpenTree>& trees, const PythonLayout& python) {
  Drawing drawing(wanted, python);
  std::set<PackageName> names;
  for (std::size_t wheel = 0; wheel < wanted.size(); ++wheel) {
    const ArtifactManifest& manifest = wanted[wheel].artifact.manifest();
    if (!names.insert(manifest.name).second) {
      return failure({ErrorKind::install, fmt::format("package `{}` is to be installed twice", manifest.name.text()), {}, {}});
    }
    TORCHUP_TRY_ASSIGN(WheelLayout layout,
                       lay_out_wheel(manifest, trees[wheel], python, wanted[wheel].requested ? Requested::yes : Requested::no));
    TORCHUP_TRY(drawing.add(wheel, std::move(layout), python));
  }
  std::size_t tree = wanted.size();
  for (const WantedPackage& package : wanted) {
    if (package.bytecode) drawing.add_bytecode(tree++, package.bytecode->manifest(), python);
  }
  return drawing.finish();
}

}  // namespace torchup
