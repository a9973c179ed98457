#include "src/validate/native/check_build.hpp"

#include "torchup/kernels/run_kernel.hpp"
#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/owned_folder.hpp"

#include "src/validate/child/child_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace torchup {

std::string_view embedded_native_project();
std::string_view embedded_native_program();

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> k_checks = {"tensor", "autograd", "eigh", "module"};
constexpr std::size_t k_most_shown = 600;

Result<OwnedFolder> make_build_folder() {
  std::error_code error;
  const fs::path base = fs::temp_directory_path(error);
  std::string pattern = ((error ? fs::path("/tmp") : base) / "torchup-build-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return failure(host_error("make the folder", pattern, errno));
  return OwnedFolder(pattern);
}

Status write(const fs::path& path, std::string_view text) {
  TORCHUP_TRY_ASSIGN(const FileDescriptor file, FileDescriptor::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  return file.write(std::as_bytes(std::span(text)));
}

/// The first of the programs that a folder of PATH has.
std::optional<std::string> find_program(std::initializer_list<const char*> names) {
  const char* const variable = std::getenv("PATH");
  const std::string_view folders = variable != nullptr ? variable : "/usr/bin:/bin";
  for (const char* name : names) {
    for (std::string_view rest = folders; !rest.empty();) {
      const std::size_t colon = std::min(rest.find(':'), rest.size());
      const fs::path program = fs::path(rest.substr(0, colon)) / name;
      if (program.is_absolute() && ::access(program.c_str(), X_OK) == 0) return program.string();
      rest.remove_prefix(std::min(colon + 1, rest.size()));
    }
  }
  return std::nullopt;
}

Check build_check(std::string id) {
  Check check;
  check.id = std::move(id);
  check.level = "build";
  check.engine = "cxx";
  return check;
}

/// The end of what a tool printed, as one line: errors stand last.
std::string shown(std::string_view printed) {
  std::string text(printed.substr(printed.size() - std::min(printed.size(), k_most_shown)));
  std::ranges::replace(text, '\n', ' ');
  return text;
}

class Building {
 public:
  Building(const NativeTarget& target, const fs::path& folder, std::chrono::milliseconds limit, const Cancellation& cancellation,
           ValidationReport& report)
      : m_target(target), m_folder(folder), m_limit(limit), m_cancellation(cancellation), m_report(report) {}

  Status run() {
    const auto cmake = find_program({"cmake"});
    const auto compiler = find_program({"c++", "g++", "clang++"});
    if (!cmake || !compiler) {
      skip("configure", fmt::format("this host has no {}", cmake ? "C++ compiler" : "cmake"));
      return {};
    }
    TORCHUP_TRY(write(m_folder / "CMakeLists.txt", embedded_native_project()));
    TORCHUP_TRY(write(m_folder / "program.cc", embedded_native_program()));
    TORCHUP_TRY_ASSIGN(const std::optional<bool> configured, configure(*cmake));
    if (configured && !*configured) return {};
    const std::vector<std::string> command =
        configured ? std::vector<std::string>{*cmake, "--build", (m_folder / "build").string()} : plain_command(*compiler);
    TORCHUP_TRY_ASSIGN(const bool compiled, step("compile", command, configured ? "with cmake's package" : "with a compiler's own line"));
    return compiled ? run_program(configured ? m_folder / "build/check" : m_folder / "check") : Status();
  }

 private:
  void skip(const char* id, std::string why) {
    Check check = build_check(id);
    check.outcome = CheckOutcome::skip;
    check.detail = std::move(why);
    m_report.checks.push_back(std::move(check));
  }

  Result<ChildOutcome> start(const std::vector<std::string>& command) {
    const ChildCommand child{
        .arguments = command, .environment = environment_without({"LD_PRELOAD", "LD_LIBRARY_PATH", "CMAKE_*"}), .limit = m_limit};
    return run_child(
        child, [](std::string_view) {}, m_cancellation);
  }

  /// True: configured. Nothing: it cannot be, for want of a CUDA toolkit, which is no fault of the folder's.
  Result<std::optional<bool>> configure(const std::string& cmake) {
    std::vector<std::string> command = {cmake, "-S", m_folder.string(), "-B", (m_folder / "build").string()};
    for (std::string& argument : cmake_arguments(m_target.tree)) command.push_back(std::move(argument));
    const double begun = steady_seconds();
    TORCHUP_TRY_ASSIGN(const ChildOutcome outcome, start(command));
    if (outcome.code != 0 && outcome.printed.find("cannot find the CUDA") != std::string::npos) {
      skip("configure", "torch's cmake package wants the CUDA toolkit, which this host does not have");
      return std::optional<bool>();
    }
    return std::optional(judge("configure", outcome, "`find_package(Torch)` finds it", steady_seconds() - begun));
  }

  std::vector<std::string> plain_command(const std::string& compiler) const {
    std::vector<std::string> command = {compiler, (m_folder / "program.cc").string(), "-o", (m_folder / "check").string()};
    for (std::string& argument : compiler_arguments(m_target.tree)) command.push_back(std::move(argument));
    return command;
  }

  Result<bool> step(const char* id, const std::vector<std::string>& command, const std::string& how) {
    const double begun = steady_seconds();
    TORCHUP_TRY_ASSIGN(const ChildOutcome outcome, start(command));
    return judge(id, outcome, how, steady_seconds() - begun);
  }

  bool judge(const char* id, const ChildOutcome& outcome, const std::string& how, double seconds) {
    Check check = build_check(id);
    check.seconds = seconds;
    const bool passed = outcome.end == ChildEnd::exited && outcome.code == 0;
    check.outcome = passed ? CheckOutcome::pass : CheckOutcome::fail;
    check.detail = passed ? how : fmt::format("it {}: {}", describe_end(outcome, m_limit), shown(outcome.printed));
    m_report.checks.push_back(std::move(check));
    return passed;
  }

  Status run_program(const fs::path& program) {
    TORCHUP_TRY_ASSIGN(const ChildOutcome outcome, start({program.string()}));
    for (const std::string_view id : k_checks) m_report.checks.push_back(result_of(id, outcome));
    return {};
  }

  /// The line "check ID pass|fail DETAIL" of what the program printed.
  Check result_of(std::string_view id, const ChildOutcome& outcome) const {
    Check check = build_check(std::string(id));
    const std::string start = fmt::format("check {} ", id);
    const std::size_t at = outcome.printed.find(start);
    if (at == std::string::npos) {
      check.outcome = CheckOutcome::fail;
      check.detail = fmt::format("the program {}: {}", describe_end(outcome, m_limit), shown(outcome.printed));
      return check;
    }
    const std::string line = outcome.printed.substr(at + start.size(), outcome.printed.find('\n', at) - at - start.size());
    check.outcome = line.starts_with("pass ") ? CheckOutcome::pass : CheckOutcome::fail;
    check.detail = line.size() > 5 ? line.substr(5) : line;
    return check;
  }

  const NativeTarget& m_target;
  const fs::path& m_folder;
  std::chrono::milliseconds m_limit;
  const Cancellation& m_cancellation;
  ValidationReport& m_report;
};

}  // namespace

Status check_build(const NativeTarget& target, std::chrono::milliseconds limit, const Cancellation& cancellation,
                   ValidationReport& report) {
  TORCHUP_TRY_ASSIGN(const OwnedFolder folder, make_build_folder());
  return Building(target, folder.path(), limit, cancellation, report).run();
}

}  // namespace torchup
