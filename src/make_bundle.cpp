#include "src/make_bundle.hpp"

#include "torchup/resolver/wheel_name.hpp"
#include "torchup/system/hash.hpp"
#include "torchup/system/hash_lanes.hpp"

#include "src/bundle/bundle_writer.hpp"
#include "src/configured_indexes.hpp"
#include "src/copy_stage.hpp"
#include "src/fetch/fetch_artifacts.hpp"
#include "src/store/store.hpp"
#include "src/ui/quantities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <span>
#include <thread>
#include <utility>

namespace torchup {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

/// Where a wheel is fetched from: mirrors count, and logins of indexes, as for an install.
ArtifactRequest request_for(const Ports& ports, const LockedFile& file) {
  const std::vector<Url> indexes = indexes_with_login(ports.configuration, ports.this_host);
  std::vector<Url> sources = sources_of(file.url, ports.configuration.mirrors);
  for (Url& source : sources) source = with_login_of(indexes, source);
  const auto name = WheelName::parse(file.name);
  ArtifactRequest request{name->name, name->version, file};
  request.file.url = sources.front();
  request.other_sources.assign(sources.begin() + 1, sources.end());
  return request;
}

/// The member of a bundle with that content.
const PlacedMember* wheel_in(const Bundle* bundle, const Sha256& sha256) {
  if (bundle == nullptr) return nullptr;
  const auto& members = bundle->members();
  const auto found = std::ranges::find_if(
      members, [&](const PlacedMember& placed) { return placed.member.kind == MemberKind::wheel && placed.member.sha256 == sha256; });
  return found == members.end() ? nullptr : &*found;
}

Status learn_wheel_sizes(const Ports& ports, BundleWish& wish) {
  std::vector<FetchItem> items;
  for (LockedFile& file : wish.contents.wheels) {
    TORCHUP_TRY(with_context(WheelName::parse(file.name), "while reading the lock's wheels"));
    const PlacedMember* there = wheel_in(wish.base.get(), file.sha256);
    if (there != nullptr && !file.size) file.size = there->member.size;
    if (!file.size) items.push_back({request_for(ports, file), {}});
  }
  if (items.empty()) return {};
  if (ports.offline) {
    return failure(
        {ErrorKind::network,
         fmt::format("the lock does not tell the size of wheel `{}`, and nothing may be asked for", items.front().request.file.name),
         {},
         {"leave out `--offline`"}});
  }
  TORCHUP_TRY(learn_sizes(items, ports.transport, ports.cancellation));
  std::map<Sha256, std::uint64_t> learned;
  for (const FetchItem& item : items) {
    if (!item.request.file.size) {
      return failure({ErrorKind::network,
                      fmt::format("`{}` does not tell the size of wheel `{}`", item.request.file.url.host(), item.request.file.name),
                      {},
                      {"the file may be gone; lock again to choose from what the index has now"}});
    }
    learned.emplace(item.request.file.sha256, *item.request.file.size);
  }
  for (LockedFile& file : wish.contents.wheels) {
    if (const auto found = learned.find(file.sha256); found != learned.end() && !file.size) file.size = found->second;
  }
  return {};
}

/// What the reader would refuse is not written.
Status check_limits(const std::vector<LockedFile>& wheels) {
  std::uint64_t total = 0;
  for (const LockedFile& file : wheels) {
    const std::uint64_t size = file.size.value_or(0);
    total += std::min(size, k_most_bundle_bytes + 1);
    if (size > k_most_member_bytes || total > k_most_bundle_bytes) {
      return failure({ErrorKind::usage,
                      fmt::format("a bundle holds at most {} in wheels of at most {}, and with `{}` of {} it is more",
                                  bytes_text(k_most_bundle_bytes), bytes_text(k_most_member_bytes), file.name, bytes_text(size)),
                      {},
                      {"bundle for one platform or variant at a time"}});
    }
  }
  return {};
}

/// Room for the bundle and, where they lie on the same disk, for the wheels that are on their way into it.
Status check_space(const PreparedBundle& prepared, const fs::path& parts) {
  const FetchOptions options;
  std::error_code problem;
  const fs::path folder = prepared.wish.output.parent_path().empty() ? fs::path(".") : prepared.wish.output.parent_path();
  const auto space = fs::space(folder, problem);
  if (problem) return {};  // where it cannot be told, writing will
  std::uint64_t needed = prepared.layout.size;
  const auto parts_space = fs::space(parts, problem);
  if (!problem && parts_space.capacity == space.capacity && parts_space.available == space.available) {
    std::vector<std::uint64_t> sizes;
    for (const LockedFile& file : prepared.plan.wheels) sizes.push_back(file.size.value_or(0));
    std::ranges::sort(sizes, std::greater<>());
    sizes.resize(std::min(sizes.size(), options.at_once));
    for (const std::uint64_t size : sizes) needed += std::min(size, prepared.download_bytes);
  }
  if (prepared.goes_on || space.available >= needed) return {};  // what an unfinished one takes already is not told apart
  return failure({ErrorKind::host,
                  fmt::format("not enough disk space at `{}`: {} needed for the bundle and the wheels on their way, {} free",
                              folder.string(), bytes_text(needed), bytes_text(space.available)),
                  {},
                  {"free some space, or choose another place with `-o`"}});
}

/// One bundle from its plan to its name.
class Making {
 public:
  Making(const Ports& ports, const PreparedBundle& prepared, BundleWriter writer, const Store& store)
      : m_ports(ports), m_prepared(prepared), m_writer(std::move(writer)), m_store(store) {}

