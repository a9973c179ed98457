#include "src/archive/archive_library.hpp"

#include "torchup/system/shared_library.hpp"

namespace torchup {

Result<ArchiveLibrary> load_archive(const std::string& soname) {
  TORCHUP_TRY_ASSIGN(const SharedLibrary library,
                     SharedLibrary::open(soname, "install it, on Debian and Ubuntu with `apt install libarchive13`"));
  ArchiveLibrary archive;
  TORCHUP_TRY(library.find("archive_read_new", archive.read_new));
  TORCHUP_TRY(library.find("archive_read_free", archive.read_free));
  TORCHUP_TRY(library.find("archive_read_support_filter_gzip", archive.read_support_filter_gzip));
  TORCHUP_TRY(library.find("archive_read_support_format_tar", archive.read_support_format_tar));
  TORCHUP_TRY(library.find("archive_read_open_memory", archive.read_open_memory));
  TORCHUP_TRY(library.find("archive_read_next_header", archive.read_next_header));
  TORCHUP_TRY(library.find("archive_read_data", archive.read_data));
  TORCHUP_TRY(library.find("archive_error_string", archive.error_string));
  TORCHUP_TRY(library.find("archive_entry_pathname", archive.entry_pathname));
  TORCHUP_TRY(library.find("archive_entry_pathname_utf8", archive.entry_pathname_utf8));
  TORCHUP_TRY(library.find("archive_entry_filetype", archive.entry_filetype));
  TORCHUP_TRY(library.find("archive_entry_hardlink", archive.entry_hardlink));
  TORCHUP_TRY(library.find("archive_entry_perm", archive.entry_perm));
  TORCHUP_TRY(library.find("archive_entry_size", archive.entry_size));
  return archive;
}

}  // namespace torchup
