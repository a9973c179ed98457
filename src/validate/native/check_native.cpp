#include "src/validate/native/check_native.hpp"

#include "torchup/kernels/run_kernel.hpp"
#include "torchup/system/file_descriptor.hpp"

#include "src/elf/native_binary.hpp"
#include "src/elf/string_abi.hpp"
#include "src/validate/counted.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_named = 20;
constexpr std::size_t k_most_files = 20'000;
constexpr std::uint64_t k_most_version_bytes = 4096;

Check static_check(const char* id) {
  Check check;
  check.id = id;
  check.level = "load";
  check.engine = "static";
  return check;
}

/// The regular files right in a folder, sorted; links lead to files that are here too, or out.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && files.size() < k_most_files; entry.increment(error)) {
    std::error_code ignored;
    if (fs::is_regular_file(entry->symlink_status(ignored))) files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

/// Why a file is not what is wanted; empty where it is, or is no program and no library.
std::string machine_fault(const fs::path& file, const fs::path& root, const NativeBuild& wanted, std::size_t& seen) {
  const auto binary = read_native_binary(file);
  if (!binary) return binary.error().message;
  if (!*binary) return {};
  ++seen;
  const auto& [system, machines] = **binary;
  const bool fits = system == wanted.system &&
                    std::ranges::any_of(machines, [&](const std::string& machine) { return is_same_machine(machine, wanted.machine); });
  if (fits) return {};
  return fmt::format("`{}` is for {} on {}, and {} on {} is wanted", file.lexically_relative(root).generic_string(), system,
                     fmt::join(machines, " and "), wanted.system, wanted.machine);
}

std::string first_line(std::string_view text) {
  const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size()));
  return std::string(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
}

/// "2.15.0" of "2.15.0+cu132": what stands before a local label.
std::string release_of(const std::string& version) { return version.substr(0, version.find('+')); }

}  // namespace

Status check_machines(const NativeTarget& target, const Cancellation& cancellation, ValidationReport& report) {
  const double start = steady_seconds();
  Check check = static_check("machine");
  std::vector<std::string> faults;
  std::size_t seen = 0, libraries = 0;
  for (const char* folder : {"lib", "bin"}) {
    for (const fs::path& file : files_in(target.tree.root / folder)) {
      TORCHUP_TRY(cancellation.check());
      if (auto fault = machine_fault(file, target.tree.root, target.build, seen); !fault.empty()) faults.push_back(std::move(fault));
    }
    if (libraries == 0) libraries = seen;
  }
  const std::size_t more = faults.size() > k_most_named ? faults.size() - k_most_named : 0;
  faults.resize(faults.size() - more);
  check.seconds = steady_seconds() - start;
  check.outcome = faults.empty() && libraries > 0 ? CheckOutcome::pass : CheckOutcome::fail;
  if (!faults.empty())
    check.detail = fmt::format("{}{}", fmt::join(faults, "; "), more > 0 ? fmt::format("; and {} more", more) : "");
  else if (libraries == 0)
    check.detail = "`lib` holds no library";
  else
    check.detail = fmt::format("{} for {} on {}", counted(seen, "file is", "files are"), target.build.system, target.build.machine);
  report.checks.push_back(std::move(check));
  return {};
}

void check_abi(const NativeTarget& target, ValidationReport& report) {
  const double start = steady_seconds();
  Check check = static_check("abi");
  const auto skip = [&](std::string why) {
    check.outcome = CheckOutcome::skip;
    check.detail = std::move(why);
    report.checks.push_back(std::move(check));
  };
  if (target.build.system != "linux") return skip("only GCC's library has two kinds of std::string");
  const auto symbols = defined_symbols(target.tree.root / "lib/libc10.so");
  check.seconds = steady_seconds() - start;
  if (!symbols) {
    check.outcome = CheckOutcome::fail;
    check.detail = symbols.error().message;
    report.checks.push_back(std::move(check));
    return;
  }
  const std::string found = string_abi(*symbols);
  if (found.empty()) return skip("no symbol of `lib/libc10.so` tells which std::string it takes");
  if (target.build.abi.empty()) return skip(fmt::format("`lib/libc10.so` takes the {} std::string, and none is known to be wanted", found));
  check.outcome = found == target.build.abi ? CheckOutcome::pass : CheckOutcome::fail;
  check.detail = found == target.build.abi
                     ? fmt::format("`lib/libc10.so` takes the {} std::string", found)
                     : fmt::format("`lib/libc10.so` takes the {} std::string, and the {} one is wanted", found, target.build.abi);
  report.checks.push_back(std::move(check));
}

void check_version(const NativeTarget& target, ValidationReport& report) {
  Check check = static_check("version");
  const auto text = read_whole_file(target.tree.root / "build-version", k_most_version_bytes);
  const std::string said = text ? first_line(*text) : "";
  if (!text) {
    check.outcome = CheckOutcome::fail;
    check.detail = text.error().message;
  } else if (target.tree.version.empty()) {
    check.outcome = CheckOutcome::skip;
    check.detail = fmt::format("`build-version` says `{}`, and no release is known to be wanted", said);
  } else {
    check.outcome = release_of(said) == target.tree.version ? CheckOutcome::pass : CheckOutcome::fail;
    check.detail = check.outcome == CheckOutcome::pass
                       ? fmt::format("`build-version` says {}", said)
                       : fmt::format("`build-version` says `{}`, and {} is wanted", said, target.tree.version);
  }
  report.checks.push_back(std::move(check));
}

void check_library_version(const NativeTarget& target, ValidationReport& report) {
  constexpr std::string_view interface = "C interface ";
  const auto loaded = std::ranges::find(report.checks, "libtorch", &Check::id);
  if (loaded == report.checks.end() || loaded->outcome != CheckOutcome::pass) return;
  Check check = static_check("library-version");
  check.level = "numeric";
  check.engine = "torch-c";
  const std::size_t at = loaded->detail.rfind(interface);
  const std::string said = at == std::string::npos ? "" : loaded->detail.substr(at + interface.size());
  if (said.empty() || !(said.front() >= '0' && said.front() <= '9') || target.tree.version.empty()) {
    check.outcome = CheckOutcome::skip;
    check.detail = target.tree.version.empty() ? "no release is known to be wanted" : "a library of before 2.8 does not say its version";
  } else {
    check.outcome = said == target.tree.version ? CheckOutcome::pass : CheckOutcome::fail;
    check.detail = check.outcome == CheckOutcome::pass
                       ? fmt::format("the loaded library says {}", said)
                       : fmt::format("the loaded library says `{}`, and {} is wanted", said, target.tree.version);
  }
  report.checks.push_back(std::move(check));
}

}  // namespace torchup
