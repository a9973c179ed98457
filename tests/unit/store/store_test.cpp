#include "src/store/store.hpp"

#include "torchup/system/hash.hpp"

#include "src/store/manifest_file.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace torchup;
using torchup::test::read_text;
using torchup::test::TemporaryFolder;

namespace fs = std::filesystem;

namespace {

Sha256 digest_of(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

ArtifactManifest small_manifest() {
  return {.name = PackageName::parse("small-one").value(),
          .version = Version::parse("1.2").value(),
          .wheel = "small_one-1.2-py3-none-any.whl",
          .files = {{.path = "a dir/run", .size = 3, .sha256 = digest_of("run"), .executable = true},
                    {.path = "b.py", .size = 5, .sha256 = digest_of("print"), .executable = false}}};
}

void fill(const fs::path& staging) {
  fs::create_directories(staging / "tree/a dir");
  std::ofstream(staging / "tree/a dir/run") << "run";
  std::ofstream(staging / "tree/b.py") << "print";
}

void overwrite(const fs::path& path, std::string_view text) {
  fs::permissions(path, fs::perms::owner_all);
  std::ofstream(path, std::ios::trunc) << text;
}

struct OpenStore {
  TemporaryFolder folder;
  Store store = Store::open(folder.path() / "store").value();
  Sha256 wheel = digest_of("a wheel");

  VerifiedArtifact publish() const {
    const fs::path staging = store.stage(wheel).value();
    fill(staging);
    return store.publish(wheel, staging, small_manifest()).value();
  }
};

}  // namespace

TEST_CASE_METHOD(OpenStore, "a published tree is found again with its manifest") {
  CHECK_FALSE(store.find(wheel).has_value());
  CHECK_FALSE(store.has(wheel));
  const VerifiedArtifact published = publish();
  CHECK(published.manifest() == small_manifest());
  CHECK(read_text(published.tree() / "b.py") == "print");

  const auto found = Store::open(store.root()).value().find(wheel);
  REQUIRE(found.has_value());
  CHECK(found->tree() == store.root() / "trees/sha256" / wheel.hex().substr(0, 2) / wheel.hex() / "tree");
  CHECK(found->manifest() == small_manifest());
  CHECK((store.has(wheel) && store.has_own(wheel)));
  CHECK(found->sha256() == wheel);
  CHECK(fs::is_empty(store.root() / "staging"));
}

TEST_CASE_METHOD(OpenStore, "what is only staged does not count") {
  const fs::path first = store.stage(wheel).value();
  const fs::path second = store.stage(wheel).value();
  CHECK(first != second);
  CHECK(fs::is_directory(first / "tree"));
  fill(first);
  CHECK_FALSE(store.find(wheel).has_value());
  store.discard(first);
  CHECK_FALSE(fs::exists(first));
  CHECK(fs::exists(second));
}

TEST_CASE_METHOD(OpenStore, "publishing what is there already keeps the first tree") {
  const VerifiedArtifact first = publish();
  overwrite(first.tree() / "b.py", "first");
  const VerifiedArtifact second = publish();
  CHECK(second.tree() == first.tree());
  CHECK(read_text(second.tree() / "b.py") == "first");
  CHECK(fs::is_empty(store.root() / "staging"));
}

TEST_CASE_METHOD(OpenStore, "a tree whose manifest is damaged is not found, and is replaced") {
  const VerifiedArtifact first = publish();
  const fs::path manifest = first.tree().parent_path() / "manifest";
  std::string text = read_text(manifest);
  SECTION("altered") { text[text.find("b.py")] = 'c'; }
  SECTION("cut short") { text.resize(text.size() / 2); }
  SECTION("empty, as after a power cut") { text.clear(); }
  overwrite(manifest, text);
  overwrite(first.tree() / "b.py", "damaged");
  CHECK_FALSE(store.has(wheel));
  CHECK_FALSE(store.find(wheel).has_value());

  CHECK(read_text(publish().tree() / "b.py") == "print");
  CHECK(store.find(wheel).has_value());
  CHECK(fs::is_empty(store.root() / "staging"));
}

TEST_CASE_METHOD(OpenStore, "usage counts what lies there, and clean frees all of it") {
  publish();
  std::ofstream(store.part_file(wheel)) << "12345678";
  fill(store.stage(wheel).value());
  const StoreUsage usage = store.usage().value();
  CHECK(usage.trees == 1);
  CHECK(usage.tree_bytes == 8 + print_manifest(small_manifest()).size());
  CHECK(usage.part_bytes == 8);
  CHECK(usage.staging_bytes == 8);
  CHECK(store.clean().value() == usage.tree_bytes + 16);
  CHECK(store.usage().value().trees == 0);
  CHECK_FALSE(store.find(wheel).has_value());
  CHECK_FALSE(fs::exists(store.part_file(wheel)));
}

TEST_CASE_METHOD(OpenStore, "a tree that cleaning had begun to remove does not count, and is made anew") {
  const VerifiedArtifact first = publish();
  fs::remove(first.tree().parent_path() / "manifest");
  fs::remove(first.tree() / "b.py");
  CHECK_FALSE(store.find(wheel).has_value());
  CHECK(read_text(publish().tree() / "b.py") == "print");
}

TEST_CASE("a store where a file is in the way is refused, with the path") {
  TemporaryFolder folder;
  folder.write("store", "not a folder");
  const auto opened = Store::open(folder.path() / "store");
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().kind == ErrorKind::host);
  CHECK(opened.error().message == "cannot make the folder `" + (folder.path() / "store/trees/sha256").string() + "`: Not a directory");
}

TEST_CASE("a manifest that was not written by the store is refused") {
  const std::string text = print_manifest(small_manifest());
  CHECK(parse_manifest(text).value() == small_manifest());
  CHECK(is_manifest(text));
  const auto with_digest = [](const std::string& body) { return body + "sha256 " + digest_of(body).hex() + "\n"; };
  const std::string body = text.substr(0, text.size() - 72);
  REQUIRE(with_digest(body) == text);
  for (const std::string& other : {std::string(), body, with_digest("torchup-manifest 2\n"), with_digest("torchup-manifest 12\n")}) {
    CHECK_FALSE(is_manifest(other));
  }
  CHECK(parse_manifest("").error().message == "the manifest is cut short");
  CHECK(parse_manifest(body).error().message == "the manifest does not match its own digest");
  CHECK(parse_manifest(with_digest("torchup-manifest 2\n")).error().message == "the manifest is of a form that this version does not read");
  CHECK(parse_manifest(with_digest("torchup-manifest 1\n")).error().message == "the manifest lacks its line `name`");
  CHECK(parse_manifest(with_digest(body + "- 1x " + digest_of("").hex() + " c\n")).error().message == "the manifest has `1x` for a size");
  CHECK(parse_manifest(with_digest(body + "- 1 " + digest_of("").hex() + " c\n")).error().message ==
        "the manifest counts other files than it lists");
}
