#pragma once
// A recorded machine as a value: every question that probes asked and its answer. On disk it is a folder with `host.json` and
// `root/`, where files lie at the paths that they had. Used by the recorded and the recording host system, by nobody else.

#include "torchup/core/result.hpp"
#include "torchup/system/host_system.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torchup {

/// An answer, or the message of the error in its place.
template <class T>
struct Recorded {
  std::optional<T> answer;
  std::string error;
  bool operator==(const Recorded&) const = default;
};

struct HostRecord {
  std::string machine;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> files;       ///< In `host.json`: those whose paths no other system could hold.
  std::map<std::string, std::string> unreadable;  ///< Files and directories: the message, where it is not "No such file".
  std::map<std::string, std::vector<std::string>> directories;
  std::map<std::string, std::string> links;
  std::vector<std::string> present;  ///< Paths that exist and were not read.
  std::map<std::string, int> devices;
  std::map<std::vector<std::string>, Recorded<CommandOutput>> commands;
  std::map<std::pair<std::uint32_t, std::uint32_t>, CpuidRegisters> cpuid;
  std::optional<std::uint64_t> xcr0;
  std::optional<std::uint64_t> requestable_state;
  Recorded<std::string> cuda_driver;
  std::map<std::string, Recorded<std::string>> drivers;             ///< By soname: the other libraries that were asked.
  std::map<std::string, std::string> libraries;                     ///< By soname: where the loader finds it.
  std::map<std::string, Recorded<std::string>> descriptions;        ///< By path: what a library's dynamic section says.
  std::map<std::string, Recorded<std::vector<std::string>>> texts;  ///< By prefix, a blank and the path.
  std::map<std::string, DiskSpace> disks;
  bool operator==(const HostRecord&) const = default;
};

/// The message of a path that is not there, as the real system words it.
std::string no_such_file(const std::string& path);

/// Reads `folder/host.json`, at most 16 MiB. A missing file or a value of the wrong type is ErrorKind::usage naming the key.
Result<HostRecord> read_host_record(const std::filesystem::path& folder);

/// Writes the folder, which must be empty or not exist yet (ErrorKind::usage). Files whose path is plain go below `root/`.
Status write_host_record(const HostRecord& record, const std::filesystem::path& folder);

}  // namespace torchup
