#include "tests/support/small_store.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fstream>
#include <span>

namespace torchup::test {

namespace fs = std::filesystem;

SmallFiles wheel_files(const std::string& name, const std::string& version, SmallFiles files) {
  const std::string dist_info = fmt::format("{}-{}.dist-info", PackageName::parse(name).value().underscored(), version);
  files[dist_info + "/METADATA"] = {fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", name, version)};
  files[dist_info + "/WHEEL"] = {"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"};
  files[dist_info + "/RECORD"] = {"what the wheel says\n"};
  return files;
}

VerifiedArtifact SmallStore::publish(const std::string& name, const std::string& version, const SmallFiles& files) const {
  ArtifactManifest manifest{
      PackageName::parse(name).value(), Version::parse(version).value(), fmt::format("{}-{}-py3-none-any.whl", name, version), {}};
  std::string all = name + version;
  for (const auto& [path, file] : files) all += path + file.content;
  const Sha256 wheel = sha256(std::as_bytes(std::span(all)));
  const fs::path staging = m_store.stage(wheel).value();
  for (const auto& [path, file] : files) {
    const fs::path target = staging / "tree" / path;
    fs::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << file.content;
    fs::permissions(target, file.executable ? fs::perms(0555) : fs::perms(0444));
    manifest.files.push_back({path, file.content.size(), sha256(std::as_bytes(std::span(file.content))), file.executable});
  }
  return m_store.publish(wheel, staging, manifest).value();
}

WantedPackage SmallStore::wheel(const std::string& name, const std::string& version, const SmallFiles& files) const {
  return {publish(name, version, wheel_files(name, version, files)), "https://files.example/" + name + ".whl",
          "https://index.example/simple"};
}

Python small_python() {
  Python python;
  python.path = "/usr/bin/python3";
  python.executable = "/usr/bin/python3.11";
  python.version = "3.11.2";
  python.implementation = "cpython";
  return python;
}

OpenEnvironment open_now(const fs::path& root) {
  SilentDiagnostics silent;
  const Cancellation never;
  return open_environment(root, std::chrono::milliseconds(0), silent, never).value();
}

Environment install_now(const fs::path& root, const std::vector<WantedPackage>& wanted) {
  SilentDiagnostics silent;
  const Cancellation never;
  const OpenEnvironment open = open_now(root);
  StagedGeneration staged = stage_generation(open.lock, {root, small_python()}, wanted, silent, never).value();
  return activate_generation(open.lock, std::move(staged)).value();
}

Snapshot snapshot(const fs::path& folder) {
  Snapshot found;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().lexically_relative(folder).string();
    if (path == ".lock") continue;
    const fs::file_status status = entry.symlink_status();
    std::string what = fmt::format("{} {:o} ", static_cast<int>(status.type()), static_cast<unsigned>(status.permissions()));
    if (fs::is_symlink(status)) what += fs::read_symlink(entry.path()).string();
    if (fs::is_regular_file(status)) what += read_text(entry.path());
    found[path] = what;
  }
  return found;
}

std::vector<std::string> differences(const Snapshot& before, const Snapshot& after) {
  Snapshot all = before;
  all.insert(after.begin(), after.end());
  std::vector<std::string> found;
  for (const auto& [path, what] : all) {
    const auto a = before.find(path), b = after.find(path);
    if (a == before.end() || b == after.end() || a->second != b->second) found.push_back(path);
  }
  return found;
}

}  // namespace torchup::test
