#include "src/index/project_page.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace torchup;

namespace {

const std::string k_hex(64, 'a');

Result<ProjectPage> read(const std::string& text, const std::string& base = "https://index.example/simple/demo/") {
  return parse_simple_json(text, *Url::parse(base), *PackageName::parse("Demo"));
}

std::string page(const std::string& files) { return R"({"meta":{"api-version":"1.1"},"name":"demo","files":[)" + files + "]}"; }

std::string refusal(const std::string& text) {
  const auto result = read(text);
  return result ? "accepted" : result.error().message;
}

std::string refused(const std::string& why) { return "the index page of `demo` cannot be used: " + why; }

}  // namespace

TEST_CASE("a JSON page gives every field of a file") {
  const auto got = read(page(fmt::format(
      R"({{"filename":"demo-1.0-py3-none-any.whl","url":"../../files/demo-1.0-py3-none-any.whl","hashes":{{"md5":"x","sha256":"{}"}},
      "requires-python":">=3.9","size":123456789012,"yanked":"broken","upload-time":"2026-10-28T15:04:05.1Z","core-metadata":{{"sha256":"{}"}},
      "provenance":null,"gpg-sig":false}})",
      k_hex, std::string(64, 'B'))));
  REQUIRE(got);
  REQUIRE(got->files.size() == 1);
  const ProjectFile& file = got->files[0];
  CHECK(file.filename == "demo-1.0-py3-none-any.whl");
  CHECK(file.url.text() == "https://index.example/files/demo-1.0-py3-none-any.whl");
  CHECK(file.sha256->hex() == k_hex);
  CHECK(file.size == 123456789012U);
  CHECK(file.requires_python == ">=3.9");
  CHECK(file.yanked == "broken");
  CHECK(file.upload_time == "2026-10-28T15:04:05.1Z");
  REQUIRE(file.core_metadata);
  CHECK(file.core_metadata->sha256->hex() == std::string(64, 'b'));
}

TEST_CASE("what a JSON page leaves out is absent") {
  const auto got =
      read(page(R"({"filename":"a.whl","url":"a.whl","hashes":{},"yanked":false,"core-metadata":false,"requires-python":null})"));
  REQUIRE(got);
  const ProjectFile& file = got->files.at(0);
  CHECK_FALSE(file.sha256);
  CHECK_FALSE(file.size);
  CHECK_FALSE(file.requires_python);
  CHECK_FALSE(file.yanked);
  CHECK_FALSE(file.core_metadata);
}

TEST_CASE("the metadata's hash is never the file's") {
  const auto got =
      read(page(fmt::format(R"({{"filename":"a.whl","url":"a.whl","core-metadata":{{"sha256":"{}"}},"hashes":{{}}}})", k_hex)));
  REQUIRE(got);
  CHECK_FALSE(got->files.at(0).sha256);
}

TEST_CASE("core-metadata wins over its older names, wherever it stands") {
  const std::string b(64, 'b');
  for (const std::string& members :
       {fmt::format(R"("core-metadata":{{"sha256":"{}"}},"dist-info-metadata":{{"sha256":"{}"}})", k_hex, b),
        fmt::format(R"("dist-info-metadata":{{"sha256":"{}"}},"core-metadata":{{"sha256":"{}"}})", b, k_hex)}) {
    const auto got = read(page(R"({"filename":"a.whl","url":"a.whl",)" + members + "}"));
    REQUIRE(got);
    CHECK(got->files.at(0).core_metadata->sha256->hex() == k_hex);
  }
  CHECK(read(page(R"({"filename":"a.whl","url":"a.whl","data-dist-info-metadata":true})"))->files.at(0).core_metadata == CoreMetadata{});
}

TEST_CASE("unknown keys are passed over, even deep ones that look like known ones") {
  const auto got = read(R"({"_last-serial":1,"versions":["1"],"x":{"files":[{"url":1}],"hashes":{"sha256":5}},"name":"DEMO","files":[]})");
  REQUIRE(got);
  CHECK(got->files.empty());
}

