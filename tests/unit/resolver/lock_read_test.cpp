#include "torchup/resolver/lockfile.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace torchup;

namespace {

const std::string k_head = "lock-version = \"1.0\"\ncreated-by = \"other\"\n";
const std::string k_hash = "hashes = {sha256 = \"" + std::string(64, 'a') + "\"}";
const std::string k_wheel = "{url = \"https://index.example/f/six-1.17.0-py2.py3-none-any.whl\", " + k_hash + "}";

std::string package(const std::string& keys) { return k_head + "[[packages]]\nname = \"six\"\n" + keys; }

std::string with_wheel(const std::string& wheel) { return package("version = \"1.17.0\"\nwheels = [" + wheel + "]\n"); }

Error refused(const std::string& text) {
  const auto lock = read_lock(text);
  REQUIRE_FALSE(lock);
  CHECK(lock.error().kind == ErrorKind::lock);
  return lock.error();
}

std::string message(const std::string& text) { return refused(text).message; }

}  // namespace

TEST_CASE("a lock of another tool is read: sdist beside wheels, no version, no file name") {
  const auto lock = read_lock(package("sdist = {url = \"https://index.example/f/six-1.17.0.tar.gz\", " + k_hash + "}\nwheels = [" +
                                      k_wheel + "]\n[packages.tool.other]\nx = 1\n[[packages.attestation-identities]]\nkind = \"x\"\n"));
  REQUIRE(lock);
  REQUIRE(lock->packages.size() == 1);
  CHECK(lock->packages[0].version.text() == "1.17.0");
  CHECK(lock->packages[0].wheels.at(0).name == "six-1.17.0-py2.py3-none-any.whl");
  CHECK(lock->created_by == "other");
}

TEST_CASE("a lone sdist is read, and needs a version, a URL and a hash") {
  const std::string sdist = "sdist = {url = \"https://index.example/f/six-1.17.0.tar.gz\", size = 7, " + k_hash + "}\n";
  const auto lock = read_lock(package("version = \"1.17.0\"\n" + sdist));
  REQUIRE(lock);
  REQUIRE(lock->packages[0].sdist);
  CHECK(lock->packages[0].sdist->name == "six-1.17.0.tar.gz");
  CHECK(lock->packages[0].sdist->size == 7);
  CHECK(lock->packages[0].wheels.empty());
  CHECK(message(package(sdist)) == "`packages[0].version` is missing from the lock file");
  CHECK(message(package("version = \"1\"\nsdist = {url = \"https://index.example/a.tar.gz\", hashes = {}}\n")) ==
        "`packages[0].sdist.hashes` of the lock file is empty");
}

TEST_CASE("what a lock rests on is read and written alike") {
  const std::string text = k_head +
                           "extras = []\ndependency-groups = []\npackages = []\n\n[tool.torchup]\nrepairs = [\"a\", \"b\"]\n"
                           "computed-hashes = [\"c.whl\"]\n";
  const auto lock = read_lock(text);
  REQUIRE(lock);
  CHECK(lock->tool.repairs == std::vector<std::string>{"a", "b"});
  CHECK(lock->tool.computed_hashes == std::vector<std::string>{"c.whl"});
  const auto again = read_lock(write_lock(*lock));
  REQUIRE(again);
  CHECK(write_lock(*again) == write_lock(*lock));
  CHECK(again->tool.repairs == lock->tool.repairs);
  CHECK(again->tool.computed_hashes == lock->tool.computed_hashes);
}

TEST_CASE("a later minor version is read and its new keys are told") {
  const auto lock = read_lock("lock-version = \"1.1\"\ncreated-by = \"x\"\nfuture = 1\npackages = []\n");
  REQUIRE(lock);
  CHECK(lock->unknown_keys == std::vector<std::string>{"future"});
}

TEST_CASE("an unknown lock version is refused") {
  const auto version = GENERATE(as<std::string>(), "2.0", "0.9", "1", "1.", "1.x", "10.0", "");
  const Error error = refused("lock-version = \"" + version + "\"\ncreated-by = \"x\"\npackages = []\n");
  CHECK(error.message == "`lock-version` of the lock file is `" + version + "`, and only 1.0 is understood");
  CHECK(error.hints.size() == 1);
}

