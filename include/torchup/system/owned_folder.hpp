#pragma once
// A folder that ends with this value, and all that is in it. What cannot be removed stays behind, where folders for a while lie.

#include <filesystem>
#include <system_error>
#include <utility>

namespace torchup {

class OwnedFolder {
 public:
  /// Of a folder that is there, and nobody else's.
  explicit OwnedFolder(std::filesystem::path path) : m_path(std::move(path)) {}
  OwnedFolder(OwnedFolder&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}
  OwnedFolder& operator=(OwnedFolder&&) = delete;
  ~OwnedFolder() {
    std::error_code ignored;
    if (!m_path.empty()) std::filesystem::remove_all(m_path, ignored);
  }

  const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

}  // namespace torchup
