#include "src/index/sdist_reader.hpp"

#include "tests/support/tar_builder.hpp"
#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

ProjectFile sdist_file(const std::string& filename) {
  return {.filename = filename, .url = url_of("https://index.example/files/" + filename)};
}

std::string pkg_info(const std::string& fields, const std::string& version = "2.2") {
  return "Metadata-Version: " + version + "\nName: demo\nVersion: 1.0\n" + fields;
}

std::string archive_of(const std::string& text) {
  return tar_gz_of({{"demo-1.0/src/PKG-INFO", "not this one"}, {"demo-1.0/PKG-INFO", text}});
}

bool is_dynamic(const std::string& text) {
  const auto read = pkg_info_of(archive_of(text), sdist_file("demo-1.0.tar.gz"));
  REQUIRE(read);
  CHECK(read->text == text);
  return read->dynamic;
}

std::string error_of(const std::string& archive, const std::string& filename = "demo-1.0.tar.gz") {
  const auto read = pkg_info_of(archive, sdist_file(filename));
  if (read) return "no error";
  CHECK(read.error().kind == ErrorKind::integrity);
  return read.error().message;
}

}  // namespace

TEST_CASE("PKG-INFO binds from version 2.2 on, but for its dynamic fields (PEP 643)") {
  CHECK_FALSE(is_dynamic(pkg_info("Requires-Dist: a\n")));
  CHECK_FALSE(is_dynamic(pkg_info("Requires-Dist: a\n", "2.4")));
  CHECK_FALSE(is_dynamic(pkg_info("Dynamic: Summary\nDynamic: license-file\n")));
  CHECK(is_dynamic(pkg_info("Requires-Dist: a\n", "2.1")));
  CHECK(is_dynamic(pkg_info("", "none")));
  for (const char* field : {"Requires-Dist", "requires-python", "PROVIDES-EXTRA"})
    CHECK(is_dynamic(pkg_info(std::string("Dynamic: ") + field + "\n")));
}

TEST_CASE("an sdist that is not what its name says is refused") {
  CHECK(error_of(tar_gz_of({{"demo-1.0/setup.py", ""}})) == "the sdist `demo-1.0.tar.gz` cannot be read: it has no PKG-INFO");
  CHECK(error_of(archive_of(pkg_info("")), "demo-2.0.tar.gz") == "the METADATA of `demo` 2.0 is malformed: its Version is `1.0`");
  CHECK(error_of(archive_of(pkg_info("")), "other-1.0.tar.gz") == "the METADATA of `other` 1.0 is malformed: its Name is `demo`");
  CHECK(error_of(archive_of(pkg_info("")), "demo.tar.gz") == "the sdist `demo.tar.gz` cannot be read: its name is no NAME-VERSION.tar.gz");
  CHECK(error_of("no archive").starts_with("the archive cannot be read: "));
}

TEST_CASE("the client reads an sdist once, keeps it, and holds it to the index's hash") {
  TemporaryFolder folder;
  FakeTransport transport;
  Cancellation cancellation;
  KeptDiagnostics diagnostics;
  StillClock time;
  const std::string bytes = archive_of(pkg_info("Requires-Dist: a\n"));
  ProjectFile file = sdist_file("demo-1.0.tar.gz");
  file.sha256 = digest_of(bytes);
  transport.serve(file.url.text(), {.body = bytes});
  const auto read = [&] {
    IndexClient client({.cache = folder.path()}, transport, cancellation, diagnostics, time.clock());
    client.want_metadata(file);
    drive(client);
    REQUIRE(client.metadata(file) != nullptr);
    const auto metadata = *client.metadata(file);
    if (metadata) CHECK(read_text(client.sdist(file).value()) == bytes);
    return metadata;
  };
  CHECK(read()->text == pkg_info("Requires-Dist: a\n"));
  CHECK(read()->wheel_size == bytes.size());
  CHECK(transport.asked().size() == 1);
  file.sha256 = digest_of("another");
  const auto refused = read();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::integrity);
  CHECK(refused.error().message.starts_with("the sdist `demo-1.0.tar.gz` cannot be read: its sha256 is `"));
}

TEST_CASE("a file without a hash is read for it once, and anew after a failure") {
  TemporaryFolder folder;
  FakeTransport transport;
  Cancellation cancellation;
  KeptDiagnostics diagnostics;
  StillClock time;
  const std::string bytes(100'000, 'w');
  const ProjectFile file = sdist_file("demo-1.0-py3-none-any.whl");
  transport.script(file.url.text(), {breaking_server(bytes, 5000), file_server(bytes)});
  const auto read = [&](Offline offline) {
    IndexClient client({.cache = folder.path(), .offline = offline}, transport, cancellation, diagnostics, time.clock());
    client.want_hash(file);
    drive(client);
    REQUIRE(client.hash(file) != nullptr);
    return *client.hash(file);
  };
  CHECK_FALSE(read(Offline::yes));
  const auto first = read(Offline::no);
  REQUIRE(first);
  CHECK(first->sha256 == digest_of(bytes));
  CHECK(first->size == bytes.size());
  CHECK(transport.asked().size() == 2);
  CHECK(read(Offline::yes)->sha256 == digest_of(bytes));
  CHECK(transport.asked().size() == 2);
}

TEST_CASE("an sdist is offered where no wheel fits and the package may be built") {
  ProjectPage page{package("demo"), {}};
  page.files = {sdist_file("demo-1.0.tar.gz"), sdist_file("demo-1.0-cp39-cp39-win_amd64.whl"), sdist_file("demo-2.0.zip"),
                sdist_file("demo-3.0.tar.gz"), sdist_file("demo-3.0-py3-none-any.whl")};
  const auto offered = [&](const FileRules& rules) {
    std::string text;
    for (const auto& one : offered_versions(page, rules)) text += (one.wheel ? one.wheel->filename : one.candidate.unusable) + "; ";
    return text;
  };
  FileRules rules = linux_rules();
  CHECK(offered(rules) == "no wheel for linux-x86_64 with Python 3.11; only an sdist that is no .tar.gz; demo-3.0-py3-none-any.whl; ");
  const auto before = identified(rules).identity;
  rules.buildable.insert(package("demo"));
  CHECK(offered(rules) == "demo-1.0.tar.gz; only an sdist that is no .tar.gz; demo-3.0-py3-none-any.whl; ");
  CHECK(identified(rules).identity != before);
  page.files[0].requires_python = ">=3.12";
  CHECK(offered(rules).starts_with("no wheel for linux-x86_64 with Python 3.11; "));
  const auto offers = offered_versions(page, linux_rules());
  CHECK(offers.at(0).candidate.has_sdist);
  CHECK_FALSE(offers.at(1).candidate.has_sdist);  // a .zip is not read
  CHECK_FALSE(offers.at(2).candidate.has_sdist);  // it has a wheel
}
