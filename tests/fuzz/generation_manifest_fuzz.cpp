// torchup-generation.json of an environment: what is read stays below the environment, and reads the same twice.

#include "src/install/generation_manifest.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <unistd.h>

namespace {

/// DIR/generations/1, of this process alone.
class Environment {
 public:
  Environment() : m_root("/dev/shm/torchup-fuzz-" + std::to_string(getpid())) {
    std::filesystem::create_directories(m_root / "generations/1");
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    std::error_code ignored;
    std::filesystem::remove_all(m_root, ignored);
  }

  const std::filesystem::path& root() const { return m_root; }
  void write(const std::uint8_t* data, std::size_t size) const {
    std::ofstream file(m_root / "generations/1/torchup-generation.json", std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  }

 private:
  std::filesystem::path m_root;
};

bool is_below(const std::filesystem::path& path, const std::filesystem::path& root) {
  return path.lexically_normal().string().starts_with(root.string() + "/");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Environment environment;
  environment.write(data, size);
  const auto generation = torchup::read_generation_manifest(environment.root(), 1);
  const auto again = torchup::read_generation_manifest(environment.root(), 1);
  if (generation.has_value() != again.has_value()) std::abort();
  if (!generation) return generation.error().message.empty() ? (std::abort(), 0) : 0;
  if (generation->number != 1 || generation->packages.size() != again->packages.size()) std::abort();
  if (!is_below(generation->root, environment.root()) || !is_below(generation->site_packages, generation->root)) std::abort();
  return 0;
}
