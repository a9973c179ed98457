#pragma once
// All that a probe may touch of a machine. The real one is `make_posix_host_system`, a folder written by
// `torchup probe --record` is `open_recorded_host_system`; a probe cannot tell them apart.

#include "torchup/core/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct CommandOutput {
  int exit_status = 0;  ///< 128 + signal where a signal ended it; 124 where the time limit did.
  std::string out;
  std::string err;

  bool operator==(const CommandOutput&) const = default;
};

struct CpuidRegisters {
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  bool operator==(const CpuidRegisters&) const = default;
};

struct DiskSpace {
  std::uint64_t total_bytes = 0, free_bytes = 0, free_inodes = 0;
  bool operator==(const DiskSpace&) const = default;
};

/// Driver libraries that are asked questions, each in a child process of its own.
enum class DriverLibrary { cuda, nvml, level_zero };

/// "libcuda.so.1", "libnvidia-ml.so.1", "libze_loader.so.1".
const char* soname_of(DriverLibrary library);

class HostSystem {
 public:
  virtual ~HostSystem() = default;

  /// A small file's whole content (at most 16 MiB). Missing or unreadable is ErrorKind::host, errno's text in the message.
  virtual Result<std::string> read_file(const std::string& path) = 0;

  /// Names in a directory, sorted. Missing or unreadable is ErrorKind::host.
  virtual Result<std::vector<std::string>> list_directory(const std::string& path) = 0;

  /// What a symbolic link holds; ErrorKind::host where the path is none.
  virtual Result<std::string> read_link(const std::string& path) = 0;

  /// Whether something is at the path, links followed.
  virtual bool exists(const std::string& path) = 0;

  /// Opens a device node for reading and writing and closes it again: 0, or errno.
  virtual int open_device(const std::string& path) = 0;

  /// An environment variable; an empty one counts as unset.
  virtual std::optional<std::string> environment(const std::string& name) = 0;

  /// Runs a program (looked up on PATH when it has no slash), no shell, no standard input; ended at the time limit.
  /// A program that cannot be started is ErrorKind::host; one that fails is an answer.
  virtual Result<CommandOutput> run(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) = 0;

  /// The same for a question whose answer the program's own file decides, such as an interpreter's version: a host may remember it
  /// for as long as that file stays as it is.
  virtual Result<CommandOutput> ask(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) {
    return run(arguments, limit);
  }

  /// CPUID of a leaf and subleaf; nothing on a machine that is not x86.
  virtual std::optional<CpuidRegisters> cpuid(std::uint32_t leaf, std::uint32_t subleaf) = 0;

  /// XCR0, the register states that the OS saves; nothing without OSXSAVE.
  virtual std::optional<std::uint64_t> xcr0() = 0;

  /// The register states beyond XCR0 that a process may ask the kernel for (arch_prctl, ARCH_GET_XCOMP_SUPP), such as AMX's;
  /// nothing where the kernel does not say.
  virtual std::optional<std::uint64_t> requestable_state() { return std::nullopt; }

  /// Asks libcuda.so.1 in a child process, since cuInit can hang or crash: lines `key value`, or why not as ErrorKind::host.
  virtual Result<std::string> query_cuda_driver() = 0;

  /// The same of any driver library. `library PATH`, `init 0`, `device_count 1`, `device.0.name …`; where a call fails,
  /// `error.CALL 18 NAME`, and `error.device.0.CALL …` for one device.
  virtual Result<std::string> query_driver(DriverLibrary library);

  /// Where the dynamic loader finds a library for programs that are started here: LD_LIBRARY_PATH, its cache, its folders.
  /// Files of another machine type are passed over, as it does. Nothing where it finds none.
  virtual std::optional<std::string> find_library(const std::string& soname);

  /// What a shared library's dynamic section says: lines `machine x86_64`, `soname …`, `needed …`, `defines GLIBCXX_3.4.30`,
  /// `wants libc.so.6 GLIBC_2.28`. ErrorKind::host or ErrorKind::integrity where it cannot be read.
  virtual Result<std::string> describe_library(const std::string& path);

  /// The zero-terminated texts of a file of at most 256 MiB that begin with `prefix`, each once, in their order; at most 256,
  /// longer ones than 1024 bytes left out. Of a library only its constants are looked through.
  virtual Result<std::vector<std::string>> texts_in(const std::string& path, const std::string& prefix);

  /// Space on the file system that holds the path or its nearest existing parent.
  virtual Result<DiskSpace> disk_space(const std::string& path) = 0;

  /// uname's machine: x86_64, aarch64, arm64.
  virtual std::string machine() = 0;
};

/// The machine that this process runs on. What `ask` learns is kept in the folder `answers`, or not at all where that is empty.
std::unique_ptr<HostSystem> make_posix_host_system(std::filesystem::path answers = {});

/// A machine recorded in a folder. A folder without `host.json` is ErrorKind::usage.
Result<std::unique_ptr<HostSystem>> open_recorded_host_system(const std::filesystem::path& folder);

/// Passes every question on to `inner` and keeps each answer; `write` leaves them as a folder that
/// `open_recorded_host_system` opens. `inner` must outlive it.
class RecordingHostSystem : public HostSystem {
 public:
  virtual Status write(const std::filesystem::path& folder) = 0;
};
std::unique_ptr<RecordingHostSystem> make_recording_host_system(HostSystem& inner);

}  // namespace torchup
