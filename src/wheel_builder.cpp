#include "src/wheel_builder.hpp"

#include "torchup/resolver/wheel_name.hpp"
#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"
#include "torchup/system/owned_folder.hpp"

#include "src/archive/read_entry.hpp"
#include "src/archive/tar_archive.hpp"
#include "src/archive/zip_directory.hpp"
#include "src/build_system.hpp"
#include "src/index/core_metadata.hpp"
#include "src/index/sdist_reader.hpp"
#include "src/validate/child/child_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <system_error>

namespace torchup {

std::string_view embedded_build_hook();

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes k_time_limit{60};
constexpr std::uint64_t k_largest_wheel = 4ULL << 30;
constexpr std::size_t k_most_answers = 1000;

/// What a compiler may need of the user's environment. Everything else stays out: indexes with passwords, a Python's own settings.
constexpr std::array k_passed_on = {"HOME",
                                    "LANG",
                                    "LC_ALL",
                                    "TMPDIR",
                                    "TZ",
                                    "CC",
                                    "CXX",
                                    "CFLAGS",
                                    "CXXFLAGS",
                                    "CPPFLAGS",
                                    "LDFLAGS",
                                    "CUDA_HOME",
                                    "CUDA_PATH",
                                    "ROCM_HOME",
                                    "MAX_JOBS",
                                    "NVCC_FLAGS",
                                    "TORCH_CUDA_ARCH_LIST",
                                    "SOURCE_DATE_EPOCH",
                                    "LD_LIBRARY_PATH",
                                    "PKG_CONFIG_PATH"};

Result<OwnedFolder> make_work_folder(const fs::path& parent) {
  std::error_code problem;
  fs::create_directories(parent, problem);
  std::string pattern = (parent / "work-XXXXXX").string();
  if (problem || ::mkdtemp(pattern.data()) == nullptr) return failure(host_error("make a folder in", parent, errno));
  return OwnedFolder(pattern);
}

Status make_folder(const fs::path& path) {
  std::error_code problem;
  fs::create_directories(path, problem);
  if (problem) return failure(host_error("make the folder", path, problem.value()));
  return {};
}

/// The last line that says something.
std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return {};
  const auto start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     std::min<std::size_t>(end - (start == std::string::npos ? 0 : start + 1) + 1, 300));
}

class Build {
 public:
  Build(const Ports& ports, const BuildSettings& settings, const SourceDistribution& source, OwnedFolder work)
      : m_ports(ports),
        m_settings(settings),
        m_source(source),
        m_work(std::move(work)),
        m_log(ports.cache / "builds" / "logs" / fmt::format("{}-{}.log", source.name.text(), source.version.text())) {
    m_ports.ledger = m_work.path() / "ledger.db";  // a build's environment is no part of the history
  }

  /// Runs one hook, once all that it needs is there. Gives its answer, "wheel FILE" or "metadata FOLDER".
  Result<std::string> run(const char* hook) {
    m_ports.diagnostics.note(fmt::format("building {} {}; its log is {}", m_source.name.text(), m_source.version.text(), m_log.string()));
    std::error_code none;
    fs::remove(m_log, none);
    TORCHUP_TRY(unpack());
    TORCHUP_TRY(make_environment(m_system.requirements));
    TORCHUP_TRY_ASSIGN(const std::vector<std::string> more, answers_of("requires"));
    if (!more.empty()) {
      std::vector<Requirement> all = m_system.requirements;
      for (const auto& text : more) {
        TORCHUP_TRY_ASSIGN(Requirement requirement, with_context(Requirement::parse(text), "while asking the backend what it needs"));
        all.push_back(std::move(requirement));
      }
      TORCHUP_TRY(make_environment(all));
    }
    TORCHUP_TRY(make_folder(out()));
    TORCHUP_TRY_ASSIGN(std::vector<std::string> answers, answers_of(hook));
    if (answers.size() != 1) return failed("its backend gives no answer");
    return std::move(answers.front());
  }

  fs::path out() const { return m_work.path() / "out"; }

  tl::unexpected<Error> failed(std::string_view why) const {
    return failure({ErrorKind::install,
                    fmt::format("`{}` {} cannot be built: {}", m_source.name.text(), m_source.version.text(), why),
                    {},
                    {fmt::format("what the build printed is in `{}`", m_log.string())}});
  }

