#include "src/index/kept_part.hpp"

#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace torchup {

namespace fs = std::filesystem;

KeptPart::KeptPart(fs::path folder, const Url& url) : m_folder(std::move(folder)) {
  const std::string text = url.text();
  const std::string name = sha256(std::as_bytes(std::span(text))).hex();
  if (!m_folder.empty()) m_path = m_folder / fmt::format("{}.{}.reading", name, ::getpid());
}

KeptPart::~KeptPart() { give_up(); }

void KeptPart::begin() {
  give_up();
  if (m_folder.empty()) return;
  std::error_code problem;
  fs::create_directories(m_folder, problem);
  if (auto file = FileDescriptor::open(m_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)) m_file = *std::move(file);
}

void KeptPart::add(std::span<const std::byte> bytes) {
  if (m_file && !m_file->write(bytes)) give_up();
}

void KeptPart::publish(const Sha256& sha256) {
  if (!m_file) return;
  // A link, since it never takes the place of what another process may be writing.
  std::error_code problem;
  fs::create_hard_link(m_path, m_folder / (sha256.hex() + ".part"), problem);
  give_up();
}

void KeptPart::give_up() {
  if (!m_file) return;
  m_file.reset();
  std::error_code problem;
  fs::remove(m_path, problem);
}

}  // namespace torchup
