#include "torchup/system/hash.hpp"

#include "src/store/prune.hpp"
#include "src/store/store_claims.hpp"
#include "src/store/verify_store.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>

using namespace torchup;
using namespace std::chrono_literals;
using torchup::test::read_text;
using torchup::test::TemporaryFolder;

namespace fs = std::filesystem;
using std::chrono::days;
using std::chrono::sys_seconds;

namespace {

constexpr sys_seconds k_now{days(20'000)};

Sha256 digest_of(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

void set_time(const fs::path& path, sys_seconds time) {
  const timespec at{time.time_since_epoch().count(), 0};
  const timespec both[] = {at, at};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), both, AT_SYMLINK_NOFOLLOW) == 0);
}

void overwrite(const fs::path& path, std::string_view text) {
  fs::permissions(path, fs::perms::owner_all);
  std::ofstream(path, std::ios::trunc) << text;
}

struct Kept {
  TemporaryFolder folder;
  Store store = Store::open(folder.path() / "store").value();
  SilentDiagnostics diagnostics;
  Cancellation cancellation;

  /// A tree of one file with this content, published then.
  Sha256 publish(const std::string& content, sys_seconds published = k_now) const {
    const Sha256 wheel = digest_of("wheel of " + content);
    const fs::path staging = store.stage(wheel).value();
    fs::create_directories(staging / "tree/pkg");
    std::ofstream(staging / "tree/pkg/file") << content;
    const ArtifactManifest manifest{.name = PackageName::parse("pkg").value(),
                                    .version = Version::parse("1").value(),
                                    .wheel = content.substr(0, 8) + "-1-py3-none-any.whl",
                                    .files = {{.path = "pkg/file", .size = content.size(), .sha256 = digest_of(content)}}};
    const VerifiedArtifact artifact = store.publish(wheel, staging, manifest).value();
    set_time(artifact.tree().parent_path() / "manifest", published);
    return wheel;
  }

  fs::path tree(const Sha256& wheel) const { return store.root() / "trees/sha256" / wheel.hex().substr(0, 2) / wheel.hex(); }

  fs::path part(const std::string& name, sys_seconds changed) const {
    const fs::path path = store.root() / "parts" / name;
    std::ofstream(path) << "123";
    set_time(path, changed);
    return path;
  }

  StoreVerification verify() { return verify_store(store, diagnostics, cancellation).value(); }
};

const PruneWish k_default{.needed = {}, .tree_age = days(30), .part_age = days(7)};

StoreEntry tree_of(const std::string& name, std::uint64_t bytes, days unused) {
  return {.path = name, .wheel = digest_of(name), .bytes = bytes, .last_used = k_now - unused};
}

std::vector<std::string> names_of(const PrunePlan& plan) {
  std::vector<std::string> names;
  for (const StoreEntry& entry : plan.remove) names.push_back(entry.path.string());
  return names;
}

}  // namespace

TEST_CASE("what is old and needed by nobody goes, the least recently used first") {
  const std::vector<StoreEntry> entries = {tree_of("young", 1, days(29)), tree_of("old", 2, days(30)), tree_of("older", 4, days(40)),
                                           tree_of("needed", 8, days(99)), tree_of("from the future", 16, days(-99))};
  PruneWish wish = k_default;
  wish.needed = {digest_of("needed")};
  const PrunePlan plan = plan_prune(entries, wish, k_now);
  CHECK(names_of(plan) == std::vector<std::string>{"older", "old"});
  CHECK(plan.freed_bytes == 6);
  CHECK(plan.kept_bytes == 25);

  wish.tree_age = 0s;
  CHECK(names_of(plan_prune(entries, wish, k_now)) == std::vector<std::string>{"older", "old", "young", "from the future"});
}

TEST_CASE("a size is reached by what was used longest ago, and never by what is needed") {
  const std::vector<StoreEntry> entries = {tree_of("a", 10, days(1)), tree_of("b", 10, days(3)), tree_of("c", 10, days(2)),
                                           tree_of("needed", 10, days(9))};
  PruneWish wish = k_default;
  wish.needed = {digest_of("needed")};
  wish.most_bytes = 30;
  CHECK(names_of(plan_prune(entries, wish, k_now)) == std::vector<std::string>{"b"});
  wish.most_bytes = 29;
  CHECK(names_of(plan_prune(entries, wish, k_now)) == std::vector<std::string>{"b", "c"});
  wish.most_bytes = 0;
  const PrunePlan plan = plan_prune(entries, wish, k_now);
  CHECK(names_of(plan) == std::vector<std::string>{"b", "c", "a"});
  CHECK(plan.kept_bytes == 10);
}

TEST_CASE("debris goes whatever its age, and costs no tree its place") {
  StoreEntry debris = tree_of("debris", 10, days(0));
  debris.kind = StoreEntry::Kind::debris;
  PruneWish wish = k_default;
  wish.most_bytes = 10;
  CHECK(names_of(plan_prune({tree_of("tree", 10, days(20)), debris}, wish, k_now)) == std::vector<std::string>{"debris"});
}

