// torchup debug: conformance checks, one line of standard input to one line of output, and checks of whole files.

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/target.hpp"

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/commands/debug_answers.hpp"
#include "src/commands/files.hpp"
#include "src/commands/parser.hpp"
#include "src/commands/wanted_files.hpp"
#include "src/host_python.hpp"
#include "src/ui/printable.hpp"
#include "src/verify/verify_artifact.hpp"

#include <fmt/format.h>

#include <iostream>

namespace torchup {
namespace {

struct LineAnswer {
  const char* name;
  const char* summary;
  std::string (*answer)(std::string_view line);
};

constexpr LineAnswer k_line_answers[] = {
    {"version-key", "VERSION to its normal form, or `invalid`", answer_version_key},
    {"compare", "`A B` to <, = or >", answer_compare},
    {"specifier", "SPEC, tab, VERSION, tab, `pre` to true, false or invalid", answer_specifier},
    {"filter", "SPEC, tab, VERSIONS, tab, `pre` or `final` to those that may be chosen", answer_filter},
    {"marker", "MARKER, tab, JSON object to true, false or invalid", answer_marker},
    {"requirement", "REQUIREMENT to its canonical form, or `invalid: why`", answer_requirement},
    {"wheel-name", "FILENAME to its parts, or `invalid: why`", answer_wheel_name},
};

/// Answers line by line as they come, so that another program can converse.
Result<int> answer_lines(std::string (*answer)(std::string_view)) {
  std::string line;
  while (std::getline(std::cin, line)) std::cout << answer(line) << "\n" << std::flush;
  return 0;
}

Result<TagTarget> host_tag_target(Application& application) {
  TORCHUP_TRY_ASSIGN(const Target target, probe_target_of_python(application.host(), ""));
  return target.tags;
}

/// What is not given is this host's. A platform that is this host's by name has this host's libc, too.
Result<TagTarget> tag_target(Application& application, const std::string& python, const std::string& platform) {
  if (!python.empty() && !platform.empty() && platform.find('-') == std::string::npos) return parse_tag_target(python, platform);
  const auto host = host_tag_target(application);
  if (!host && (python.empty() || platform.empty())) return failure(host.error());
  const std::string own_platform = host ? host->system + "-" + host->machine : "";
  const std::string own_python =
      host ? fmt::format("{}.{}{}", host->python_major, host->python_minor, host->free_threaded ? "t" : "") : std::string();
  const bool is_own = platform.empty() || platform == own_platform;
  // Any platform does for reading the Python where the host's own stands in for it.
  TORCHUP_TRY_ASSIGN(TagTarget wished, parse_tag_target(python.empty() ? own_python : python, is_own ? "linux-x86_64" : platform));
  if (!is_own) return wished;
  TagTarget own = *host;
  own.python_major = wished.python_major;
  own.python_minor = wished.python_minor;
  own.free_threaded = wished.free_threaded;
  return own;
}

Result<int> check_lock(Application& application, const std::string& file) {
  TORCHUP_TRY_ASSIGN(const std::string text, read_text_file(file));
  const auto lock = read_lock(text);
  application.print(lock ? "valid" : "invalid: " + printable(lock.error().message));
  return lock ? 0 : 1;
}

Result<int> check_wheels(Application& application, const std::vector<std::string>& files) {
  bool sound = true;
  for (const auto& file : files) {
    TORCHUP_TRY_ASSIGN(const auto broken, check_wheel(file));
    sound = sound && !broken;
    application.print(broken ? std::string(broken->rule) : "ok");
  }
  return sound ? 0 : 1;
}

Result<int> show_wanted(Application& application, const WantedFiles& files) {
  RequirementList list;
  const auto read = add_wanted_files(list, files, application.this_host());
  application.print(read ? answer_wanted(list) : "invalid: " + printable(read.error().message));
  return read ? 0 : 1;
}

Action define(Parser& parser) {
  struct Options {
    std::string python, platform, lock;
    std::vector<std::string> wheels;
    WantedFiles wanted;
  };
  auto options = std::make_shared<Options>();
  std::vector<std::pair<Parser, std::string (*)(std::string_view)>> lines;
  for (const auto& row : k_line_answers) lines.emplace_back(parser.command(row.name, row.summary), row.answer);
  Parser tags = parser.command("tags", "The tags that a target supports, best first");
  tags.option({"--python", "X.Y", "3.11, or 3.13t for a free-threaded one"}, options->python);
  tags.option({"--platform", "PLATFORM", "linux-x86_64, macos-arm64, manylinux_2_28_aarch64, ..."}, options->platform);
  Parser lock = parser.command("lock-check", "`valid`, or what makes a lock file invalid");
  lock.argument({"file", "FILE", "A lock file"}, options->lock, Needed::yes);
  Parser wanted = parser.command("requirements", "What requirements files or a pyproject.toml ask for, or `invalid: why`");
  add_file_options(wanted, options->wanted);
  Parser wheel = parser.command("wheel-check", "`ok`, or the name of the rule that a wheel breaks");
  wheel.argument({"files", "FILE", "Wheels"}, options->wheels, Needed::yes);
  return [options, lines, tags, lock, wanted](Application& application) -> Result<int> {
    for (const auto& [verb, answer] : lines) {
      if (verb.chosen()) return answer_lines(answer);
    }
    if (wanted.chosen()) return show_wanted(application, options->wanted);
    if (lock.chosen()) return check_lock(application, options->lock);
    if (!tags.chosen()) return check_wheels(application, options->wheels);
    TORCHUP_TRY_ASSIGN(const TagTarget target, tag_target(application, options->python, options->platform));
    application.print(answer_tags(target));
    return 0;
  };
}

}  // namespace

extern const Command debug_command;
const Command debug_command{"debug", "Answer conformance checks line by line", define};

}  // namespace torchup