 private:
  Status unpack() {
    const fs::path folder = m_work.path() / "source";
    TORCHUP_TRY(make_folder(folder));
    TORCHUP_TRY_ASSIGN(const std::string bytes, read_whole_file(m_source.file, k_largest_sdist));
    TORCHUP_TRY(
        with_context(unpack_tar(std::as_bytes(std::span(bytes)), folder), fmt::format("while unpacking `{}`", m_source.file.string())));
    std::error_code problem;
    std::vector<fs::path> top;
    for (const auto& entry : fs::directory_iterator(folder, problem)) top.push_back(entry.path());
    if (top.size() != 1 || !fs::is_directory(top.front())) return failed("its archive has not one top folder");
    m_root = top.front();
    if (!fs::exists(m_root / "pyproject.toml")) {
      m_system = legacy_build_system();
      return {};
    }
    TORCHUP_TRY_ASSIGN(const std::string toml, read_whole_file(m_root / "pyproject.toml", 4U << 20));
    TORCHUP_TRY_ASSIGN(m_system,
                       with_context(parse_build_system(toml), fmt::format("while reading how `{}` is built", m_source.name.text())));
    return {};
  }

  /// Brings the environment to these requirements, by the stages that every install goes through.
  Status make_environment(const std::vector<Requirement>& requirements) {
    InstallWish install{.lock = {}, .root = m_work.path() / "env", .target = m_settings.target, .validate = false, .command = "build"};
    if (!requirements.empty()) {
      LockWish wish;
      wish.variant = m_settings.variant;
      wish.fallback = m_settings.fallback;
      wish.list.requirements = requirements;
      wish.python = m_settings.target.python.path;
      wish.python_is_here = true;
      wish.index_url = m_settings.index_url;
      wish.torch_index_url = m_settings.torch_index_url;
      TORCHUP_TRY_ASSIGN(LockOutcome outcome, with_context(make_lock(m_ports, wish), frame()));
      if (const auto* unsolvable = std::get_if<Explanation>(&outcome)) {
        return failure({ErrorKind::unsolvable,
                        fmt::format("what `{}` {} needs to be built cannot be had", m_source.name.text(), m_source.version.text()),
                        {unsolvable->text},
                        unsolvable->hints});
      }
      install.lock = std::get<Locked>(std::move(outcome)).lock;
    }
    TORCHUP_TRY_ASSIGN(PreparedInstall prepared, with_context(prepare_install(m_ports, install), frame()));
    TORCHUP_TRY_ASSIGN(const Installed installed, with_context(carry_out_install(m_ports, install, std::move(prepared)), frame()));
    m_python = installed.environment.current->python;
    return {};
  }

  std::string frame() const { return fmt::format("while making the environment that `{}` is built in", m_source.name.text()); }

  Result<std::vector<std::string>> answers_of(const char* hook) {
    TORCHUP_TRY(make_folder(m_log.parent_path()));
    std::string folders;
    for (const auto& folder : m_system.folders) folders += folder + ":";
    const ChildCommand command{.arguments = {m_python.string(), "-I", "-c", std::string(embedded_build_hook()), hook, m_root.string(),
                                             m_system.backend, folders, out().string(), m_log.string()},
                               .environment = child_environment(),
                               .limit = k_time_limit};
    std::vector<std::string> answers;
    const auto take = [&](std::string_view line) {
      if (answers.size() < k_most_answers) answers.emplace_back(line);
    };
    TORCHUP_TRY_ASSIGN(const ChildOutcome outcome, run_child(command, take, m_ports.cancellation));
    if (outcome.end == ChildEnd::exited && outcome.code == 0) return answers;
    const auto log = read_whole_file(m_log, 64U << 20);
    const std::string said = last_line(log ? *log : outcome.printed);
    return failed(fmt::format("its backend {}{}", describe_end(outcome, command.limit), said.empty() ? "" : fmt::format(" (`{}`)", said)));
  }

  std::vector<std::string> child_environment() const {
    std::vector<std::string> variables;
    for (const char* name : k_passed_on) {
      if (const auto value = m_ports.this_host.environment(name)) variables.push_back(fmt::format("{}={}", name, *value));
    }
    const std::string path = m_ports.this_host.environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    variables.push_back(fmt::format("PATH={}:{}", m_python.parent_path().string(), path));
    return variables;
  }

  Ports m_ports;
  const BuildSettings& m_settings;
  const SourceDistribution& m_source;
  OwnedFolder m_work;
  fs::path m_log, m_root, m_python;
  BuildSystem m_system;
};

