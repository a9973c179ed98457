// OpenSSL's SHA-256 is called directly: its EVP layer, which 3.0 wants instead, first spends 2 ms on loading providers.
#define OPENSSL_API_COMPAT 10101

#include "torchup/system/hash.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace torchup {
namespace {

constexpr std::size_t k_piece = 1 << 20;

struct CloseFile {
  void operator()(std::FILE* file) const { (void)std::fclose(file); }
};

tl::unexpected<Error> cannot_read(const std::filesystem::path& path, int error) {
  return failure({ErrorKind::host, fmt::format("cannot read `{}`: {}", path.string(), std::strerror(error)), {}, {}});
}

/// OpenSSL refuses SHA-256 only when the library itself is broken: nothing that a caller could answer to.
void must(int answer) {
  if (answer != 1) {
    (void)std::fputs("torchup: OpenSSL cannot compute SHA-256\n", stderr);
    std::abort();
  }
}

}  // namespace

struct Sha256Stream::State {
  SHA256_CTX digest{};

  State() { restart(); }
  void restart() { must(SHA256_Init(&digest)); }
};

Sha256Stream::Sha256Stream() : m_state(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(std::span<const std::byte> bytes) { must(SHA256_Update(&m_state->digest, bytes.data(), bytes.size())); }

Sha256 Sha256Stream::finish() {
  Sha256::Bytes bytes{};
  static_assert(bytes.size() == SHA256_DIGEST_LENGTH);
  must(SHA256_Final(bytes.data(), &m_state->digest));
  m_state->restart();
  return Sha256(bytes);
}

Sha256 sha256(std::span<const std::byte> bytes) {
  Sha256Stream stream;
  stream.update(bytes);
  return stream.finish();
}

Result<Sha256> sha256_file(const std::filesystem::path& path) {
  // A directory opens for reading too and fails only later, with a message about reading; a FIFO would wait for ever.
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  if (status.type() == std::filesystem::file_type::not_found) return cannot_read(path, ENOENT);
  if (problem) return cannot_read(path, problem.value());
  if (!std::filesystem::is_regular_file(status)) {
    return failure({ErrorKind::host, fmt::format("cannot read `{}`: it is not a regular file", path.string()), {}, {}});
  }
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return cannot_read(path, errno);
  std::setvbuf(file.get(), nullptr, _IONBF, 0);

  Sha256Stream stream;
  std::vector<std::byte> piece(k_piece);
  std::size_t got = 0;
  while ((got = std::fread(piece.data(), 1, piece.size(), file.get())) > 0) stream.update({piece.data(), got});
  if (std::ferror(file.get()) != 0) return cannot_read(path, errno);
  return stream.finish();
}

}  // namespace torchup
