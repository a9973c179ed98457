#include "src/commands/bundle_make.hpp"

#include "torchup/resolver/catalog_check.hpp"

#include "src/bundle_selection.hpp"
#include "src/commands/amounts.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/files.hpp"
#include "src/commands/lock_file.hpp"
#include "src/commands/print_bundle.hpp"
#include "src/commands/print_lock.hpp"
#include "src/make_bundle.hpp"
#include "src/ui/json_output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace torchup {
namespace {

bool talks(const Application& application) { return !application.options().json && !application.options().quiet; }

Result<std::string> catalog_text(const Application& application) {
  const std::string& own = application.options().catalog;
  return own.empty() ? Result<std::string>(std::string(built_in_catalog_text())) : read_text_file(own);
}

Result<BundleSelection> selection_of(Application& application, const BundleOptions& options, const std::string& python) {
  if (!application.host_is_this() && !options.platforms.empty())
    return failure({ErrorKind::usage, "`--host` and `--platform` do not go together: a recorded host has its platform", {}, {}});
  return BundleSelection{.platforms = options.platforms,
                         .host = application.host_is_this() ? nullptr : &application.host(),
                         .python = python,
                         .variants = options.variants};
}

void add(BundleContents& contents, const Lockfile& lock, SelectedWheels selected) {
  if (std::string text = write_lock(lock); std::ranges::find(contents.locks, text) == contents.locks.end()) {
    contents.locks.push_back(std::move(text));
  }
  std::ranges::move(selected.wheels, std::back_inserter(contents.wheels));
  std::ranges::move(selected.variants, std::back_inserter(contents.variants));
}

Status add_lock_at(Application& application, const BundleSelection& selection, const std::string& path, BundleContents& contents) {
  TORCHUP_TRY_ASSIGN(const Lockfile lock, read_lock_file(application, path));
  auto selected = with_context(select_wheels(lock, selection, application.catalog()), fmt::format("while bundling `{}`", path));
  if (!selected) return failure(std::move(selected).error());
  for (const std::string& target : selected->targets) application.diagnostics().note(fmt::format("bundling for {}", target));
  add(contents, lock, *std::move(selected));
  return {};
}

Result<int> write(Application& application, BundleWish wish, const BundleOptions& options) {
  const Ports ports = pipeline_ports(application);
  if (!options.rate.empty()) {
    TORCHUP_TRY_ASSIGN(wish.bytes_per_second, parse_bytes(options.rate, "--limit-rate"));
  }
  TORCHUP_TRY_ASSIGN(const PreparedBundle prepared, prepare_bundle(ports, std::move(wish)));
  MadeBundle made;
  const bool writes = !options.dry_run && !prepared.is_up_to_date;
  if (talks(application)) {
    std::string text = bundle_plan_text(prepared, application.out());
    if (prepared.is_up_to_date)
      text = fmt::format("{} is up to date: every member is there, with its sha256\n", prepared.wish.output.string());
    else if (options.dry_run)
      text += "nothing was written (--dry-run)\n";
    application.print(text);
  }
  if (writes) {
    TORCHUP_TRY_ASSIGN(made, make_bundle(ports, prepared));
    if (talks(application)) application.print(made_bundle_text(prepared, made, application.out()));
  }
  if (application.options().json) application.print(json_document(bundle_json(prepared, made)));
  return 0;
}

Result<std::optional<std::uint64_t>> part_bytes_of(const BundleOptions& options) {
  if (options.split.empty()) return std::nullopt;
  TORCHUP_TRY_ASSIGN(const std::uint64_t bytes, parse_bytes(options.split, "--split"));
  if (bytes == 0) return failure({ErrorKind::usage, "`--split` wants parts of at least one byte", {}, {"write it as `--split 4GB`"}});
  return bytes;
}

/// What a bundle holds, to be bundled once more.
Result<BundleContents> contents_of(const Bundle& bundle) {
  BundleContents contents;
  for (const PlacedMember& placed : bundle.members()) {
    const BundleMember& member = placed.member;
    if (member.kind == MemberKind::lock) {
      TORCHUP_TRY_ASSIGN(std::string text, bundle.content(placed));
      contents.locks.push_back(std::move(text));
    } else if (member.kind == MemberKind::wheel) {
      const std::string name = member.path.substr(member.path.rfind('/') + 1);
      for (const Url& url : member.urls)
        contents.wheels.push_back({.name = name, .url = url, .size = member.size, .sha256 = member.sha256});
    }
  }
  contents.variants = bundle.manifest().variants;
  return contents;
}

/// The name and part size that a bundle has, to be kept.
void keep_form(const Bundle& bundle, const std::string& file, BundleWish& wish) {
  const auto [first, at] = dynamic_cast<const PartedFile&>(bundle.source()).place_of(0);
  wish.output = file;
  if (first == std::filesystem::path(file) && !file.ends_with(".001")) return;
  const std::string name = first.string();
  wish.output = name.substr(0, name.size() - 4);  // without `.001`
  std::error_code none;
  wish.part_bytes = std::filesystem::file_size(first, none);
}

bool is_lock(const std::string& word) { return word.ends_with(".toml"); }

}  // namespace