TEST_CASE("a missing key is named") {
  CHECK(message("created-by = \"x\"\npackages = []\n") == "`lock-version` is missing from the lock file");
  CHECK(message("lock-version = \"1.0\"\npackages = []\n") == "`created-by` is missing from the lock file");
  CHECK(message(k_head) == "`packages` is missing from the lock file");
  CHECK(message(k_head + "[[packages]]\nversion = \"1\"\n") == "`packages[0].name` is missing from the lock file");
  CHECK(message(package("version = \"1\"\n")) == "`packages[0].wheels` is missing from the lock file");
  CHECK(message(with_wheel("{" + k_hash + "}")) == "`packages[0].wheels[0].url` is missing from the lock file");
  CHECK(message(with_wheel("{url = \"https://index.example/six-1.17.0-py3-none-any.whl\"}")) ==
        "`packages[0].wheels[0].hashes` is missing from the lock file");
}

TEST_CASE("a key of the wrong type is named with both types") {
  CHECK(message("lock-version = 1.0\n") == "`lock-version` of the lock file must be a string, not a float");
  CHECK(message(k_head + "packages = \"six\"\n") == "`packages` of the lock file must be an array of tables, not a string");
  CHECK(message(k_head + "packages = [1]\n") == "`packages[0]` of the lock file must be a table, not an integer");
  CHECK(message(k_head + "packages = []\nextras = [true]\n") == "`extras[0]` of the lock file must be a string, not a boolean");
  CHECK(message(with_wheel("{upload-time = \"now\", size = 1, url = \"https://index.example/six-1.17.0-py3-none-any.whl\", " + k_hash +
                           "}")) == "`packages[0].wheels[0].upload-time` of the lock file must be a date and time, not a string");
}

TEST_CASE("a complaint about a package names the package") {
  CHECK(refused(package("version = \"1\"\n")).context == std::vector<std::string>{"while reading package `six`"});
}

TEST_CASE("sources that are not wheels are kept, and written as they were read") {
  const auto kept = [](const std::string& keys) {
    const auto lock = read_lock(package(keys));
    REQUIRE(lock);
    REQUIRE(lock->packages.empty());
    REQUIRE(lock->kept.size() == 1);
    const std::string written = write_lock(*lock);
    CHECK_THAT(written, Catch::Contains("\n[[packages]]\nname = \"six\"\n" + keys));
    const auto again = read_lock(written);
    REQUIRE(again);
    CHECK(write_lock(*again) == written);
    return lock->kept.front().why;
  };
  CHECK(kept("directory = {editable = true, path = \".\"}\n") == "it comes from a folder");
  CHECK(kept("marker = \"'dev' in extras\"\nvcs = {commit-id = \"a\", type = \"git\", url = \"https://index.example/x\"}\n") ==
        "it comes from a repository");
  CHECK(kept("archive = {" + k_hash + ", size = 5, upload-time = 2026-01-02T03:04:05Z, url = \"https://index.example/x.zip\"}\n") ==
        "it comes from an archive that is no sdist of an index");
  CHECK(kept("wheels = [{" + k_hash + ", path = \"w/six-1.17.0-py3-none-any.whl\"}]\n") ==
        "`six-1.17.0-py3-none-any.whl` has a path and no URL");
  CHECK(kept("version = \"1.17.0\"\nsdist = {" + k_hash + ", path = \"six-1.17.0.tar.gz\"}\n") ==
        "`six-1.17.0.tar.gz` has a path and no URL");
  CHECK(kept("wheels = [{hashes = {md5 = \"00\"}, url = \"https://index.example/six-1.17.0-py3-none-any.whl\"}]\n"
             "attestation-identities = [{kind = \"GitHub\", \"odd key\" = [1, 2]}]\n") == "`six-1.17.0-py3-none-any.whl` has no sha256");
}

TEST_CASE("sources that break the format are refused by their key") {
  CHECK(message(package("directory = {}\n")) == "`packages[0].directory.path` is missing from the lock file");
  CHECK(message(package("directory = {path = \".\", editable = 1}\n")) ==
        "`packages[0].directory.editable` of the lock file must be a boolean, not an integer");
  CHECK(message(package("vcs = {type = \"git\", url = \"https://index.example/x\"}\n")) ==
        "`packages[0].vcs.commit-id` is missing from the lock file");
  CHECK(message(package("vcs = {type = \"git\", commit-id = \"a\"}\n")) == "`packages[0].vcs.url` is missing from the lock file");
  CHECK(message(package("archive = {url = \"https://index.example/x.zip\"}\n")) ==
        "`packages[0].archive.hashes` is missing from the lock file");
  CHECK(message(package("archive = {url = \"https://index.example/x.zip\", " + k_hash + "}\nwheels = []\n")) ==
        "`packages[0].name` of the lock file has more than one kind of source");
  CHECK(message(with_wheel("{path = \"seven-1.17.0-py3-none-any.whl\", " + k_hash + "}")) ==
        "`packages[0].wheels[0].path` of the lock file is `seven-1.17.0-py3-none-any.whl`, a wheel of another package");
  CHECK(message(package("version = \"1\"\nwheels = []\n")) == "`packages[0].wheels` of the lock file is empty");
}

