#include "src/validate/python/script_folder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

namespace torchup {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_features = "torchup_checks/features/";

Status cannot_write(const fs::path& path, const std::string& why) {
  return failure({ErrorKind::host,
                  fmt::format("cannot write `{}`: {}", path.string(), why),
                  {},
                  {"set TMPDIR to a folder that can be written and has some space"}});
}

Status write_file(const fs::path& path, std::string_view text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return cannot_write(path.parent_path(), error.message());
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return cannot_write(path, std::strerror(errno));
  return {};
}

}  // namespace

std::vector<std::string> feature_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_python_checks()) {
    if (file.path.substr(0, k_features.size()) != k_features) continue;
    std::string name = fs::path(file.path).stem().string();
    if (name.front() != '_') names.push_back(std::move(name));  // what begins with one is not a feature by itself
  }
  return names;
}

Result<ScriptFolder> ScriptFolder::make() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) {
    TORCHUP_TRY(cannot_write("TMPDIR", error.message()));
  }
  std::string pattern = (parent / "torchup-checks-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    TORCHUP_TRY(cannot_write(parent, std::strerror(errno)));
  }
  ScriptFolder folder{OwnedFolder(pattern)};
  for (const EmbeddedFile& file : embedded_python_checks()) {
    TORCHUP_TRY(write_file(folder.m_root.path() / file.path, file.text));
  }
  fs::create_directory(folder.scratch(), error);
  if (error) {
    TORCHUP_TRY(cannot_write(folder.scratch(), error.message()));
  }
  return folder;
}

}  // namespace torchup
