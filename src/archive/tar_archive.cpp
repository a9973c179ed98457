#include "src/archive/tar_archive.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/archive/archive_library.hpp"
#include "src/archive/entry_names.hpp"

#include <fmt/format.h>

#include <array>
#include <fcntl.h>
#include <system_error>

namespace torchup {
namespace {

constexpr std::uint64_t k_largest_file = 1ULL << 30;
constexpr std::size_t k_block = 1 << 16;

tl::unexpected<Error> refuse(std::string why) {
  return failure({ErrorKind::integrity, fmt::format("the archive cannot be read: {}", why), {}, {}});
}

}  // namespace

struct TarArchive::State {
  explicit State(std::span<const std::byte> given) : bytes(given) {}

  /// What libarchive says, without its own line ends.
  std::string problem() const {
    const char* text = library.error_string(reader.get());
    return text != nullptr ? text : "it is damaged";
  }

  Status open() {
    TORCHUP_TRY_ASSIGN(library, load_archive(k_archive_soname));
    reader = {library.read_new(), library.read_free};
    if (reader == nullptr) return refuse("there is no memory for it");
    library.read_support_filter_gzip(reader.get());
    library.read_support_format_tar(reader.get());
    is_open = true;
    if (library.read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return refuse(problem());
    return {};
  }

  std::span<const std::byte> bytes;
  ArchiveLibrary library;  // loaded by `open`
  std::unique_ptr<::archive, int (*)(::archive*)> reader{nullptr, nullptr};
  bool is_open = false;
  std::size_t entries = 0;
  std::uint64_t announced = 0;
};

TarArchive::TarArchive(std::span<const std::byte> bytes) : m_state(std::make_unique<State>(bytes)) {}
TarArchive::~TarArchive() = default;
TarArchive::TarArchive(TarArchive&&) noexcept = default;
TarArchive& TarArchive::operator=(TarArchive&&) noexcept = default;

Result<std::optional<TarEntry>> TarArchive::next() {
  if (!m_state->is_open) TORCHUP_TRY(m_state->open());
  const ArchiveLibrary& library = m_state->library;
  ::archive_entry* header = nullptr;
  const int code = library.read_next_header(m_state->reader.get(), &header);
  if (code == ARCHIVE_EOF) return std::nullopt;
  if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return refuse(m_state->problem());
  if (++m_state->entries > k_most_tar_entries) return refuse(fmt::format("it has more than {} entries", k_most_tar_entries));
  const char* path = library.entry_pathname_utf8(header);  // the other one is empty where the locale has no such letter
  if (path == nullptr) path = library.entry_pathname(header);
  if (path == nullptr) return refuse("an entry has no name");
  TarEntry entry{.name = path};
  entry.folder = library.entry_filetype(header) == AE_IFDIR;
  while (entry.name.starts_with("./")) entry.name.erase(0, 2);  // as `tar -c .` writes them
  while (entry.name.ends_with('/')) entry.name.pop_back();
  if (entry.name == ".") entry.name.clear();
  if (!entry.name.empty() || !entry.folder) {
    if (const auto kept = check_entry_name(entry.name); !kept) return refuse(kept.error().detail);
  }
  if (!entry.folder && (library.entry_filetype(header) != AE_IFREG || library.entry_hardlink(header) != nullptr))
    return refuse(fmt::format("`{}` is a link or a device", entry.name));
  entry.executable = (library.entry_perm(header) & 0100U) != 0;
  const auto size = library.entry_size(header);
  if (size < 0 || static_cast<std::uint64_t>(size) > k_largest_file) return refuse(fmt::format("`{}` is too large", entry.name));
  entry.size = entry.folder ? 0 : static_cast<std::uint64_t>(size);
  m_state->announced += entry.size;
  if (m_state->announced > k_most_tar_bytes) return refuse(fmt::format("it unpacks to more than {} bytes", k_most_tar_bytes));
  return entry;
}

Result<std::string> TarArchive::content(std::uint64_t limit) {
  if (!m_state->is_open) return refuse("no entry was read before its content");
  std::string content;
  std::array<char, k_block> block;
  for (;;) {
    const auto got = m_state->library.read_data(m_state->reader.get(), block.data(), block.size());
    if (got < 0) return refuse(m_state->problem());
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > limit) return refuse(fmt::format("an entry is longer than {} bytes", limit));
    content.append(block.data(), static_cast<std::size_t>(got));
  }
}

Status unpack_tar(std::span<const std::byte> bytes, const std::filesystem::path& folder) {
  TarArchive archive(bytes);
  for (;;) {
    TORCHUP_TRY_ASSIGN(const std::optional<TarEntry> entry, archive.next());
    if (!entry) return {};
    const std::filesystem::path path = folder / entry->name;
    std::error_code problem;
    std::filesystem::create_directories(entry->folder ? path : path.parent_path(), problem);
    if (problem) return failure(host_error("make the folder", path, problem.value()));
    if (entry->folder) continue;
    TORCHUP_TRY_ASSIGN(const std::string content, archive.content(entry->size));
    // Nothing is followed: the folder was empty, and no entry is a link.
    TORCHUP_TRY_ASSIGN(FileDescriptor file,
                       FileDescriptor::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, entry->executable ? 0755 : 0644));
    TORCHUP_TRY(file.write(std::as_bytes(std::span(content))));
    TORCHUP_TRY(file.close());
  }
}

}  // namespace torchup
