#include "ask_driver.hpp"

#include "driver_question.hpp"
#include "library_search.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace torchup {
namespace {

constexpr std::chrono::seconds k_limit{20};
constexpr std::array k_libraries = {DriverLibrary::cuda, DriverLibrary::nvml, DriverLibrary::level_zero};
constexpr std::string_view k_no_library = "no_library ";

// In WSL the working libraries are those that Windows lays there; one installed by a package would hide them.
constexpr const char* k_wsl_folder = "/usr/lib/wsl/lib/";

tl::unexpected<Error> is_none(DriverLibrary library, std::string_view why) {
  return failure({ErrorKind::host, fmt::format("`{}` cannot be opened: {}", soname_of(library), why), {}, {}});
}

void* open_library(DriverLibrary library) {
  const auto in_wsl = std::string(k_wsl_folder) + soname_of(library);
  void* opened = ::access(in_wsl.c_str(), R_OK) == 0 ? ::dlopen(in_wsl.c_str(), RTLD_LAZY | RTLD_LOCAL) : nullptr;
  return opened != nullptr ? opened : ::dlopen(soname_of(library), RTLD_LAZY | RTLD_LOCAL);
}

void write_answer(DriverLibrary library, int descriptor) {
  void* const opened = open_library(library);
  if (opened == nullptr) {
    const char* const why = ::dlerror();
    DriverQuestion(nullptr, descriptor, {}).line("no_library", why != nullptr ? why : "the loader does not say why");
    return;
  }
  switch (library) {
    case DriverLibrary::cuda:
      return question_cuda(opened, descriptor);
    case DriverLibrary::nvml:
      return question_nvml(opened, descriptor);
    case DriverLibrary::level_zero:
      return question_level_zero(opened, descriptor);
  }
}

[[noreturn]] void answer_in_child(DriverLibrary library, const ChildPipes& pipes) {
  ::setpgid(0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGBUS}) ::signal(signal, SIG_DFL);
  // The library may print; only our own lines are the answer.
  const int silence = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(silence, stream);
  write_answer(library, pipes.out_writer);
  ::_exit(0);
}

}  // namespace

DriverAnswers::~DriverAnswers() {
  for (const auto& [library, child] : m_children) collect_child(child->process, child->pipes, std::chrono::milliseconds{0});
}

void DriverAnswers::start_all() {
  m_started = true;
  for (const DriverLibrary library : k_libraries) {
    // Most machines have none, and a child costs as much as all other probes together.
    const auto in_wsl = std::string(k_wsl_folder) + soname_of(library);
    if (!may_find_library(soname_of(library)) && ::access(in_wsl.c_str(), F_OK) != 0) {
      m_answers.emplace(library,
                        is_none(library, fmt::format("{}: cannot open shared object file: No such file or directory", soname_of(library))));
    } else if (const auto started = start(library); !started) {
      m_answers.emplace(library, failure(started.error()));
    }
  }
}

Status DriverAnswers::start(DriverLibrary library) {
  auto child = std::make_unique<Child>();
  TORCHUP_TRY(child->pipes.open());
  child->process = ::fork();
  if (child->process < 0) return failure({ErrorKind::host, fmt::format("a child cannot be started: {}", std::strerror(errno)), {}, {}});
  if (child->process == 0) answer_in_child(library, child->pipes);
  // Here too, since the child may not have come to it before we end its group.
  ::setpgid(child->process, child->process);
  child->pipes.close_writers();
  m_children.emplace(library, std::move(child));
  return {};
}

Result<std::string> DriverAnswers::collect(DriverLibrary library) {
  const auto node = m_children.extract(library);
  const auto answer = collect_child(node.mapped()->process, node.mapped()->pipes, k_limit);
  if (answer.out.starts_with(k_no_library))
    return is_none(library, answer.out.substr(k_no_library.size(), answer.out.find('\n') - k_no_library.size()));
  if (answer.exit_status == 0) return answer.out;
  const auto how = answer.exit_status == 124  ? fmt::format("did not answer within {} s", k_limit.count())
                   : answer.exit_status > 128 ? fmt::format("ended its process with signal {}", answer.exit_status - 128)
                                              : fmt::format("ended its process with status {}", answer.exit_status);
  // What it said before stands: the driver's version is often there when cuInit is not.
  if (!answer.out.empty()) return answer.out + fmt::format("error.process {} {}\n", answer.exit_status, how);
  return failure({ErrorKind::host, fmt::format("`{}` {}", soname_of(library), how), {}, {}});
}

Result<std::string> DriverAnswers::of(DriverLibrary library) {
  if (!m_started) start_all();
  auto known = m_answers.find(library);
  if (known == m_answers.end()) known = m_answers.emplace(library, collect(library)).first;
  return known->second;
}

}  // namespace torchup