TEST_CASE("a wheel needs a digest, and a sha256 must be one") {
  const std::string url = "{url = \"https://index.example/f/six-1.17.0-py3-none-any.whl\", ";
  CHECK(message(with_wheel(url + "hashes = {}}")) == "`packages[0].wheels[0].hashes` of the lock file is empty");
  CHECK(message(with_wheel(url + "hashes = {sha256 = 1}}")) ==
        "`packages[0].wheels[0].hashes.sha256` of the lock file must be a string, not an integer");
  CHECK_THAT(message(with_wheel(url + "hashes = {sha256 = \"abc\"}}")),
             Catch::StartsWith("`packages[0].wheels[0].hashes.sha256` of the lock file cannot be read: "));
  CHECK(message(with_wheel(url + "size = -1, " + k_hash + "}")) == "`packages[0].wheels[0].size` of the lock file is -1, which is no size");
  CHECK(message(with_wheel(url + "upload-time = 2026-01-01T00:00:00+01:00, " + k_hash + "}")) ==
        "`packages[0].wheels[0].upload-time` of the lock file must be in UTC");
}

TEST_CASE("a wheel of another package or version does not pass for this one") {
  const std::string start = "{url = \"https://index.example/f/";
  CHECK(message(with_wheel(start + "seven-1.17.0-py3-none-any.whl\", " + k_hash + "}")) ==
        "`packages[0].wheels[0].url` of the lock file is `seven-1.17.0-py3-none-any.whl`, a wheel of another package");
  CHECK(message(with_wheel(start + "x\", name = \"six-1.16.0-py3-none-any.whl\", " + k_hash + "}")) ==
        "`packages[0].wheels[0].name` of the lock file is `six-1.16.0-py3-none-any.whl`, which is not version 1.17.0");
  CHECK_THAT(message(with_wheel(start + "..%2f..%2fevil\", " + k_hash + "}")),
             Catch::StartsWith("`packages[0].wheels[0].url` of the lock file names no wheel: "));
}

TEST_CASE("names must be normalised, values must parse") {
  CHECK(message(k_head + "[[packages]]\nname = \"Six_\"\n").find("`packages[0].name` of the lock file cannot be read: ") == 0);
  CHECK(message(k_head + "[[packages]]\nname = \"Six\"\n") ==
        "`packages[0].name` of the lock file is `Six`, which is not the normalised name `six`");
  CHECK_THAT(message(package("version = \"not one\"\nwheels = [" + k_wheel + "]\n")),
             Catch::StartsWith("`packages[0].version` of the lock file cannot be read: "));
  CHECK_THAT(message(k_head + "requires-python = \"3\"\npackages = []\n"),
             Catch::StartsWith("`requires-python` of the lock file cannot be read: "));
  CHECK_THAT(message(k_head + "environments = [\"os_name == 'posix'\", \"x\"]\npackages = []\n"),
             Catch::StartsWith("`environments[1]` of the lock file cannot be read: "));
}

TEST_CASE("the metadata marker `extra` is refused, `extras` and the quoted word are not") {
  const std::string wheels = "version = \"1.17.0\"\nwheels = [" + k_wheel + "]\n";
  CHECK(message(package(wheels + "marker = \"os_name == 'posix' and extra == 'test'\"\n")) ==
        "`packages[0].marker` of the lock file uses `extra`, which locks must not; it is `extras` there");
  CHECK(read_lock(package(wheels + "marker = \"'test' in extras\"\n")));
  CHECK(read_lock(package(wheels + "marker = \"os_name == 'extra'\"\n")));
}

TEST_CASE("what stands under tool never breaks a lock") {
  const auto lock = read_lock(k_head + "packages = []\n[tool.torchup]\nvariant = 5\nrequests = \"torch\"\nvariant-reason = \"why\"\n");
  REQUIRE(lock);
  CHECK(lock->tool.variant.empty());
  CHECK(lock->tool.requests.empty());
  CHECK(lock->tool.variant_reason == "why");
}
