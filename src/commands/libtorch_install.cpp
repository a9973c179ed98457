#include "src/commands/libtorch_install.hpp"

#include "torchup/resolver/dependency_tree.hpp"
#include "torchup/resolver/native_archive.hpp"

#include "src/commands/amounts.hpp"
#include "src/commands/print_lock.hpp"
#include "src/libtorch/native_packages.hpp"
#include "src/native_install.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace torchup {
namespace {

bool talks(const Application& application) { return !application.options().json && !application.options().quiet; }

std::string archive_text(const ChosenArchive& archive, const Terminal& terminal) {
  Table table;
  table.rows.push_back({{"variant", Style::dim}, {archive.variant, Style::bold}});
  table.rows.push_back({{""}, {archive.summary}});
  table.rows.push_back({{"archive", Style::dim}, {archive.url.text()}});
  return table_text(table, terminal);
}

/// Without its digest nothing can be planned, and that takes the whole download.
int print_unknown(Application& application, const ChosenArchive& archive, const std::filesystem::path& root) {
  if (application.options().json) {
    auto document = new_document();
    document["environment"] = root.string();
    document["variant"] = archive.variant;
    document["archive"] = {{"url", archive.url.text()}, {"sha256", nullptr}};
    application.print(json_document(document));
  } else if (!application.options().quiet) {
    application.print("its digest is not known before it is downloaded; nothing was changed (--dry-run)\n");
  }
  return 0;
}

/// A refused archive that was there before: how to trust the new one.
Error with_record_hint(Error error, const ArchiveRecord& record) {
  if (error.kind == ErrorKind::integrity && error.message.find("downloaded first") != std::string::npos) {
    error.hints.push_back(fmt::format(
        "its first digest stands in `{}`; remove that line if you trust the new archive, or use `--from-wheel`", record.file().string()));
  }
  return error;
}

Result<int> install_archive(Application& application, const LibtorchInstallOptions& options, const ChosenArchive& archive) {
  const Ports ports = pipeline_ports(application);
  const auto root = libtorch_root(options.to);
  if (talks(application)) application.print(archive_text(archive, application.out()));
  TORCHUP_TRY_ASSIGN(const bool is_known, is_known_archive(ports, archive));
  if (options.install.dry_run && !is_known) return print_unknown(application, archive, root);
  std::uint64_t rate = 0;
  if (!options.install.rate.empty()) {
    TORCHUP_TRY_ASSIGN(rate, parse_bytes(options.install.rate, "--limit-rate"));
  }
  TORCHUP_TRY_ASSIGN(const std::vector<Mirror> mirrors, wanted_mirrors(options.install.mirrors, application.configuration()));
  TORCHUP_TRY_ASSIGN(NativeSource source, bring_archive(ports, archive, mirrors, rate));
  InstallWish wish{
      .lock = {},
      .root = root,
      .target = {.python = {}, .python_version = archive.version, .markers = {}, .tags = {}, .platform = {}},  // no interpreter
      .command = "libtorch install",
      .kind = EnvironmentKind::libtorch,
      .archive = std::move(source)};
  wish.lock.tool.variant = archive.variant;
  wish.lock.tool.requests = {fmt::format("libtorch=={}", archive.version.text())};
  auto installed = install_lock(application, options.install, std::move(wish), nullptr);
  if (!installed) return failure(with_record_hint(std::move(installed).error(), archive_record(ports)));
  return installed;
}

/// The wheel takes another std::string than the wish wants: then it is no help.
Status check_wheel_abi(const Application& application, const Lockfile& lock, const std::string& abi) {
  for (const LockedPackage& package : lock.packages) {
    if (abi.empty() || package.name.text() != "torch" || package.wheels.empty()) continue;
    const std::string release = package.version.without_local().text();
    const auto build = native_build_of_wheel(application.catalog(), release, package.wheels.front().name);
    if (!build || build->abi.empty() || build->abi == abi) continue;
    return failure({ErrorKind::usage,
                    fmt::format("the wheel of torch {} takes the {} std::string, and {} is wanted", release, build->abi, abi),
                    {},
                    {"leave out `--abi`, or choose another release"}});
  }
  return {};
}

Result<int> install_wheel(Application& application, LibtorchInstallOptions options) {
  TORCHUP_TRY_ASSIGN(LockWish wish, choice_wish(application, options.lock));
  const std::string request = options.version.empty() ? "torch" : "torch==" + options.version;
  TORCHUP_TRY_ASSIGN(Requirement requirement, Requirement::parse(request));
  wish.list.requirements.push_back(std::move(requirement));
  wish.requests = {request};
  wish.python_is_here = true;
  TORCHUP_TRY_ASSIGN(LockOutcome outcome, make_lock(pipeline_ports(application), wish));
  if (const auto* explanation = std::get_if<Explanation>(&outcome)) return report_unsolvable(application, *explanation);
  auto& locked = std::get<Locked>(outcome);
  TORCHUP_TRY(check_wheel_abi(application, locked.lock, options.abi));
  locked.lock = native_packages(std::move(locked.lock));
  locked.download_bytes = wheel_totals(locked.lock).bytes;
  locked.unpacked_bytes = 0;  // most of torch's wheel stays behind
  if (talks(application)) application.print(lock_text(locked, application.out()));
  InstallWish install{.lock = locked.lock,
                      .root = libtorch_root(options.to),
                      .target = locked.target,
                      .command = "libtorch install",
                      .resolve_seconds = locked.seconds,
                      .kind = EnvironmentKind::libtorch};
  return install_lock(application, options.install, std::move(install), &locked);
}

/// The archive, or nothing, with the reason told, where the wheel is taken instead.
Result<std::optional<ChosenArchive>> archive_if_any(Application& application, const LibtorchInstallOptions& options) {
  const NativeWish wish{.version = options.version,
                        .variant = options.lock.variant,
                        .abi = options.abi,
                        .platform = options.platform,
                        .torch_index_url = options.lock.torch_index_url};
  auto chosen = choose_archive(pipeline_ports(application), wish);
  if (!chosen && chosen.error().kind == ErrorKind::network && options.lock.fallback) {
    application.diagnostics().warn(fmt::format("{}; it is taken from the wheel", chosen.error().message));
    return std::nullopt;
  }
  if (!chosen) return failure(std::move(chosen).error());
  if (auto* archive = std::get_if<ChosenArchive>(&*chosen)) return std::move(*archive);
  const std::string& why = std::get<std::string>(*chosen);
  if (!options.platform.empty()) return failure({ErrorKind::usage, why, {}, {"a wheel's libraries are only taken for this host"}});
  application.diagnostics().warn(fmt::format("{}; it is taken from the wheel", why));
  return std::nullopt;
}

}  // namespace

