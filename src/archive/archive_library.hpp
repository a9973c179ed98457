#pragma once
// libarchive's functions that reading a tar needs, loaded with the first one: few commands see an sdist. Private to tar_archive.cpp
// and its tests.

#include "torchup/core/result.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <string>

namespace torchup {

inline constexpr const char* k_archive_soname = "libarchive.so.13";

struct ArchiveLibrary {
  decltype(&::archive_read_new) read_new = nullptr;
  decltype(&::archive_read_free) read_free = nullptr;
  decltype(&::archive_read_support_filter_gzip) read_support_filter_gzip = nullptr;
  decltype(&::archive_read_support_format_tar) read_support_format_tar = nullptr;
  decltype(&::archive_read_open_memory) read_open_memory = nullptr;
  decltype(&::archive_read_next_header) read_next_header = nullptr;
  decltype(&::archive_read_data) read_data = nullptr;
  decltype(&::archive_error_string) error_string = nullptr;
  decltype(&::archive_entry_pathname) entry_pathname = nullptr;
  decltype(&::archive_entry_pathname_utf8) entry_pathname_utf8 = nullptr;
  decltype(&::archive_entry_filetype) entry_filetype = nullptr;
  decltype(&::archive_entry_hardlink) entry_hardlink = nullptr;
  decltype(&::archive_entry_perm) entry_perm = nullptr;
  decltype(&::archive_entry_size) entry_size = nullptr;
};

/// Loads the libarchive of that soname. One that is not there, or lacks a function, is ErrorKind::host.
Result<ArchiveLibrary> load_archive(const std::string& soname);

}  // namespace torchup
