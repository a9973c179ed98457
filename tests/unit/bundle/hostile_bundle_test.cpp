// Each case breaks one rule of a sound bundle and reads the rule's name.

#include "tests/unit/bundle/made_bundle.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

std::string with_members(const std::function<void(std::vector<MadeMember>&)>& change) {
  MadeBundle made;
  change(made.members);
  return verdict_on(made.build());
}

/// The manifest says something else than the archive holds.
std::string with_manifest(std::function<void(Json&)> change) {
  return verdict_on(MadeBundle{.change_manifest = std::move(change)}.build());
}

std::string with_last_record(ZipBuilder::Change change) { return verdict_on(MadeBundle{.change_last = std::move(change)}.build()); }

std::string with_entry(const std::string& name) {
  return verdict_on(MadeBundle{.behind = [&](ZipBuilder& archive) { archive.add(name, "", Compression::stored); }}.build());
}

Json& last_of(Json& manifest) { return manifest["members"].back(); }

}  // namespace

TEST_CASE("a sound bundle is read") {
  CHECK(verdict_on(MadeBundle().build()) == "ok");
  CHECK(with_manifest([](Json& manifest) { manifest["unknown"] = {{"later", true}}; }) == "ok");
}

TEST_CASE("bytes that are no whole archive are refused") {
  const std::string sound = MadeBundle().build();
  CHECK(verdict_on("no archive at all, but long enough for one") == "no-end-record");
  CHECK(verdict_on(sound.substr(0, sound.size() - 1)) == "no-end-record");
  CHECK(verdict_on(sound + "x") == "trailing-data");
  CHECK(verdict_on("x" + sound) == "directory-size");
  MadeBundle commented;
  commented.behind = [](ZipBuilder& archive) { archive.change_end([](ZipEnd& end) { end.comment = "hello"; }); };
  CHECK(verdict_on(commented.build()) == "archive-comment");
  MadeBundle miscounted;
  miscounted.behind = [](ZipBuilder& archive) { archive.change_end([](ZipEnd& end) { end.entries = end.entries_here = 2; }); };
  CHECK(verdict_on(miscounted.build()) == "entry-count");
}

TEST_CASE("names that would leave the bundle, or are two in one, are refused") {
  CHECK(with_entry("../outside") == "path-traversal");
  CHECK(with_entry("/etc/passwd") == "absolute-path");
  CHECK(with_entry("wheels\\a.whl") == "backslash");
  CHECK(with_entry("wheels/a\x1b.whl") == "name-character");
  CHECK(with_entry("wheels/\xff.whl") == "name-encoding");
  CHECK(with_entry("pylock.toml") == "duplicate-name");
  CHECK(with_entry("PYLOCK.toml") == "name-collision");
  CHECK(with_entry("catalog.json/inside") == "file-as-directory");
}

TEST_CASE("what is no plain stored file is refused") {
  CHECK(with_entry("wheels/") == "bundle-stored");
  CHECK(with_last_record([](ZipRecord&, ZipRecord& directory) { directory.external_attributes = 0120777U << 16; }) == "file-type");
  CHECK(with_last_record([](ZipRecord&, ZipRecord& directory) { directory.external_attributes = 0020644U << 16; }) == "file-type");
  CHECK(with_last_record([](ZipRecord& local, ZipRecord& directory) { local.flags = directory.flags = 1; }) == "encrypted");
  CHECK(with_last_record([](ZipRecord& local, ZipRecord& directory) { local.method = directory.method = 12; }) == "unsupported-method");
  MadeBundle compressed;
  compressed.fill = [&](ZipBuilder& archive) {
    archive.add("manifest.json", compressed.manifest(), Compression::stored);
    for (const MadeMember& member : compressed.members) archive.add(member.path, member.content, Compression::deflated);
  };
  CHECK(verdict_on(compressed.build()) == "bundle-stored");
}

TEST_CASE("a bomb is refused before a byte of it is read") {
  const auto bomb = [](ZipRecord& local, ZipRecord& directory) {
    local.method = directory.method = 8;
    local.size = directory.size = 1ULL << 30;
  };
  CHECK(with_last_record(bomb) == "compression-ratio");
  const auto large = [](ZipRecord& local, ZipRecord& directory) { local.size = directory.size = 0xfffffff0; };
  CHECK(with_last_record(large) == "stored-size");
}

TEST_CASE("records that do not lie one behind the other are refused") {
  CHECK(with_last_record([](ZipRecord&, ZipRecord& directory) { directory.header_offset = 0; }) != "ok");
  CHECK(with_last_record([](ZipRecord& local, ZipRecord&) { local.name[7] = 'X'; }) == "local-header-mismatch");
  CHECK(with_last_record([](ZipRecord& local, ZipRecord&) { local.crc32 ^= 1; }) == "local-header-mismatch");
  CHECK(with_last_record([](ZipRecord& local, ZipRecord& directory) {
          local.size = local.compressed_size = directory.size = directory.compressed_size = directory.size + 1;
        }) == "overlap");
  CHECK(verdict_on(MadeBundle{.behind = [](ZipBuilder& archive) { archive.raw("stray"); }}.build()) == "gap");
}

TEST_CASE("the archive holds what the manifest names, in its order and sizes") {
  CHECK(with_manifest([](Json& manifest) { manifest["members"].erase(4); }) == "bundle-member");
  CHECK(with_manifest([](Json& manifest) { std::swap(manifest["members"][3], manifest["members"][4]); }) == "bundle-member");
  CHECK(with_manifest([](Json& manifest) {
          Json more = last_of(manifest);
          more["path"] = "wheels/demo-3.0-py3-none-any.whl";
          more["urls"] = {"https://files.example/demo-3.0-py3-none-any.whl"};
          manifest["members"].push_back(more);
        }) == "bundle-member");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["size"] = 11; }) == "bundle-size");
  CHECK(with_entry("wheels/other-1.0-py3-none-any.whl") == "bundle-member");
}

