// Is the environment's interpreter there, for this machine, and the one that the environment was made for?
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/remedies.hpp"
#include "src/elf/elf_file.hpp"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <system_error>

namespace torchup {

extern const DoctorCheck python_check;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_findings[] = {"interpreter-missing", "interpreter-architecture", "interpreter-differs"};

/// The machine of an ELF file in uname's words, read without asking it to be 64-bit: "x86_64", "i686", "aarch64"; empty where it is
/// no program.
std::string machine_of(const fs::path& program) {
  std::ifstream file(program, std::ios::binary);
  unsigned char head[20] = {};
  file.read(reinterpret_cast<char*>(head), sizeof head);
  if (!file || std::memcmp(head,
                           "\x7f"
                           "ELF",
                           4) != 0)
    return {};
  const unsigned machine = head[18] | (unsigned{head[19]} << 8U);
  constexpr unsigned k_386 = 3, k_arm = 40;
  if (machine == k_386) return "i686";
  if (machine == k_arm) return "armv7l";
  return elf_machine_name(static_cast<std::uint16_t>(machine));
}

/// The version in the name of the file that the interpreter's links end at: "3.11" of /usr/bin/python3.11.
std::string version_in_name(const fs::path& program) {
  constexpr std::string_view k_python = "python";
  const std::string name = program.filename().string();
  return name.starts_with(k_python) && name.find('.') != std::string::npos ? name.substr(k_python.size()) : "";
}

std::vector<std::string> make_anew(const InstalledEnvironment& environment) {
  const std::string root = environment.root.string();
  if (environment.kind == "torchup")
    return {fmt::format("`mv {0} {0}.broken && torchup sync {0}.broken/current/pylock.toml --env {0}`", shell_word(root))};
  if (environment.kind == "conda") return {fmt::format("`conda install -p {} python={}`", shell_word(root), environment.python_version)};
  return {fmt::format("`python{} -m venv --upgrade {}`", environment.python_version, shell_word(root)),
          "make the environment anew with an interpreter that is there"};
}

CheckReport run(const DoctorInput& input) {
  const InstalledEnvironment& environment = *input.environment;
  std::error_code error;
  const fs::path program = fs::canonical(environment.python, error);
  if (error) {
    const fs::path leads_to = fs::read_symlink(environment.python, error);
    return {.status = {},
            .findings = {{.id = "interpreter-missing",
                          .severity = Severity::error,
                          .title = fmt::format("the environment's interpreter `{}` is not there", environment.python.string()),
                          .evidence = {error ? "there is no such file" : fmt::format("its link leads to `{}`", leads_to.string()),
                                       "the Python that it was made from was moved or removed"},
                          .remedy = make_anew(environment)}}};
  }
  CheckReport report{.status = fmt::format("CPython {} of {}", environment.python_full_version, program.string())};
  const std::string machine = machine_of(program), host = input.host.machine();
  if (!machine.empty() && machine != host && !(machine == "i686" && host.starts_with("i"))) {
    report.findings.push_back({.id = "interpreter-architecture",
                               .severity = Severity::error,
                               .title = fmt::format("the interpreter is built for {}, and this machine is {}", machine, host),
                               .evidence = {program.string()},
                               .remedy = {fmt::format("make the environment with an interpreter for {}: torch has no wheels that a {} "
                                                      "interpreter takes on it",
                                                      host, machine)}});
  }
  const std::string named = version_in_name(program);
  if (!named.empty() && named != environment.python_version) {
    report.findings.push_back(
        {.id = "interpreter-differs",
         .severity = Severity::error,
         .title = fmt::format("the packages are of Python {}, and the interpreter is {} now", environment.python_version, named),
         .evidence = {fmt::format("`{}` leads to `{}`", environment.python.string(), program.string()), environment.site_packages.string()},
         .remedy = make_anew(environment)});
  }
  return report;
}

}  // namespace

constinit const DoctorCheck python_check = {.name = "python",
                                            .title = "Interpreter",
                                            .describes = "the environment's interpreter is there and for this machine",
                                            .needs = CheckNeeds::environment | CheckNeeds::this_machine,
                                            .findings = k_findings,
                                            .run = run};

}  // namespace torchup