TEST_CASE("a project's status is read, and what a later standard may add counts as active") {
  const auto status = [](const std::string& said) {
    return read(R"({"project-status":)" + said + R"(,"name":"demo","files":[]})")->status;
  };
  CHECK(status(R"({"status":"quarantined","reason":"haunted"})") == ProjectStatus{ProjectStatus::Marker::quarantined, "haunted"});
  CHECK(status(R"({"status":"archived"})") == ProjectStatus{ProjectStatus::Marker::archived});
  CHECK(status(R"({"status":"deprecated","reason":null})") == ProjectStatus{ProjectStatus::Marker::deprecated});
  for (const char* active : {R"({"status":"active"})", R"({"status":"resting"})", R"({"reason":"x"})", "{}", "5", R"("archived")"}) {
    INFO(active);
    CHECK_FALSE(status(active));
  }
  CHECK(refusal(R"({"project-status":{"status":"active","status":"archived"},"files":[]})") == refused("it holds the key `status` twice"));
}

TEST_CASE("the index's credentials go along to its own origin only") {
  const auto got =
      read(page(R"({"filename":"a.whl","url":"https://index.example/a.whl"},{"filename":"b.whl","url":"https://x:y@files.example/b.whl"})"),
           "https://me:pw@index.example/simple/demo/");
  REQUIRE(got);
  CHECK(got->files.at(0).url.userinfo() == "me:pw");
  CHECK_FALSE(got->files.at(1).url.has_credentials());
}

TEST_CASE("a link to somewhere odd is left out") {
  const auto got = read(
      page(R"({"filename":"a.whl","url":"file:///etc/passwd"},{"filename":"b/../c.whl","url":"x"},{"filename":"d.whl","url":"d.whl"})"));
  REQUIRE(got);
  REQUIRE(got->files.size() == 1);
  CHECK(got->files[0].filename == "d.whl");
}

TEST_CASE("a broken JSON page is refused with the reason") {
  CHECK(refusal("") == refused("it is not valid JSON"));
  CHECK(refusal(R"({"files":[)") == refused("it is not valid JSON"));
  CHECK(refusal("[]") == refused("it is JSON without a list of files"));
  CHECK(refusal("5") == refused("it is no JSON object"));
  CHECK(refusal("{}") == refused("it is JSON without a list of files"));
  CHECK(refusal(R"({"name":"demo","name":"demo","files":[]})") == refused("it holds the key `name` twice"));
  CHECK(refusal(R"({"name":"other","files":[]})") == refused("it is the page of `other`"));
  CHECK(refusal(R"({"meta":{"api-version":"2.0"},"files":[]})") == refused("it has the format version `2.0`, and only 1 is known"));
  CHECK(refusal(page(R"({"filename":"a.whl"})")) == refused("it lists a file without name or URL"));
  CHECK(refusal(page(R"({"filename":"a.whl","url":"a","size":-1})")) == refused("a file's size is negative"));
  CHECK(refusal(page(R"({"filename":"a.whl","url":"a","size":123456789012345678901234567890})")) ==
        refused("it holds a number that cannot be read"));
  CHECK(refusal(page(R"({"filename":"a.whl","url":"a","size":1.5})")) == refused("a file's size is no whole number"));
  CHECK(refusal(page(R"({"filename":"a.whl","url":"a","size":"5"})")) == refused("a file's size is no number"));
  CHECK(refusal(page("{\"filename\":\"\xff\"}")) == refused("it is not valid JSON"));
  CHECK(refusal(page("{\"url\":\"a\",\"filename\":\"" + std::string(20'000, 'x') + "\"}")) == refused("it holds a text that is too long"));
}

TEST_CASE("deep nesting is refused, not followed") {
  CHECK(refusal(R"({"x":)" + std::string(63, '[') + "1" + std::string(63, ']') + R"(,"files":[]})") == "accepted");
  CHECK(refusal(R"({"x":)" + std::string(64, '[') + "1" + std::string(64, ']') + R"(,"files":[]})") ==
        refused("it is nested deeper than 64 levels"));
  CHECK(refusal(R"({"x":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}") ==
        refused("it is nested deeper than 64 levels"));
  CHECK(refusal(R"({"x":)" + std::string(1'000'000, '[')) == refused("it is not valid JSON"));
}

TEST_CASE("a refused page names its URL without credentials") {
  const auto got = read("x", "https://me:s3cr3t@index.example/simple/demo/");
  REQUIRE_FALSE(got);
  CHECK(got.error().kind == ErrorKind::network);
  CHECK(got.error().context == std::vector<std::string>{"while reading `https://index.example/simple/demo/`"});
}
