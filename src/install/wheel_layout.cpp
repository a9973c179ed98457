#include "src/install/wheel_layout.hpp"

#include "torchup/system/hash.hpp"

#include "src/install/entry_points.hpp"
#include "src/install/libtorch_layout.hpp"
#include "src/install/record_rows.hpp"
#include "src/install/script_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string_view>

namespace torchup {
namespace {

constexpr std::uint64_t k_script_limit = 16ULL << 20;
constexpr std::string_view k_installer = "torchup\n";

Error refused(std::string why) { return {ErrorKind::integrity, std::move(why), {}, {}}; }

/// No empty part, `.` or `..`, no NUL: it stays below the folder it is joined to.
bool stays_below(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

Result<std::string> find_dist_info(const ArtifactManifest& manifest) {
  std::set<std::string_view> found;
  for (const TreeFile& file : manifest.files) {
    const std::string_view top = std::string_view(file.path).substr(0, file.path.find('/'));
    if (top.ends_with(".dist-info") && top.size() < file.path.size()) found.insert(top);
  }
  if (found.size() == 1) return std::string(*found.begin());
  return failure(refused(fmt::format("it has {} dist-info folders, expected one", found.size())));
}

/// Where the file of a `.data` folder goes: "scripts/x" is "bin/x".
Result<std::string> scheme_path(std::string_view rest, const ArtifactManifest& manifest, const PythonLayout& python) {
  const std::size_t slash = rest.find('/');
  const std::string_view scheme = rest.substr(0, slash);
  const std::string path(slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1));
  if (scheme == "purelib" || scheme == "platlib") return python.site_packages + "/" + path;
  if (scheme == "headers") return python.headers + "/" + manifest.name.text() + "/" + path;
  if (scheme == "data") return path.starts_with("lib64/") ? "lib" + path.substr(5) : path;
  if (scheme != "scripts") return failure(refused(fmt::format("`{}` is no scheme of a wheel's data folder", scheme)));
  if (path.find('/') != std::string::npos) return failure(refused(fmt::format("script `{}` lies in a folder of its own", path)));
  return "bin/" + path;
}

/// Files of a dist-info folder that the installer alone writes; a wheel's own have no say.
bool is_installers(std::string_view name) {
  return name == "RECORD" || name == "INSTALLER" || name == "REQUESTED" || name == "direct_url.json";
}

Result<Placement> place(const TreeFile& file, std::string path, bool script, const OpenTree& tree) {
  Placement placement{std::move(path), &file, {}, file.executable || script};
  if (!script) return placement;
  TORCHUP_TRY_ASSIGN(const std::string head, tree.read(file, 16));
  if (!wants_interpreter(head)) return placement;
  if (file.size > k_script_limit) return failure(refused(fmt::format("script `{}` has {} bytes", file.path, file.size)));
  TORCHUP_TRY_ASSIGN(const std::string text, tree.read(file, k_script_limit));
  placement.source = nullptr;
  placement.content = with_script_start(text);
  return placement;
}

Status add_entry_points(WheelLayout& layout, const ArtifactManifest& manifest, const OpenTree& tree) {
  const std::string path = layout.dist_info + "/entry_points.txt";
  const auto file = std::find_if(manifest.files.begin(), manifest.files.end(), [&](const TreeFile& one) { return one.path == path; });
  if (file == manifest.files.end()) return {};
  if (file->size > k_script_limit) return failure(refused(fmt::format("`{}` has {} bytes", path, file->size)));
  TORCHUP_TRY_ASSIGN(const std::string text, tree.read(*file, k_script_limit));
  TORCHUP_TRY_ASSIGN(const std::vector<EntryPoint> entries, parse_entry_points(text));
  for (const EntryPoint& entry : entries) layout.files.push_back({"bin/" + entry.name, nullptr, entry_point_script(entry), true});
  return {};
}

Result<WheelLayout> lay_out(const ArtifactManifest& manifest, const OpenTree& tree, const PythonLayout& python, Requested requested) {
  WheelLayout layout;
  TORCHUP_TRY_ASSIGN(layout.dist_info, find_dist_info(manifest));
  const std::string data = layout.dist_info.substr(0, layout.dist_info.size() - std::string_view(".dist-info").size()) + ".data/";
  for (const TreeFile& file : manifest.files) {
    if (!stays_below(file.path)) return failure(refused(fmt::format("`{}` is no path inside a wheel", file.path)));
    const std::string_view path = file.path;
    if (path.starts_with(layout.dist_info + "/") && is_installers(path.substr(layout.dist_info.size() + 1))) continue;
    std::string target = python.site_packages + "/" + file.path;
    bool script = false;
    if (path.starts_with(data)) {
      TORCHUP_TRY_ASSIGN(target, scheme_path(path.substr(data.size()), manifest, python));
      script = path.substr(data.size()).starts_with("scripts/");
    }
    if (!stays_below(target)) return failure(refused(fmt::format("`{}` has no place in an environment", file.path)));
    TORCHUP_TRY_ASSIGN(Placement placement, place(file, std::move(target), script, tree));
    layout.files.push_back(std::move(placement));
  }
  TORCHUP_TRY(add_entry_points(layout, manifest, tree));
  const std::string dist_info = python.site_packages + "/" + layout.dist_info;
  layout.files.push_back({dist_info + "/INSTALLER", nullptr, std::string(k_installer)});
  if (requested == Requested::yes) layout.files.push_back({dist_info + "/REQUESTED"});
  std::sort(layout.files.begin(), layout.files.end(), [](const Placement& a, const Placement& b) { return a.path < b.path; });
  const auto twice =
      std::adjacent_find(layout.files.begin(), layout.files.end(), [](const auto& a, const auto& b) { return a.path == b.path; });
  if (twice != layout.files.end()) return failure(refused(fmt::format("it has two files for `{}`", twice->path)));
  return layout;
}

}  // namespace

Result<WheelLayout> lay_out_wheel(const ArtifactManifest& manifest, const OpenTree& tree, const PythonLayout& python, Requested requested) {
  const bool is_native = python.kind == EnvironmentKind::libtorch;
  return with_context(is_native ? lay_out_native(manifest, tree, python) : lay_out(manifest, tree, python, requested),
                      fmt::format("while laying out `{}`", manifest.wheel));
}

std::string record_of(const WheelLayout& layout, const PythonLayout& python) {
  std::vector<RecordRow> rows;
  rows.reserve(layout.files.size() + 1);
  for (const Placement& file : layout.files) {
    const std::string path = record_path(file.path, python.site_packages);
    if (file.source) {
      rows.push_back({path, file.source->sha256, file.source->size});
    } else {
      rows.push_back({path, sha256(std::as_bytes(std::span(file.content))), file.content.size()});
    }
  }
  rows.push_back({layout.dist_info + "/RECORD", std::nullopt});
  return write_record(std::move(rows));
}

}  // namespace torchup
