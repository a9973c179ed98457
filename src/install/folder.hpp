#pragma once
// A folder held open, and the few calls that make or change what is in it, each with its error as a sentence. All names
// are relative to the folder, so that renaming what lies above it changes nothing. The files of `install` use it.

#include "torchup/core/result.hpp"
#include "torchup/system/file_descriptor.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace torchup {

/// `host_error` of another kind, with a hint where one can act on it.
Error system_error(ErrorKind kind, std::string_view verb, const std::filesystem::path& path, int code);

/// The same result; a failure is of that kind.
template <class T>
Result<T> as_kind(ErrorKind kind, Result<T> result) {
  if (!result) result.error().kind = kind;
  return result;
}

enum class Executable { no, yes };

class Folder {
 public:
  /// Opens an existing folder; a link at the path itself is followed. `kind` is what every failure of it will be.
  static Result<Folder> open(const std::filesystem::path& path, ErrorKind kind);

  const std::filesystem::path& path() const { return m_directory.path(); }
  const FileDescriptor& directory() const { return m_directory; }
  int number() const { return m_directory.number(); }

  /// Makes a folder whose parent exists; one that is there already is an error.
  Status make_folder(const std::string& name) const;

  /// Makes a file that must not exist yet, open for writing; its mode is what the umask leaves of 0666 or 0777.
  Result<FileDescriptor> make_file(const std::string& name, Executable executable) const;

  /// Makes a file that must not exist yet, with this content.
  Status write_file(const std::string& name, std::string_view content, Executable executable = Executable::no) const;

  /// Makes a symbolic link that must not exist yet.
  Status make_link(const std::string& name, const std::string& target) const;

  /// Makes the name a symbolic link to the target in one step, whatever link stood there before.
  Status replace_link(const std::string& name, const std::string& target) const;

  /// Gives an entry another name, in the place of what had it.
  Status rename(const std::string& name, const std::string& to) const;

  /// What a symbolic link holds; empty where the name is none.
  std::string link_target(const std::string& name) const;

  /// Removes one file or link; nothing there is no error.
  Status remove(const std::string& name) const;

  /// Removes a folder with all in it, links not followed; nothing there is no error.
  Status remove_tree(const std::string& name) const;

  Status sync() const { return as_kind(m_kind, m_directory.sync()); }
  Status sync_file_system() const { return as_kind(m_kind, m_directory.sync_file_system()); }

 private:
  Folder(FileDescriptor directory, ErrorKind kind) : m_directory(std::move(directory)), m_kind(kind) {}
  Error problem(std::string_view verb, const std::string& name) const;

  FileDescriptor m_directory;
  ErrorKind m_kind;
};

}  // namespace torchup
