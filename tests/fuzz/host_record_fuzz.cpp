// A recorded host's host.json: what was read is written in a form that reads back as the same record.

#include "src/system/host_record.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

/// A folder of this process's own, removed at its end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "torchup-fuzz-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    m_path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  std::ofstream(folder.path() / "host.json", std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const auto record = torchup::read_host_record(folder.path());
  if (!record) return record.error().message.empty() ? (std::abort(), 0) : 0;
  if (!torchup::write_host_record(*record, folder.path())) return 0;
  const auto again = torchup::read_host_record(folder.path());
  if (!again || !(*again == *record)) std::abort();
  return 0;
}