void add_bundle_options(Parser& parser, BundleOptions& options) {
  parser.argument(k_lock_argument, options.lock);
  parser.option({"-o,--output", "FILE", "Where to write the bundle; torchup-bundle.zip where none is named"}, options.output);
  parser.option({"--platform", "PLATFORM", "Only what linux-x86_64, macos-arm64, ... install of the lock; repeatable"}, options.platforms);
  parser.list({"--variants", "LIST", "Of a lock with several variants only these, by comma: cpu,cu130"}, options.variants);
  parser.option({"--python", "PYTHON", "With --platform or --host: for this Python alone, X.Y"}, options.python);
  parser.option({"--split", "SIZE", "In parts of at most SIZE, such as 4GB: FILE.001, FILE.002, ..."}, options.split);
  parser.option({"--limit-rate", "SIZE", "Download at most SIZE a second, such as 10MB"}, options.rate);
  parser.flag("--dry-run", options.dry_run, "Show what would be bundled, write nothing");
}

void add_bundle_add_options(Parser& parser, BundleAddOptions& options) {
  parser.argument({"bundle", "FILE", "The bundle"}, options.file, Needed::yes);
  add_lock_options(parser, options.lock);
}

Result<int> make_bundle_of_lock(Application& application, const BundleOptions& options) {
  TORCHUP_TRY_ASSIGN(const BundleSelection selection, selection_of(application, options, options.python));
  BundleWish wish{.contents = {}, .output = options.output};
  TORCHUP_TRY_ASSIGN(wish.part_bytes, part_bytes_of(options));
  TORCHUP_TRY_ASSIGN(wish.contents.catalog, catalog_text(application));
  TORCHUP_TRY(add_lock_at(application, selection, options.lock, wish.contents));
  return write(application, std::move(wish), options);
}

Result<int> add_to_bundle(Application& application, const BundleOptions& options, const BundleAddOptions& adding) {
  TORCHUP_TRY_ASSIGN(const BundleSelection selection, selection_of(application, options, adding.lock.python));
  TORCHUP_TRY_ASSIGN(Bundle opened, Bundle::open(adding.file));
  const auto base = std::make_shared<const Bundle>(std::move(opened));
  BundleWish wish{.contents = {}, .output = {}, .base = base};
  TORCHUP_TRY_ASSIGN(wish.contents, contents_of(*base));
  TORCHUP_TRY_ASSIGN(wish.contents.catalog, catalog_text(application));
  keep_form(*base, adding.file, wish);
  LockOptions asked = adding.lock;
  for (const std::string& word : adding.lock.requirements) {
    if (is_lock(word)) TORCHUP_TRY(add_lock_at(application, selection, word, wish.contents));
  }
  std::erase_if(asked.requirements, is_lock);
  if (!asked.requirements.empty() || adding.lock.requirements.empty()) {
    TORCHUP_TRY_ASSIGN(LockWish lock, lock_wish(application, asked));
    lock.platforms = options.platforms;
    lock.variants = options.variants;
    TORCHUP_TRY_ASSIGN(const LockOutcome outcome, make_lock(pipeline_ports(application), lock));
    if (const auto* explanation = std::get_if<Explanation>(&outcome)) return report_unsolvable(application, *explanation);
    const auto& locked = std::get<Locked>(outcome);
    if (talks(application)) application.print(lock_text(locked, application.out()));
    TORCHUP_TRY_ASSIGN(SelectedWheels selected, select_wheels(locked.lock, {}, application.catalog()));
    add(wish.contents, locked.lock, std::move(selected));
  }
  return write(application, std::move(wish), options);
}

}  // namespace torchup
