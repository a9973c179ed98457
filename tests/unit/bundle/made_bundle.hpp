#pragma once
// A small bundle put together by hand, sound by default and wrong where a test says so: its writer is not asked.

#include "src/bundle/bundle.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/wheel_builder.hpp"
#include "tests/support/zip_builder.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace torchup::test {

using Json = nlohmann::ordered_json;

struct MadeMember {
  std::string path, kind, content;
  std::vector<std::string> urls = {};
};

inline std::vector<MadeMember> sound_members() {
  return {{"pylock.toml", "lock", "lock-version = \"1.0\"\n"},
          {"catalog.json", "catalog", "{}"},
          {"simple/0/demo.json", "page", R"({"files":[]})", {"https://index.example/simple/demo/"}},
          {"wheels/demo-1.0-py3-none-any.whl", "wheel", "first wheel", {"https://files.example/demo-1.0-py3-none-any.whl"}},
          {"wheels/demo-2.0-py3-none-any.whl", "wheel", "second wheel", {"https://files.example/demo-2.0-py3-none-any.whl"}}};
}

struct MadeBundle {
  std::vector<MadeMember> members = sound_members();
  std::function<void(Json& manifest)> change_manifest = {};
  std::string manifest_text = {};                        ///< In place of the manifest that follows from the members.
  std::function<void(ZipBuilder& archive)> fill = {};    ///< In place of one entry a member.
  std::function<void(ZipBuilder& archive)> behind = {};  ///< Adds to the archive at its end.
  ZipBuilder::Change change_last = {};                   ///< The records of the last member.

  std::string manifest() const {
    if (!manifest_text.empty()) return manifest_text;
    Json json = {{"format", "torchup-bundle"},        {"schema", 1},
                 {"requests", Json::array({"demo"})}, {"platforms", Json::array()},
                 {"variants", Json::array()},         {"members", Json::array()}};
    for (const MadeMember& member : members) {
      Json entry = {
          {"path", member.path}, {"kind", member.kind}, {"size", member.content.size()}, {"sha256", digest_of(member.content).hex()}};
      if (!member.urls.empty()) entry["urls"] = member.urls;
      json["members"].push_back(entry);
    }
    if (change_manifest) change_manifest(json);
    return json.dump();
  }

  std::string build() const {
    ZipBuilder archive;
    if (fill) {
      fill(archive);
    } else {
      archive.add("manifest.json", manifest(), Compression::stored);
      for (const MadeMember& member : members) {
        const bool is_last = &member == &members.back();
        archive.add(member.path, member.content, Compression::stored, is_last ? change_last : ZipBuilder::Change());
      }
    }
    if (behind) behind(archive);
    return archive.build();
  }
};

/// "ok", or the rule that the bytes break as a bundle.
inline std::string verdict_on(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto file = folder.write("bundle.zip", bytes);
  auto source = PartedFile::open(file).value();
  if (!source) return std::string(source.error().rule);
  const auto ruling = Bundle::read(std::make_shared<PartedFile>(*std::move(source))).value();
  return ruling ? "ok" : std::string(ruling.error().rule);
}

}  // namespace torchup::test