  Result<MadeBundle> run() {
    const auto start = Steady::now();
    const auto& texts = m_prepared.plan.texts;
    for (std::size_t i = 0; i < texts.size(); ++i) TORCHUP_TRY(m_writer.put(i, texts[i]));
    TORCHUP_TRY_ASSIGN(const std::vector<std::size_t> missing, take_what_is_there());
    TORCHUP_TRY(fetch(missing));
    TORCHUP_TRY(m_writer.finish());
    if (m_prepared.wish.part_bytes) m_made.files = (m_prepared.layout.size - 1) / *m_prepared.wish.part_bytes + 1;
    m_made.seconds = std::chrono::duration<double>(Steady::now() - start).count();
    return m_made;
  }

 private:
  const BundleMember& member(std::size_t place) const { return m_prepared.plan.manifest.members[place]; }

  /// Wheels of an interrupted run and of the other bundle. Gives the members that are in neither.
  Result<std::vector<std::size_t>> take_what_is_there() {
    std::vector<std::size_t> missing;
    for (std::size_t place = m_prepared.plan.texts.size(); place < m_prepared.plan.manifest.members.size(); ++place) {
      const BundleMember& wheel = member(place);
      const auto progress = [&](std::uint64_t done) { m_ports.diagnostics.progress(wheel.path.substr(7), done, wheel.size); };
      TORCHUP_TRY_ASSIGN(bool is_there, m_writer.find(place, m_ports.cancellation, progress));
      if (!is_there) {
        TORCHUP_TRY_ASSIGN(is_there, copy_from_base(place, progress));
      }
      if (is_there) {
        m_made.reused_bytes += wheel.size;
        remove_whole_part(wheel);
      } else {
        missing.push_back(place);
      }
    }
    return missing;
  }

  /// What an interrupted run had copied into the bundle already, and not yet removed.
  void remove_whole_part(const BundleMember& wheel) const {
    const fs::path part = m_store.part_file(wheel.sha256);
    std::error_code none;
    if (fs::file_size(part, none) == wheel.size) fs::remove(part, none);
  }

  Result<bool> copy_from_base(std::size_t place, const BundleWriter::Progress& progress) {
    const Bundle* base = m_prepared.wish.base.get();
    const PlacedMember* there = wheel_in(base, member(place).sha256);
    if (there == nullptr || there->member.size != member(place).size) return false;
    const Status copied = m_writer.put(place, base->source(), there->offset, m_ports.cancellation, progress);
    if (copied) return true;
    if (copied.error().kind != ErrorKind::integrity) return failure(copied.error());
    m_ports.diagnostics.warn(
        fmt::format("`{}` is damaged in {}; it is downloaded anew", there->member.path, base->place_text(there->offset)));
    return false;
  }

