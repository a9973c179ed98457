#pragma once
// Makes small wheels for tests, sound by default: files in, archive with .dist-info and RECORD out. Header only, since it
// hashes through torchup_system, which not every test program links.

#include "torchup/install/verified_artifact.hpp"
#include "torchup/system/hash.hpp"

#include "tests/support/zip_builder.hpp"

#include <functional>
#include <map>
#include <string>

namespace torchup::test {

inline Sha256 digest_of(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

struct MadeWheel {
  std::string name = "small_one", version = "1.2";
  std::map<std::string, std::string> files = {{"small_one/__init__.py", "answer = 42\n"}};  ///< Beside .dist-info's own.
  std::string metadata = "Metadata-Version: 2.1\nName: small-one\nVersion: 1.2\n\nDescription\n";
  std::string wheel = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
  std::function<void(std::string& record)> change_record = {};  ///< Before it is packed.
  std::string tag = "py3-none-any";                             ///< Of its file name.

  std::string dist_info() const { return name + "-" + version + ".dist-info"; }
  std::string file_name() const { return name + "-" + version + "-" + tag + ".whl"; }

  std::map<std::string, std::string> all_files() const {
    std::map<std::string, std::string> all = files;
    if (!metadata.empty()) all[dist_info() + "/METADATA"] = metadata;
    if (!wheel.empty()) all[dist_info() + "/WHEEL"] = wheel;
    return all;
  }

  std::string record() const {
    std::string rows;
    for (const auto& [path, content] : all_files()) {
      rows += path + ",sha256=" + digest_of(content).record_form() + "," + std::to_string(content.size()) + "\n";
    }
    rows += dist_info() + "/RECORD,,\n";
    if (change_record) change_record(rows);
    return rows;
  }

  std::string build() const {
    ZipBuilder builder;
    for (const auto& [path, content] : all_files()) builder.add(path, content);
    const std::string rows = record();
    if (!rows.empty()) builder.add(dist_info() + "/RECORD", rows);
    return builder.build();
  }

  /// A request for exactly these bytes.
  ArtifactRequest request(const std::string& bytes) const {
    return {PackageName::parse(name).value(), Version::parse(version).value(),
            LockedFile{.name = file_name(),
                       .url = Url::parse("https://files.example/" + file_name()).value(),
                       .size = bytes.size(),
                       .sha256 = digest_of(bytes)}};
  }
};

}  // namespace torchup::test
