#include "src/install/folder.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <span>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace torchup {

Error system_error(ErrorKind kind, std::string_view verb, const std::filesystem::path& path, int code) {
  Error error = host_error(verb, path, code);
  error.kind = kind;
  if (code == ENOSPC || code == EDQUOT) error.hints.emplace_back("free some space there, or choose another folder with --env");
  if (code == EACCES || code == EPERM || code == EROFS) error.hints.emplace_back("choose a folder that you may write to with --env");
  return error;
}

Result<Folder> Folder::open(const std::filesystem::path& path, ErrorKind kind) {
  TORCHUP_TRY_ASSIGN(FileDescriptor directory, as_kind(kind, FileDescriptor::open(path, O_RDONLY | O_DIRECTORY)));
  return Folder(std::move(directory), kind);
}

Error Folder::problem(std::string_view verb, const std::string& name) const {
  const int code = errno;
  return system_error(m_kind, verb, path() / name, code);
}

Status Folder::make_folder(const std::string& name) const {
  if (::mkdirat(number(), name.c_str(), 0777) != 0) return failure(problem("make the folder", name));
  return {};
}

Result<FileDescriptor> Folder::make_file(const std::string& name, Executable executable) const {
  const unsigned mode = executable == Executable::yes ? 0777 : 0666;
  return as_kind(m_kind, m_directory.open_below(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
}

Status Folder::write_file(const std::string& name, std::string_view content, Executable executable) const {
  TORCHUP_TRY_ASSIGN(FileDescriptor file, make_file(name, executable));
  TORCHUP_TRY(as_kind(m_kind, file.write(std::as_bytes(std::span(content)))));
  return as_kind(m_kind, file.close());
}

Status Folder::make_link(const std::string& name, const std::string& target) const {
  if (::symlinkat(target.c_str(), number(), name.c_str()) != 0) return failure(problem("make the link", name));
  return {};
}

Status Folder::replace_link(const std::string& name, const std::string& target) const {
  const std::string fresh = "." + name + ".new";  // there already only where a process was killed
  TORCHUP_TRY(remove(fresh));
  TORCHUP_TRY(make_link(fresh, target));
  if (::renameat(number(), fresh.c_str(), number(), name.c_str()) == 0) return {};
  Error error = problem("replace the link", name);
  ::unlinkat(number(), fresh.c_str(), 0);
  return failure(std::move(error));
}

Status Folder::rename(const std::string& name, const std::string& to) const {
  if (::renameat(number(), name.c_str(), number(), to.c_str()) != 0) return failure(problem("rename", name));
  return {};
}

std::string Folder::link_target(const std::string& name) const {
  std::array<char, 4096> buffer;
  const ssize_t size = ::readlinkat(number(), name.c_str(), buffer.data(), buffer.size());
  return size < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
}

Status Folder::remove(const std::string& name) const {
  if (::unlinkat(number(), name.c_str(), 0) != 0 && errno != ENOENT) return failure(problem("remove", name));
  return {};
}

Status Folder::remove_tree(const std::string& name) const {
  std::error_code code;
  std::filesystem::remove_all(path() / name, code);
  if (code) return failure(system_error(m_kind, "remove", path() / name, code.value()));
  return {};
}

}  // namespace torchup