  Status fetch(const std::vector<std::size_t>& missing) {
    if (missing.empty()) return {};
    std::vector<FetchItem> items;
    for (const std::size_t place : missing) {
      const LockedFile& file = m_prepared.plan.wheels[place - m_prepared.plan.texts.size()];
      items.push_back({request_for(m_ports, file), m_store.part_file(file.sha256)});
    }
    if (m_ports.offline) {
      return failure({ErrorKind::network,
                      fmt::format("wheel `{}` is not here, and nothing may be downloaded", items.front().request.file.name),
                      {},
                      {"leave out `--offline`"}});
    }
    HashLanes lanes(std::max(1U, std::thread::hardware_concurrency()));
    CopyStage copying(m_writer, m_ports.cancellation);
    FetchOptions options;
    options.bytes_per_second = m_prepared.wish.bytes_per_second;
    options.end_first_from = UINT64_MAX;  // nobody reads them while they come
    const FetchEvents events{.begun = [&](std::size_t item, std::shared_ptr<PartFile> part) -> Status {
                               copying.begin(missing[item], std::move(part));
                               return {};
                             },
                             .whole = [&](std::size_t item, const std::shared_ptr<PartFile>&) -> Status {
                               copying.approve(missing[item]);
                               return {};
                             },
                             .poll = [&] { return copying.settle(); }};
    const auto fetched = fetch_artifacts(items, m_ports.transport, options, lanes, m_ports.diagnostics, m_ports.cancellation, events);
    const Status copied = copying.end();  // what is whole is kept, whatever failed
    if (!fetched) return failure(fetched.error());
    TORCHUP_TRY(copied);
    m_made.downloaded_bytes = fetched->downloaded_bytes;
    m_made.reused_bytes += fetched->resumed_bytes;
    return {};
  }

  const Ports& m_ports;
  const PreparedBundle& m_prepared;
  BundleWriter m_writer;
  const Store& m_store;
  MadeBundle m_made;
};

fs::path unfinished_file(const BundleWish& wish) { return (wish.part_bytes ? part_name(wish.output, 1) : wish.output).string() + ".part"; }

/// The bundle that the output is already; nothing where there is none, or it cannot be read.
std::shared_ptr<const Bundle> existing_bundle(const fs::path& output) {
  auto bundle = Bundle::open(output);
  return bundle ? std::make_shared<const Bundle>(*std::move(bundle)) : nullptr;
}

/// Whether the output is in the parts that are wished for.
bool has_form(const BundleWish& wish, std::uint64_t size) {
  std::error_code none;
  const auto there = fs::file_size(wish.part_bytes ? part_name(wish.output, 1) : wish.output, none);
  return !none && there == std::min(wish.part_bytes.value_or(size), size);
}

}  // namespace

Sha256 PreparedBundle::identity() const { return sha256(std::as_bytes(std::span(layout.manifest_text))); }

Result<PreparedBundle> prepare_bundle(const Ports& ports, BundleWish wish) {
  auto existing = existing_bundle(wish.output);
  if (!wish.base) wish.base = existing;
  TORCHUP_TRY(learn_wheel_sizes(ports, wish));
  TORCHUP_TRY_ASSIGN(PlannedBundle plan, plan_bundle(wish.contents));
  TORCHUP_TRY(check_limits(plan.wheels));
  BundleLayout layout = lay_out_bundle(plan.manifest);
  PreparedBundle prepared{.wish = std::move(wish), .plan = std::move(plan), .layout = std::move(layout)};
  for (const LockedFile& file : prepared.plan.wheels) {
    prepared.wheel_bytes += file.size.value_or(0);
    if (wheel_in(prepared.wish.base.get(), file.sha256) != nullptr) continue;
    prepared.download_bytes += file.size.value_or(0);
    ++prepared.download_wheels;
  }
  std::error_code none;
  prepared.goes_on = fs::exists(unfinished_file(prepared.wish), none);
  if (existing && existing->identity() == prepared.identity() && has_form(prepared.wish, prepared.layout.size)) {
    TORCHUP_TRY_ASSIGN(const auto damaged, verify_members(*existing, ports.diagnostics, ports.cancellation));
    prepared.is_up_to_date = damaged.empty();
  }
  return prepared;
}

Result<MadeBundle> make_bundle(const Ports& ports, const PreparedBundle& prepared) {
  TORCHUP_TRY_ASSIGN(const Store store, Store::open(ports.cache / "store"));
  TORCHUP_TRY(check_space(prepared, store.root()));
  TORCHUP_TRY_ASSIGN(BundleWriter writer, BundleWriter::open(prepared.wish.output, prepared.layout, prepared.wish.part_bytes));
  return with_context(Making(ports, prepared, std::move(writer), store).run(),
                      fmt::format("while making the bundle `{}`", prepared.wish.output.string()));
}

}  // namespace torchup
