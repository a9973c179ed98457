#include "src/kept_bytecode.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include "src/install/bytecode.hpp"
#include "src/validate/child/child_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <span>
#include <sys/stat.h>

namespace torchup {

std::string_view embedded_compile_sources();

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds k_limit{120};  // torch's 1,900 modules take 7 s of one core
constexpr const char* k_work_file = "work";

/// The Python sources of a wheel that the interpreter has compiled in the generation. What a wheel keeps in its .data folders is
/// not where the generation has it, and has none.
std::vector<const TreeFile*> compiled_sources(const ArtifactManifest& manifest, const fs::path& site_packages, std::string_view tag) {
  std::vector<const TreeFile*> sources;
  for (const TreeFile& file : manifest.files) {
    struct stat status;
    if (file.path.ends_with(".py") && ::lstat((site_packages / bytecode_path(file.path, tag)).c_str(), &status) == 0 &&
        S_ISREG(status.st_mode)) {
      sources.push_back(&file);
    }
  }
  return sources;
}

/// The compiler's order, as compile_sources.py reads it: source, target and time, each closed by a NUL.
std::string order_of(const std::vector<const TreeFile*>& sources, const fs::path& from, const fs::path& to, std::string_view tag) {
  std::string order;
  for (const TreeFile* source : sources) {
    order += (from / source->path).string() + '\0' + (to / bytecode_path(source->path, tag)).string() + '\0';
    order += fmt::format("{}", bytecode_time(source->sha256).time_since_epoch().count()) + '\0';
  }
  return order;
}

/// What was compiled; not every source can be.
std::vector<TreeFile> made_files(const std::vector<const TreeFile*>& sources, const fs::path& folder, std::string_view tag) {
  std::vector<TreeFile> files;
  for (const TreeFile* source : sources) {
    std::string path = bytecode_path(source->path, tag);
    std::error_code missing;
    const std::uint64_t size = fs::file_size(folder / path, missing);
    const auto digest = missing ? Result<Sha256>(failure({})) : sha256_file(folder / path);
    if (digest) files.push_back({.path = std::move(path), .size = size, .sha256 = *digest});
  }
  std::ranges::sort(files, {}, &TreeFile::path);
  return files;
}

Status run_compiler(const std::string& python, const fs::path& order, const Cancellation& given_up) {
  const ChildCommand command{
      .arguments = {python, "-I", "-S", "-B", "-c", std::string(embedded_compile_sources()), order.string()},
      .environment = environment_without({"PYTHON*", "LD_PRELOAD"}),
      .limit = k_limit,
  };
  TORCHUP_TRY_ASSIGN(const ChildOutcome outcome, run_child(
                                                     command, [](std::string_view) {}, given_up));
  if (outcome.end == ChildEnd::exited && outcome.code == 0) return {};
  return failure({ErrorKind::install, fmt::format("the compiler of bytecode {}", describe_end(outcome, k_limit)), {}, {}});
}

Status write_file(const fs::path& path, std::string_view content) {
  TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
  TORCHUP_TRY(file.write(std::as_bytes(std::span(content))));
  return file.close();
}

}  // namespace

void find_bytecode(std::vector<WantedPackage>& wanted, const Store& store, const PythonLayout& python) {
  const std::string tag = cache_tag(python);
  if (tag.empty()) return;
  for (WantedPackage& package : wanted) {
    const Sha256 key = bytecode_key(package.artifact.sha256(), tag);
    package.bytecode = store.find(key);
    if (package.bytecode) store.mark_used(key);
  }
}

BytecodeCompilation::~BytecodeCompilation() {
  m_given_up.request();
  if (m_thread.joinable()) m_thread.join();
  for (const StagedTree& tree : m_trees) m_store.discard(tree.staging);
}

void BytecodeCompilation::start(const Generation& generation, const std::vector<WantedPackage>& wanted) {
  if (m_thread.joinable() || cache_tag(m_python).empty()) return;
  m_thread = std::thread([&] { m_compiled = compile(generation, wanted); });
}

Status BytecodeCompilation::compile(const Generation& generation, const std::vector<WantedPackage>& wanted) {
  const std::string tag = cache_tag(m_python);
  std::vector<std::vector<const TreeFile*>> sources;  // of each tree
  std::string order;
  for (const WantedPackage& package : wanted) {
    const ArtifactManifest& wheel = package.artifact.manifest();
    if (package.bytecode) continue;
    std::vector<const TreeFile*> compiled = compiled_sources(wheel, generation.site_packages, tag);
    if (compiled.empty()) continue;
    const Sha256 key = bytecode_key(package.artifact.sha256(), tag);
    TORCHUP_TRY_ASSIGN(fs::path staging, m_store.stage(key));
    order += order_of(compiled, package.artifact.tree(), staging / "tree", tag);
    m_trees.push_back({key, std::move(staging), {wheel.name, wheel.version, fmt::format("bytecode of {} for {}", wheel.wheel, tag), {}}});
    sources.push_back(std::move(compiled));
  }
  if (m_trees.empty()) return {};
  const fs::path work = m_trees.front().staging / k_work_file;
  TORCHUP_TRY(write_file(work, order));
  TORCHUP_TRY(run_compiler(m_python.executable, work, m_given_up));
  std::error_code gone;
  fs::remove(work, gone);
  for (std::size_t i = 0; i < m_trees.size(); ++i) m_trees[i].manifest.files = made_files(sources[i], m_trees[i].staging / "tree", tag);
  return {};
}

Result<std::size_t> BytecodeCompilation::publish() {
  if (!m_thread.joinable()) return std::size_t{0};
  m_thread.join();
  if (!m_compiled) return failure(m_compiled.error());
  std::size_t files = 0;
  for (const StagedTree& tree : m_trees) files += tree.manifest.files.size();
  TORCHUP_TRY(m_store.publish_all(m_trees).map([](const auto&) {}));
  m_trees.clear();
  return files;
}

}  // namespace torchup