std::filesystem::path libtorch_root(const std::string& to) {
  auto root = std::filesystem::absolute(to.empty() ? "libtorch" : to).lexically_normal();
  return root.has_filename() ? root : root.parent_path();
}

void add_libtorch_install_options(Parser& parser, LibtorchInstallOptions& options) {
  parser.argument({"version", "VERSION", "The release, such as 2.8.0; else the newest that fits"}, options.version);
  parser.option(k_to_option, options.to);
  parser.flag("--from-wheel", options.from_wheel, "Take the libraries out of the wheel, even where there is an archive");
  parser.choice({"--abi", "ABI", "The std::string that its functions take: cxx11, or pre-cxx11 up to 2.6"}, options.abi,
                {"cxx11", "pre-cxx11"});
  parser.option({"--platform", "PLATFORM", "An archive for another system, such as windows-x86_64; it is checked, not run"},
                options.platform);
  add_choice_options(parser, options.lock);
  parser.option({"--mirror", "FROM=TO", "Fetch what lies below FROM from below TO instead; repeatable"}, options.install.mirrors);
  parser.option({"--limit-rate", "SIZE", "Download at most SIZE a second, such as 10MB"}, options.install.rate);
  parser.flag("-y,--yes", options.install.yes, "Do not ask");
  parser.flag("--dry-run", options.install.dry_run, "Show what would be done, do nothing");
  parser.flag("--no-validate", options.install.no_validate, "Stop after the install");
}

Result<int> install_libtorch(Application& application, LibtorchInstallOptions options) {
  if (!application.host_is_this()) {
    return failure(
        {ErrorKind::usage, "a LibTorch folder can only be made on this host", {}, {"`--platform` names another system's archive"}});
  }
  if (options.from_wheel && !options.platform.empty()) {
    return failure(
        {ErrorKind::usage, "`--platform` and `--from-wheel` do not go together", {}, {"a wheel's libraries are only taken for this host"}});
  }
  if (!options.from_wheel) {
    TORCHUP_TRY_ASSIGN(const std::optional<ChosenArchive> archive, archive_if_any(application, options));
    if (archive) return install_archive(application, options, *archive);
  }
  return install_wheel(application, std::move(options));
}

}  // namespace torchup
