#include "src/verify/verify_artifact.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/support/wheel_builder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace torchup;
using namespace torchup::test;

namespace fs = std::filesystem;

namespace {

struct Verifier {
  TemporaryFolder folder;
  Store store = Store::open(folder.path() / "store").value();
  Cancellation cancellation;

  Result<VerifiedArtifact> verify(const MadeWheel& wheel, const std::string& bytes, const ArtifactRequest& request) {
    return verify_artifact(folder.write(wheel.file_name(), bytes), request, store, 2, cancellation);
  }
  Result<VerifiedArtifact> verify(const MadeWheel& wheel) {
    const std::string bytes = wheel.build();
    return verify(wheel, bytes, wheel.request(bytes));
  }
  std::string message(const MadeWheel& wheel) {
    const auto verified = verify(wheel);
    REQUIRE_FALSE(verified.has_value());
    CHECK(verified.error().kind == ErrorKind::integrity);
    CHECK(fs::is_empty(store.root() / "staging"));
    CHECK(store.usage().value().trees == 0);
    return verified.error().message;
  }
};

std::string rule_of(const MadeWheel& wheel) {
  const TemporaryFolder folder;
  const auto outcome = check_wheel(folder.write(wheel.file_name(), wheel.build())).value();
  return outcome ? std::string(outcome->rule) : "ok";
}

std::string rule_of_record(std::function<void(std::string&)> change) {
  MadeWheel wheel;
  wheel.change_record = std::move(change);
  return rule_of(wheel);
}

void replace(std::string& text, std::string_view from, std::string_view to) { text.replace(text.find(from), from.size(), to); }

unsigned mode_of(const fs::path& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE_METHOD(Verifier, "a sound wheel becomes a tree whose manifest names every file") {
  MadeWheel wheel;
  wheel.files["small_one/data/big.bin"] = std::string(9 << 20, 'x');  // above what is held in memory
  for (int i = 0; i < 600; ++i) wheel.files["small_one/many/f" + std::to_string(i)] = std::to_string(i);
  const auto verified = verify(wheel);
  REQUIRE(verified.has_value());
  const auto& files = verified->manifest().files;
  CHECK(files.size() == wheel.all_files().size() + 1);
  CHECK(std::ranges::is_sorted(files, {}, &TreeFile::path));
  for (const TreeFile& file : files) {
    const std::string content = read_text(verified->tree() / file.path);
    CHECK(file.size == content.size());
    CHECK(file.sha256 == digest_of(content));
  }
  CHECK(read_text(verified->tree() / "small_one/__init__.py") == "answer = 42\n");
  CHECK(verified->manifest().wheel == wheel.file_name());
  CHECK(store.find(verified->sha256())->manifest() == verified->manifest());
}

TEST_CASE_METHOD(Verifier, "files are read-only for everyone whatever the umask, and executable where the archive says so") {
  const MadeWheel wheel;
  ZipBuilder builder;
  for (const auto& [path, content] : wheel.all_files()) {
    builder.add(path, content, Compression::deflated, [](ZipRecord&, ZipRecord& directory) {
      if (directory.name.ends_with(".py")) directory.external_attributes = 0104777U << 16;
    });
  }
  const std::string bytes = builder.add(wheel.dist_info() + "/RECORD", wheel.record()).build();
  const mode_t before = ::umask(077);
  const auto verified = verify(wheel, bytes, wheel.request(bytes));
  ::umask(before);
  REQUIRE(verified.has_value());
  CHECK(mode_of(verified->tree() / "small_one/__init__.py") == 0555);
  CHECK(mode_of(verified->tree() / wheel.dist_info() / "METADATA") == 0444);
}

TEST_CASE_METHOD(Verifier, "a file that is not the locked one is refused with both digests") {
  const MadeWheel wheel;
  const std::string bytes = wheel.build();
  ArtifactRequest request = wheel.request(bytes);
  SECTION("digest") {
    request.file.sha256 = digest_of("other");
    CHECK(verify(wheel, bytes, request).error().message == "wheel `small_one-1.2-py3-none-any.whl` does not match the lock: sha256 is `" +
                                                               digest_of(bytes).hex() + "`, expected `" + digest_of("other").hex() + "`");
  }
  SECTION("size") {
    request.file.size = bytes.size() + 1;
    CHECK(verify(wheel, bytes, request).error().message == "wheel `small_one-1.2-py3-none-any.whl` has " + std::to_string(bytes.size()) +
                                                               " bytes, and the lock says " + std::to_string(bytes.size() + 1));
  }
}

TEST_CASE_METHOD(Verifier, "what breaks a rule is named with wheel, rule, file and both values, and leaves nothing") {
  MadeWheel wheel;
  SECTION("another content than RECORD says") {
    wheel.change_record = [](std::string& record) {
      replace(record, digest_of("answer = 42\n").record_form(), digest_of("answer = 43\n").record_form());
    };
    CHECK(message(wheel) == "wheel `small_one-1.2-py3-none-any.whl` breaks the rule `record-hash`: sha256 of `small_one/__init__.py` is " +
                                digest_of("answer = 42\n").hex() + ", RECORD says " + digest_of("answer = 43\n").hex());
  }
  SECTION("another size") {
    wheel.change_record = [](std::string& record) { replace(record, ",12\n", ",13\n"); };
    CHECK(message(wheel) ==
          "wheel `small_one-1.2-py3-none-any.whl` breaks the rule `record-size`: `small_one/__init__.py` has 12 bytes, RECORD says 13");
  }
  SECTION("another package inside") {
    wheel.metadata = "Name: other\nVersion: 1.2\n";
    CHECK(message(wheel) == "wheel `small_one-1.2-py3-none-any.whl` breaks the rule `metadata`: METADATA names `other`, not `small-one`");
  }
}

TEST_CASE_METHOD(Verifier, "of releases that are known for it METADATA alone may differ from RECORD") {
  MadeWheel wheel{.name = "torch", .version = "1.12.1", .metadata = "Name: torch\nVersion: 1.12.1\n"};
  const auto spoil = [](std::string content) {
    return [content](std::string& record) { replace(record, digest_of(content).record_form(), digest_of("other").record_form()); };
  };
  wheel.change_record = spoil(wheel.metadata);
  SECTION("its METADATA") { CHECK(verify(wheel).has_value()); }
  SECTION("its METADATA's size as well") {
    wheel.change_record = [](std::string& record) { replace(record, ",28\n", ",29\n"); };
    CHECK(verify(wheel).has_value());
  }
  SECTION("another file of it") {
    wheel.change_record = spoil(wheel.wheel);
    CHECK(message(wheel).find("`record-hash`: sha256 of `torch-1.12.1.dist-info/WHEEL`") != std::string::npos);
  }
  SECTION("another release") {
    wheel.version = "1.13.0";
    wheel.metadata = "Name: torch\nVersion: 1.13.0\n";
    wheel.change_record = spoil(wheel.metadata);
    CHECK(message(wheel).find("`record-hash`: sha256 of `torch-1.13.0.dist-info/METADATA`") != std::string::npos);
  }
}

TEST_CASE_METHOD(Verifier, "a cancelled verification leaves nothing") {
  cancellation.request();
  const MadeWheel wheel;
  const auto verified = verify(wheel);
  REQUIRE_FALSE(verified.has_value());
  CHECK(verified.error().kind == ErrorKind::interrupted);
  CHECK(fs::is_empty(store.root() / "staging"));
}

TEST_CASE("RECORD and the archive list the same files") {
  CHECK(rule_of({}) == "ok");
  CHECK(rule_of_record([](std::string& record) { record.clear(); }) == "record-missing");
  CHECK(rule_of_record([](std::string& record) { record = record.substr(record.find('\n') + 1); }) == "record-lacks");
  CHECK(rule_of_record([](std::string& record) { record += "../../etc/passwd,,\n"; }) == "record-phantom");
  CHECK(rule_of_record([](std::string& record) { record += "small_one/,,\n"; }) == "record-phantom");
  CHECK(rule_of_record([](std::string& record) { record += record.substr(0, record.find('\n') + 1); }) == "record-duplicate");
  CHECK(rule_of_record([](std::string& record) { replace(record, "sha256=", "md5="); }) == "record-algorithm");
  CHECK(rule_of_record([](std::string& record) { replace(record, "sha256=", "sha256=0"); }) == "record-syntax");
  CHECK(rule_of_record([](std::string& record) { replace(record, ",12\n", ",12x\n"); }) == "record-syntax");
  CHECK(rule_of_record([](std::string& record) { replace(record, ",12\n", "\n"); }) == "record-syntax");
  CHECK(rule_of_record([](std::string& record) { record += "\"unclosed,,\n"; }) == "record-syntax");
  CHECK(rule_of_record([](std::string& record) {
          const std::size_t digest = record.find(",sha256=");
          record.erase(digest + 1, record.find(',', digest + 1) - digest - 1);
        }) == "record-lacks");
  CHECK(rule_of_record([](std::string& record) { replace(record, "small_one/__init__.py", "\"small_one/__init__.py\""); }) == "ok");
  CHECK(rule_of_record([](std::string& record) { replace(record, ",12\n", ",\r\n"); }) == "ok");  // a size is optional
}

TEST_CASE("a wheel has one .dist-info, its own") {
  MadeWheel wheel;
  SECTION("none") {
    const TemporaryFolder folder;
    const fs::path path = folder.write(wheel.file_name(), ZipBuilder().add("a.py", "").build());
    CHECK(check_wheel(path).value().value() == BrokenRule{"dist-info", "there is no folder that ends with .dist-info"});
  }
  SECTION("two") {
    wheel.files["other-1.dist-info/METADATA"] = "Name: other";
    CHECK(rule_of(wheel) == "dist-info");
  }
  SECTION("another's") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("small_one-1.3-py3-none-any.whl", wheel.build());
    CHECK(check_wheel(path).value().value().detail == "`small_one-1.2.dist-info` is not that of small-one 1.3");
  }
  SECTION("spelled otherwise") {
    wheel.name = "Small.One";
    CHECK(rule_of(wheel) == "ok");
  }
  SECTION("a file that is no wheel by its name") {
    const TemporaryFolder folder;
    CHECK(check_wheel(folder.write("a.zip", wheel.build())).value().value().rule == "wheel-name");
  }
}

TEST_CASE("the .data folder holds the known schemes only") {
  const auto with_file = [](const std::string& path) {
    MadeWheel wheel;
    wheel.files[path] = "";
    return rule_of(wheel);
  };
  CHECK(with_file("small_one-1.2.data/scripts/run") == "ok");
  CHECK(with_file("small_one-1.2.data/data/share/doc/x") == "ok");
  CHECK(with_file("small_one-1.2.data/scripts/folder/run") == "data-folder");
  CHECK(with_file("small_one-1.2.data/stdlib/os.py") == "data-folder");
  CHECK(with_file("small_one-1.2.data/loose") == "data-folder");
  CHECK(with_file("other-1.2.data/purelib/x") == "data-folder");
}

TEST_CASE("WHEEL must be of major version 1") {
  const auto with = [](const std::string& text) {
    MadeWheel wheel;
    wheel.wheel = text;
    return rule_of(wheel);
  };
  CHECK(with("Wheel-Version: 1.9\r\n") == "ok");
  CHECK(with("") == "wheel-version");
  CHECK(with("Wheel-Version: 2.0\n") == "wheel-version");
  CHECK(with("Wheel-Version: 1\n") == "wheel-version");
  CHECK(with("Generator: x\n\nWheel-Version: 1.0\n") == "wheel-version");
  CHECK(with("Wheel-Version: 1.0\nwheel-version: 2.0\n") == "wheel-version");
}

TEST_CASE("scripts of entry points have safe names and run an object") {
  const auto with = [](const std::string& line, const std::string& group = "[console_scripts]") {
    MadeWheel wheel;
    wheel.files[wheel.dist_info() + "/entry_points.txt"] = "# comment\n[other]\nwhatever\n" + group + "\n" + line + "\n";
    return rule_of(wheel);
  };
  CHECK(with("run = small_one.cli:main") == "ok");
  CHECK(with("run=small_one:App.main [fast, big]") == "ok");
  CHECK(with("python-tool = small_one:main") == "ok");
  CHECK(with("../run = small_one:main") == "entry-point");
  CHECK(with("a/b = small_one:main") == "entry-point");
  CHECK(with(".hidden = small_one:main") == "entry-point");
  CHECK(with("python = small_one:main") == "entry-point");
  CHECK(with("Python3.11 = small_one:main") == "entry-point");
  CHECK(with("activate.fish = small_one:main") == "entry-point");
  CHECK(with(std::string(201, 'a') + " = small_one:main") == "entry-point");
  CHECK(with("run") == "entry-point");
  CHECK(with("run = small_one") == "entry-point");
  CHECK(with("run = small_one:main;import os") == "entry-point");
  CHECK(with("run = os:system('x')", "[gui_scripts]") == "entry-point");
  CHECK(with("run = anything at all", "[some.plugins]") == "ok");
}
