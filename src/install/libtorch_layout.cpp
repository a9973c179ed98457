#include "src/install/libtorch_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace torchup {
namespace {

constexpr std::string_view k_archive_root = "libtorch/";
constexpr std::string_view k_version_module = "torch/version.py";
constexpr std::uint64_t k_most_version_bytes = 64 << 10;

Error refused(std::string why) { return {ErrorKind::integrity, std::move(why), {}, {}}; }

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }  // all of it where there is no '/'

bool is_shared_object(std::string_view name) { return name.ends_with(".so") || name.find(".so.") != std::string_view::npos; }

/// torch's own folders that a build in C++ reads. Of its libraries one is Python's: it asks for symbols that only an interpreter has.
bool is_native_part_of_torch(std::string_view rest) {
  constexpr std::array<std::string_view, 4> k_folders = {"lib/", "include/", "share/", "bin/"};
  if (last_part(rest).starts_with("libtorch_python.")) return false;
  return std::ranges::any_of(k_folders, [&](std::string_view folder) { return rest.starts_with(folder); });
}

/// Whether a folder of that name stands in the path, above the file.
bool lies_in(std::string_view path, std::string_view folder) { return path.find(fmt::format("/{}/", folder)) != std::string_view::npos; }

/// "value" of the line `name = 'value'`; empty where there is none.
std::string assigned_text(std::string_view module, std::string_view name) {
  const std::string start = fmt::format("\n{} = '", name);
  const std::size_t at = module.find(start);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = module.substr(at + start.size());
  return std::string(rest.substr(0, std::min(rest.find_first_of("'\n"), rest.size())));
}

/// What published archives have at their top.
Status add_build_files(WheelLayout& layout, const ArtifactManifest& manifest, const OpenTree& tree) {
  const auto module = std::ranges::find(manifest.files, k_version_module, &TreeFile::path);
  if (module == manifest.files.end()) return {};
  if (module->size > k_most_version_bytes) return failure(refused(fmt::format("`{}` has {} bytes", module->path, module->size)));
  TORCHUP_TRY_ASSIGN(const std::string read, tree.read(*module, k_most_version_bytes));
  const std::string text = "\n" + read;
  layout.files.push_back({"build-version", nullptr, assigned_text(text, "__version__") + "\n"});
  layout.files.push_back({"build-hash", nullptr, assigned_text(text, "git_version") + "\n"});
  return {};
}

/// The folder of a wheel's metadata: "torch-2.15.0.dist-info". An archive has none, and gets one for its RECORD.
Result<std::string> metadata_folder(const ArtifactManifest& manifest) {
  if (is_native_archive(manifest.wheel)) return fmt::format("{}-{}.dist-info", manifest.name.text(), manifest.version.text());
  for (const TreeFile& file : manifest.files) {
    const std::string_view top = std::string_view(file.path).substr(0, file.path.find('/'));
    if (top.ends_with(".dist-info") && top.size() < file.path.size()) return std::string(top);
  }
  return failure(refused("it has no dist-info folder"));
}

/// The installer's own files of a dist-info folder; a wheel's have no say.
bool is_installers(std::string_view name) {
  return name == "RECORD" || name == "INSTALLER" || name == "REQUESTED" || name == "direct_url.json";
}

bool stays_below(std::string_view path) {
  if (path.empty() || path.starts_with('/') || path.ends_with('/') || path.find('\0') != std::string_view::npos) return false;
  const std::string padded = fmt::format("/{}/", path);
  return padded.find("/../") == std::string::npos && padded.find("/./") == std::string::npos && padded.find("//") == std::string::npos;
}

Result<std::optional<std::string>> place_of(const ArtifactManifest& manifest, const TreeFile& file, const WheelLayout& layout,
                                            const PythonLayout& python) {
  const std::string_view path = file.path;
  if (is_native_archive(manifest.wheel)) {
    if (!path.starts_with(k_archive_root)) return failure(refused(fmt::format("`{}` lies outside of `libtorch`", path)));
    return std::string(path.substr(k_archive_root.size()));
  }
  if (!path.starts_with(layout.dist_info + "/")) return native_place(path);
  if (is_installers(path.substr(layout.dist_info.size() + 1))) return std::nullopt;
  return fmt::format("{}/{}", python.site_packages, path);
}

}  // namespace

std::optional<std::string> native_place(std::string_view path) {
  constexpr std::string_view torch = "torch/", data = ".data/data/";
  if (path.starts_with(torch)) {
    const std::string_view rest = path.substr(torch.size());
    return is_native_part_of_torch(rest) ? std::optional(std::string(rest)) : std::nullopt;
  }
  const std::string_view name = last_part(path);
  if (!is_shared_object(name)) return std::nullopt;
  const bool is_data = path.find(data) != std::string_view::npos && lies_in(path, "lib");
  const bool is_library = lies_in(path, "lib") || path.substr(0, path.find('/')).ends_with(".libs");
  return is_data || is_library ? std::optional(fmt::format("lib/{}", name)) : std::nullopt;
}

Result<WheelLayout> lay_out_native(const ArtifactManifest& manifest, const OpenTree& tree, const PythonLayout& python) {
  WheelLayout layout;
  TORCHUP_TRY_ASSIGN(layout.dist_info, metadata_folder(manifest));
  for (const TreeFile& file : manifest.files) {
    if (!stays_below(file.path)) return failure(refused(fmt::format("`{}` is no path inside an archive", file.path)));
    TORCHUP_TRY_ASSIGN(std::optional<std::string> place, place_of(manifest, file, layout, python));
    if (!place) continue;
    if (!stays_below(*place)) return failure(refused(fmt::format("`{}` has no place in a LibTorch folder", file.path)));
    layout.files.push_back({*std::move(place), &file, {}, file.executable});
  }
  if (!is_native_archive(manifest.wheel)) TORCHUP_TRY(add_build_files(layout, manifest, tree));
  layout.files.push_back({fmt::format("{}/{}/INSTALLER", python.site_packages, layout.dist_info), nullptr, "torchup\n"});
  std::ranges::sort(layout.files, {}, &Placement::path);
  const auto twice = std::ranges::adjacent_find(layout.files, {}, &Placement::path);
  if (twice != layout.files.end()) return failure(refused(fmt::format("it has two files for `{}`", twice->path)));
  return layout;
}

}  // namespace torchup