TEST_CASE("a manifest of another form is refused") {
  const auto text = [](const std::string& json) { return verdict_on(MadeBundle{.manifest_text = json}.build()); };
  CHECK(text("{") == "bundle-manifest");
  CHECK(text("[]") == "bundle-manifest");
  CHECK(text(std::string(100'000, '[')) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { manifest["format"] = "other"; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { manifest["schema"] = 2; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { manifest["members"] = "all"; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { manifest["variants"] = {1}; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["kind"] = "script"; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["size"] = -1; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["size"] = 1ULL << 60; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["sha256"] = "00"; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest).erase("urls"); }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["urls"] = {"file:///etc/passwd"}; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["urls"] = {"https://me:secret@files.example/a"}; }) == "bundle-manifest");
  CHECK(with_manifest([](Json& manifest) { manifest["members"][0]["urls"] = {"https://files.example/a"}; }) == "bundle-manifest");
  MadeBundle last;
  last.fill = [&](ZipBuilder& archive) {
    for (const MadeMember& member : last.members) archive.add(member.path, member.content, Compression::stored);
    archive.add("manifest.json", last.manifest(), Compression::stored);
  };
  CHECK(verdict_on(last.build()) == "bundle-manifest");
}

TEST_CASE("members lie where their kind lies, once") {
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["path"] = "../pylock.toml"; }) == "path-traversal");
  CHECK(with_members([](auto& members) { members[0].path = "etc/pylock.toml"; }) == "bundle-path");
  CHECK(with_members([](auto& members) { members[2].path = "wheels/demo.json"; }) == "bundle-path");
  CHECK(with_members([](auto& members) { members[4].path = "wheels/no-wheel.whl"; }) == "bundle-path");
  CHECK(with_members([](auto& members) { members[4].path = "demo-2.0-py3-none-any.whl"; }) == "bundle-path");
  CHECK(with_manifest([](Json& manifest) { last_of(manifest)["path"] = manifest["members"][3]["path"]; }) == "bundle-duplicate");
  CHECK(with_members([](auto& members) { members[4].urls = members[3].urls; }) == "bundle-duplicate");
  CHECK(with_members([](auto& members) { members.erase(members.begin()); }) == "bundle-lock");
  CHECK(with_members([](auto& members) { members.erase(members.begin() + 1); }) == "bundle-catalog");
}

TEST_CASE("a manifest that was damaged is refused") {
  std::string bytes = MadeBundle().build();
  bytes[bytes.find("\"requests\":[\"demo\"]") + 13] = 'D';
  CHECK(verdict_on(bytes) == "bad-crc");
}

TEST_CASE("no byte can be another without being told, or without being none of the contents") {
  const std::string sound = MadeBundle().build();
  const TemporaryFolder folder;
  SilentDiagnostics silent;
  const BundleManifest manifest = Bundle::open(folder.write("b.zip", sound)).value().manifest();
  std::size_t refused = 0, damaged = 0, passed = 0;
  for (std::size_t at = 0; at < sound.size(); ++at) {
    std::string bytes = sound;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x11);
    const auto bundle = Bundle::open(folder.write("b.zip", bytes));
    if (!bundle) {
      CHECK(bundle.error().kind == ErrorKind::integrity);
      ++refused;
    } else if (!verify_members(*bundle, silent, Cancellation()).value().empty()) {
      ++damaged;
    } else {
      INFO(at);
      CHECK(bundle->manifest() == manifest);
      ++passed;
    }
  }
  CHECK(damaged == 21 + 2 + 12 + 11 + 12);  // the contents
  CHECK(passed < 200);                      // times, modes and versions of ZIP
  CHECK(refused > 1500);
}

TEST_CASE("a content that is not what the manifest says is found") {
  const TemporaryFolder folder;
  std::string bytes = MadeBundle().build();
  bytes.replace(bytes.find("second wheel"), 6, "SECOND");
  bytes.replace(bytes.find("lock-version"), 4, "LOCK");
  const auto bundle = Bundle::open(folder.write("bundle.zip", bytes)).value();
  SilentDiagnostics silent;
  const auto damaged = verify_members(bundle, silent, Cancellation()).value();
  REQUIRE(damaged.size() == 2);
  CHECK(damaged[0].placed.member.path == "pylock.toml");
  CHECK(damaged[1].placed.member.path == "wheels/demo-2.0-py3-none-any.whl");
  CHECK(damaged[1].found == digest_of("SECOND wheel"));
  CHECK(damaged[1].place == "`" + (folder.path() / "bundle.zip").string() + "` at " + std::to_string(bytes.find("SECOND wheel")));
  const auto lock = bundle.content(bundle.members()[0]);
  REQUIRE(!lock);
  CHECK(lock.error().kind == ErrorKind::integrity);
  CHECK(lock.error().message.starts_with("`pylock.toml` is damaged in `" + (folder.path() / "bundle.zip").string() + "` at "));
}

TEST_CASE("a refusal names the rule, the bundle and what may be wrong") {
  const TemporaryFolder folder;
  const std::string sound = MadeBundle().build();
  const auto file = folder.write("bundle.zip", sound.substr(0, sound.size() / 2));
  const auto refused = Bundle::open(file);
  REQUIRE(!refused);
  CHECK(refused.error() == Error{ErrorKind::integrity,
                                 "the archive breaks the rule `no-end-record`: it does not end as a ZIP archive does",
                                 {"while reading the bundle `" + file.string() + "`"},
                                 {"it is cut short, its last part is missing, or it is no bundle"}});
}