/// What follows `word` in the answer "word NAME", where NAME is one path part.
std::optional<std::string> named_in(const std::string& answer, std::string_view word) {
  if (!answer.starts_with(word) || answer.size() <= word.size() + 1) return std::nullopt;
  std::string name = answer.substr(word.size() + 1);
  if (name.find('/') != std::string::npos || name == "." || name == "..") return std::nullopt;
  return name;
}

/// One that a wheel's own directory leads to; see wheel_reader.cpp for the same over a network.
Result<std::string> metadata_of(const fs::path& wheel) {
  TORCHUP_TRY_ASSIGN(const std::string bytes, read_whole_file(wheel, k_largest_wheel));
  const auto all = std::as_bytes(std::span(bytes));
  TORCHUP_TRY_ASSIGN(const auto parsed, parse_zip_directory(all, bytes.size()));
  if (const auto* directory = std::get_if<ZipDirectory>(&parsed)) {
    for (const ZipEntry& entry : directory->entries) {
      if (entry.name.ends_with(".dist-info/METADATA") && entry.header_offset < bytes.size())
        return read_entry(all.subspan(static_cast<std::size_t>(entry.header_offset)), entry);
    }
  }
  return failure({ErrorKind::integrity, fmt::format("the built wheel `{}` has no METADATA", wheel.filename().string()), {}, {}});
}

/// Whether a wheel is what was to be built, and runs on the target.
Status check_wheel(const std::string& file, const BuildSettings& settings, const SourceDistribution& source) {
  const auto name = WheelName::parse(file);
  if (name && name->name == source.name && name->version == source.version && name->rank(SupportedTags(settings.target.tags))) return {};
  return failure({ErrorKind::integrity,
                  fmt::format("the build of `{}` {} made `{}`, which is no wheel of it for this interpreter", source.name.text(),
                              source.version.text(), file),
                  {},
                  {}});
}

/// One folder for each sdist and interpreter: a wheel that was built for one may not run on another.
fs::path built_folder(const Ports& ports, const BuildSettings& settings, const SourceDistribution& source) {
  const Target& target = settings.target;
  return ports.cache / "builds" / source.sha256.hex() /
         fmt::format("{}{}-{}", target.python_version.text(), target.tags.free_threaded ? "t" : "", target.platform);
}

Result<BuiltWheel> describe(const fs::path& path) {
  TORCHUP_TRY_ASSIGN(const Sha256 digest, sha256_file(path));
  return BuiltWheel{.path = path, .name = path.filename().string(), .size = fs::file_size(path), .sha256 = digest};
}

}  // namespace

Result<std::string> build_metadata(const Ports& ports, const BuildSettings& settings, const SourceDistribution& source) {
  TORCHUP_TRY_ASSIGN(OwnedFolder work, make_work_folder(ports.cache / "builds"));
  Build build(ports, settings, source, std::move(work));
  TORCHUP_TRY_ASSIGN(const std::string answer, build.run("metadata"));
  if (const auto folder = named_in(answer, "metadata")) return read_whole_file(build.out() / *folder / "METADATA", k_metadata_limit);
  const auto wheel = named_in(answer, "wheel");
  if (!wheel) return build.failed(fmt::format("its backend answers `{}`", answer));
  return metadata_of(build.out() / *wheel);
}

Result<BuiltWheel> build_wheel(const Ports& ports, const BuildSettings& settings, const SourceDistribution& source) {
  const fs::path folder = built_folder(ports, settings, source);
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    if (check_wheel(entry.path().filename().string(), settings, source)) return describe(entry.path());
  }
  TORCHUP_TRY_ASSIGN(OwnedFolder work, make_work_folder(ports.cache / "builds"));
  Build build(ports, settings, source, std::move(work));
  TORCHUP_TRY_ASSIGN(const std::string answer, build.run("wheel"));
  const auto wheel = named_in(answer, "wheel");
  if (!wheel) return build.failed(fmt::format("its backend answers `{}`", answer));
  TORCHUP_TRY(check_wheel(*wheel, settings, source));
  TORCHUP_TRY(make_folder(folder));
  fs::rename(build.out() / *wheel, folder / *wheel, problem);
  if (problem) return build.failed(fmt::format("its wheel cannot be kept: {}", problem.message()));
  return describe(folder / *wheel);
}

}  // namespace torchup
