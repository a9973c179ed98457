#include "torchup/system/host_system.hpp"

#include "ask_driver.hpp"
#include "child_process.hpp"
#include "library_search.hpp"
#include "library_text.hpp"
#include "program_answers.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace torchup {
namespace {

constexpr std::size_t k_most_file_bytes = 16 << 20;

Error host_error(const std::string& path, int problem) {
  return {ErrorKind::host, fmt::format("`{}` cannot be read: {}", path, std::strerror(problem)), {}, {}};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : m_number(number) {}
  ~Descriptor() {
    if (m_number >= 0) ::close(m_number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return m_number; }

 private:
  int m_number;
};

Result<std::string> read_regular_file(const std::string& path) {
  // Without O_NONBLOCK a named pipe would keep us waiting for its writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return failure(host_error(path, errno));
  struct stat state {};
  if (::fstat(file.number(), &state) != 0) return failure(host_error(path, errno));
  if (!S_ISREG(state.st_mode)) return failure({ErrorKind::host, fmt::format("`{}` is not a regular file", path), {}, {}});
  std::string content;
  std::array<char, 65536> block;
  for (;;) {
    const ssize_t count = ::read(file.number(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(host_error(path, errno));
    if (count == 0) return content;
    content.append(block.data(), static_cast<std::size_t>(count));
    if (content.size() > k_most_file_bytes) return failure({ErrorKind::host, fmt::format("`{}` is larger than 16 MiB", path), {}, {}});
  }
}

class PosixHostSystem final : public HostSystem {
 public:
  explicit PosixHostSystem(std::filesystem::path answers) : m_answers(std::move(answers)) {}

  Result<std::string> read_file(const std::string& path) override { return read_regular_file(path); }

  Result<std::vector<std::string>> list_directory(const std::string& path) override {
    std::error_code problem;
    std::vector<std::string> names;
    std::filesystem::directory_iterator at(path, problem);
    for (; !problem && at != std::filesystem::directory_iterator(); at.increment(problem)) names.push_back(at->path().filename().string());
    if (problem) return failure(host_error(path, problem.value()));
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::string> read_link(const std::string& path) override {
    std::error_code problem;
    auto target = std::filesystem::read_symlink(path, problem);
    if (problem) return failure(host_error(path, problem.value()));
    return target.string();
  }

  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

  int open_device(const std::string& path) override {
    const Descriptor device(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
    return device.number() < 0 ? errno : 0;
  }

  std::optional<std::string> environment(const std::string& name) override {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  }

  Result<CommandOutput> run(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) override {
    return run_program(arguments, limit);
  }

  Result<CommandOutput> ask(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) override {
    if (auto known = m_answers.find(arguments)) return *std::move(known);
    auto answer = run(arguments, limit);
    if (answer) m_answers.keep(arguments, *answer);
    return answer;
  }

  std::optional<CpuidRegisters> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override {
#if defined(__x86_64__) || defined(__i386__)
    CpuidRegisters answer;
    // The hypervisor's leaves lie outside of the ranges that the processor counts.
    constexpr std::uint32_t k_hypervisor_leaves = 0x40000000;
    if ((leaf & 0xffffff00U) == k_hypervisor_leaves) {
      __cpuid_count(leaf, subleaf, answer.eax, answer.ebx, answer.ecx, answer.edx);
      return answer;
    }
    if (__get_cpuid_count(leaf, subleaf, &answer.eax, &answer.ebx, &answer.ecx, &answer.edx) != 0) return answer;
#else
    static_cast<void>(leaf), static_cast<void>(subleaf);
#endif
    return std::nullopt;
  }

  std::optional<std::uint64_t> xcr0() override {
#if defined(__x86_64__) || defined(__i386__)
    constexpr std::uint32_t k_osxsave = 1U << 27;
    const auto features = cpuid(1, 0);
    if (!features || (features->ecx & k_osxsave) == 0) return std::nullopt;
    std::uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (std::uint64_t{high} << 32) | low;
#else
    return std::nullopt;
#endif
  }

  std::optional<std::uint64_t> requestable_state() override {
#if defined(__x86_64__)
    constexpr int k_get_supported = 0x1021;  // ARCH_GET_XCOMP_SUPP
    std::uint64_t states = 0;
    if (::syscall(SYS_arch_prctl, k_get_supported, &states) == 0) return states;
#endif
    return std::nullopt;
  }

  Result<std::string> query_cuda_driver() override { return m_drivers.of(DriverLibrary::cuda); }
  Result<std::string> query_driver(DriverLibrary library) override { return m_drivers.of(library); }

  std::optional<std::string> find_library(const std::string& soname) override { return m_libraries.find(soname); }
  Result<std::string> describe_library(const std::string& path) override { return library_description(path); }
  Result<std::vector<std::string>> texts_in(const std::string& path, const std::string& prefix) override {
    return find_texts(path, prefix);
  }

  Result<DiskSpace> disk_space(const std::string& path) override {
    struct statvfs space {};
    for (std::filesystem::path at = path;; at = at.parent_path()) {
      if (::statvfs(at.empty() ? "." : at.c_str(), &space) == 0) break;
      if (errno != ENOENT || at.empty() || at == at.parent_path()) return failure(host_error(path, errno));
    }
    return DiskSpace{.total_bytes = std::uint64_t{space.f_blocks} * space.f_frsize,
                     .free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize,
                     .free_inodes = space.f_favail};
  }

  std::string machine() override {
    utsname names{};
    return ::uname(&names) == 0 ? names.machine : "";
  }

 private:
  ProgramAnswers m_answers;
  DriverAnswers m_drivers;
  LibraryFinder m_libraries;
};

}  // namespace

std::unique_ptr<HostSystem> make_posix_host_system(std::filesystem::path answers) {
  return std::make_unique<PosixHostSystem>(std::move(answers));
}

}  // namespace torchup