TEST_CASE_METHOD(Kept, "pruning removes from the disk what was planned, and nothing else") {
  const Sha256 young = publish("young", k_now - days(1));
  const Sha256 old = publish("old", k_now - days(31));
  const Sha256 half = publish("half");
  fs::remove(tree(half) / "manifest");  // a killed cleaning had begun
  const std::string name = digest_of("some wheel").hex() + ".part";
  const fs::path fresh_part = part(name, k_now - days(6));
  const fs::path old_part = part(digest_of("other wheel").hex() + ".part", k_now - days(7));
  const fs::path private_part = part(name + ".4711", k_now);
  store.stage(young).value();

  const PrunePlan would = plan_prune(entries_of(store).value(), k_default, k_now);
  CHECK(fs::exists(tree(old)));
  const PrunePlan did = prune(store, k_default, k_now).value();
  CHECK(did.freed_bytes == would.freed_bytes);
  CHECK(did.kept_bytes == would.kept_bytes);
  CHECK(did.remove.size() == would.remove.size() + 1);  // what lay in staging, which another process might still use
  CHECK(fs::exists(tree(young) / "manifest"));
  CHECK(fs::exists(fresh_part));
  for (const fs::path& gone : {tree(old), tree(half), old_part, private_part}) CHECK_FALSE(fs::exists(gone));
  CHECK(fs::is_empty(store.root() / "staging"));
}

TEST_CASE_METHOD(Kept, "a tree that an install took lately is not old, however long ago it was published") {
  const Sha256 wheel = publish("used", k_now - days(99));
  store.mark_used(wheel);
  set_time(tree(wheel) / "used", k_now - days(1));
  CHECK(prune(store, k_default, k_now).value().remove.empty());
  set_time(tree(wheel) / "used", k_now - days(98));
  store.mark_used(wheel);  // now, which lies beyond any day of the test
  CHECK(prune(store, k_default, k_now).value().remove.empty());
}

TEST_CASE_METHOD(Kept, "a store that somebody else uses is not pruned") {
  const Sha256 old = publish("old", k_now - days(31));
  const Store another = Store::open(store.root()).value();
  const auto pruned = prune(store, k_default, k_now);
  REQUIRE_FALSE(pruned.has_value());
  CHECK(pruned.error().kind == ErrorKind::host);
  CHECK(fs::exists(tree(old)));
}

TEST_CASE_METHOD(Kept, "a store as it was verified is whole") {
  publish("one");
  store.mark_used(publish("two"));
  const StoreVerification found = verify();
  CHECK(found.trees == 2);
  CHECK(found.files == 2);
  CHECK(found.bytes == 6);
  CHECK(found.damaged.empty());
}

TEST_CASE_METHOD(Kept, "every way of damaging a tree is named, and the tree is out of sight") {
  publish("whole");
  const Sha256 wheel = publish("content");
  const fs::path file = tree(wheel) / "tree/pkg/file";
  const struct stat before = [&] {
    struct stat status;
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return status;
  }();
  FileFault expected{"pkg/file", FileFault::Kind::changed};
  SECTION("a changed byte with the file's time kept") {
    overwrite(file, "c0ntent");
    set_time(file, sys_seconds(std::chrono::seconds(before.st_mtim.tv_sec)));
  }
  SECTION("another size") { overwrite(file, "contents"); }
  SECTION("missing") {
    fs::remove(file);
    expected.kind = FileFault::Kind::missing;
  }
  SECTION("a link in its place") {
    fs::rename(file, folder.path() / "elsewhere");
    fs::create_symlink(folder.path() / "elsewhere", file);
  }
  SECTION("added") {
    std::ofstream(tree(wheel) / "tree/pkg/more") << "";
    expected = {"pkg/more", FileFault::Kind::added};
  }
  SECTION("an added link") {
    fs::create_symlink("/", tree(wheel) / "tree/link");
    expected = {"link", FileFault::Kind::added};
  }
  const StoreVerification found = verify();
  REQUIRE(found.damaged.size() == 1);
  CHECK(found.damaged[0].wheel == wheel);
  CHECK(found.damaged[0].wheel_name == "content-1-py3-none-any.whl");
  CHECK(found.damaged[0].files == std::vector{expected});
  CHECK_FALSE(store.find(wheel).has_value());
  CHECK(verify().damaged.empty());
  publish("content");
  CHECK(verify().trees == 2);
}

TEST_CASE_METHOD(Kept, "a manifest that cannot be read is damage as well") {
  const Sha256 wheel = publish("content");
  overwrite(tree(wheel) / "manifest", "torchup-manifest 1\n");
  const StoreVerification found = verify();
  REQUIRE(found.damaged.size() == 1);
  CHECK(found.damaged[0].manifest_problem == "the manifest is cut short");
  CHECK(found.damaged[0].files.empty());
  CHECK_FALSE(fs::exists(tree(wheel)));
}

TEST_CASE_METHOD(Kept, "a verification that is interrupted moves nothing") {
  const Sha256 wheel = publish("content");
  overwrite(tree(wheel) / "tree/pkg/file", "damaged");
  cancellation.request();
  const auto found = verify_store(store, diagnostics, cancellation);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().kind == ErrorKind::interrupted);
  CHECK(store.find(wheel).has_value());
}

TEST_CASE_METHOD(Kept, "what is set aside stays readable for whoever has it open") {
  const Sha256 wheel = publish("content");
  const VerifiedArtifact artifact = store.find(wheel).value();
  const FileDescriptor open = FileDescriptor::open_directory(artifact.tree()).value();
  REQUIRE(store.set_aside(wheel).has_value());
  CHECK(open.open_below("pkg/file", O_RDONLY).has_value());
  CHECK(store.set_aside(wheel).has_value());  // by two at once
}

TEST_CASE_METHOD(Kept, "a wheel is claimed by one at a time, and a claim ends with who made it") {
  const Sha256 one = digest_of("one"), two = digest_of("two");
  std::optional<StoreClaims> first = StoreClaims::open(store.root()).value();
  const StoreClaims second = StoreClaims::open(store.root()).value();
  CHECK(first->claim(one).value());
  CHECK(first->claim(one).value());
  CHECK_FALSE(second.claim(one).value());
  CHECK(second.claim(two).value());
  first.reset();
  CHECK(second.claim(one).value());
}
