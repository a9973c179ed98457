#include "src/validate/bench/count_instructions.hpp"

#include "src/validate/bench/bench_worker.hpp"
#include "src/validate/bench/case_files.hpp"
#include "src/validate/bench/counted_runs.hpp"
#include "src/validate/child/child_process.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace torchup {

namespace {

constexpr std::chrono::minutes k_limit{20};
constexpr std::size_t k_quoted = 400;

/// The first of PATH.
std::string find_program(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    if (folder.empty()) continue;
    std::string program = fmt::format("{}/{}", folder, name);
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

/// The program's own file, since a link such as /proc/self/exe would be valgrind's.
std::filesystem::path file_of(const std::filesystem::path& program) {
  std::error_code is_no_link;
  auto file = std::filesystem::read_symlink(program, is_no_link);
  return is_no_link ? program : file;
}

std::optional<std::uint64_t> total_in_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return callgrind_total(text);
}

ChildCommand counting_command(const std::string& valgrind, const std::filesystem::path& self_program,
                              const std::filesystem::path& site_packages, const std::filesystem::path& output) {
  ChildCommand command;
  command.arguments = {valgrind,
                       "--tool=callgrind",
                       "--callgrind-out-file=" + output.string(),
                       fmt::format("--toggle-collect={}", k_counted_function),
                       fmt::format("--dump-after={}", k_counted_function),
                       "--error-limit=no"};
  const WorkerCommand worker = torch_worker_command(file_of(self_program), site_packages, std::nullopt);
  command.arguments.insert(command.arguments.end(), worker.arguments.begin(), worker.arguments.end());
  command.arguments.emplace_back(k_count_runs);
  command.environment = worker.environment;
  command.limit = k_limit;
  return command;
}

}  // namespace

Result<std::string> find_valgrind() {
  std::string valgrind = find_program("valgrind");
  if (valgrind.empty()) {
    return failure({ErrorKind::host,
                    "instructions cannot be counted: `valgrind` is not installed",
                    {},
                    {"install your system's package `valgrind`, or leave `--instructions` out"}});
  }
  return valgrind;
}

std::optional<std::uint64_t> callgrind_total(std::string_view text) {
  for (const std::string_view name : {"\ntotals: ", "\nsummary: "}) {
    const std::size_t line = text.rfind(name);
    if (line == std::string_view::npos) continue;
    std::uint64_t total = 0;
    const auto [end, error] = std::from_chars(text.data() + line + name.size(), text.data() + text.size(), total);
    if (error == std::errc()) return total;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> instructions_of_one(std::uint64_t few, std::uint64_t many) {
  if (many <= few) return std::nullopt;
  return (many - few) / (k_many_runs - k_few_runs);
}

Result<std::vector<InstructionCount>> count_instructions(const std::filesystem::path& self_program,
                                                         const std::filesystem::path& site_packages, Diagnostics& diagnostics,
                                                         const Cancellation& cancellation) {
  TORCHUP_TRY_ASSIGN(const std::string valgrind, find_valgrind());
  diagnostics.note("counting instructions with callgrind");
  TORCHUP_TRY_ASSIGN(const OwnedFolder folder, make_scratch_folder());
  const auto output = folder.path() / "callgrind";
  const ChildCommand command = counting_command(valgrind, self_program, site_packages, output);
  std::vector<InstructionCount> counts;
  const auto take = [&](std::string_view line) {
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos && counts.size() < 1000)
      counts.push_back({std::string(line.substr(0, space)), std::string(line.substr(space + 1)), "torch-c", false, 0});
  };
  TORCHUP_TRY_ASSIGN(const ChildOutcome outcome, run_child(command, take, cancellation));
  if (outcome.end != ChildEnd::exited || outcome.code != 0 || counts.empty()) {
    const std::size_t quoted = std::min(outcome.printed.size(), k_quoted);
    return failure({ErrorKind::host,
                    fmt::format("counting instructions failed: valgrind {}", describe_end(outcome, k_limit)),
                    {fmt::format("it printed: {}", outcome.printed.substr(outcome.printed.size() - quoted))},
                    {}});
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto few = total_in_file(fmt::format("{}.{}", output.string(), 2 * i + 1));
    const auto many = total_in_file(fmt::format("{}.{}", output.string(), 2 * i + 2));
    const auto one = few && many ? instructions_of_one(*few, *many) : std::nullopt;
    if (!one) return failure({ErrorKind::host, fmt::format("callgrind counted nothing in `{}`", k_counted_function), {}, {}});
    counts[i].count = *one;
  }
  return counts;
}

}  // namespace torchup
