#include "src/index/html_tokens.hpp"
#include "src/index/project_page.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace torchup;

namespace {

const std::string k_hex(64, 'a');

Result<ProjectPage> read(const std::string& text, const std::string& base = "https://index.example/simple/demo/") {
  return parse_simple_html(text, *Url::parse(base), *PackageName::parse("demo"));
}

std::string refusal(const std::string& text) {
  const auto result = read(text);
  return result ? "accepted" : result.error().message;
}

std::string refused(const std::string& why) { return "the index page of `demo` cannot be used: " + why; }

}  // namespace

TEST_CASE("an anchor gives a file with its attributes") {
  const auto got = read(fmt::format(
      R"(<!DOCTYPE html><html><body><a href="https://files.example/x/demo-1.0%2Bcpu-py3-none-any.whl#sha256={}"
      data-requires-python="&gt;=3.9,!=3.10.*" data-yanked="bad &amp;amp; worse" data-dist-info-metadata="true" data-core-metadata="sha256={}">
      demo-1.0+cpu-py3-none-any.whl</a></body></html>)",
      k_hex, std::string(64, 'b')));
  REQUIRE(got);
  REQUIRE(got->files.size() == 1);
  const ProjectFile& file = got->files[0];
  CHECK(file.filename == "demo-1.0+cpu-py3-none-any.whl");
  CHECK(file.url.text() == "https://files.example/x/demo-1.0%2Bcpu-py3-none-any.whl");
  CHECK(file.sha256->hex() == k_hex);
  CHECK_FALSE(file.size);
  CHECK(file.requires_python == ">=3.9,!=3.10.*");
  CHECK(file.yanked == "bad &amp; worse");
  CHECK(file.core_metadata->sha256->hex() == std::string(64, 'b'));
}

TEST_CASE("HTML is read however it is written") {
  for (const std::string anchor :
       {"<a href='demo-1.whl'>x</a>", "<A HREF=demo-1.whl>x</A>", "<a\n\tclass=x  href = \"demo-1.whl\" />x</a>",
        "<a data-yanked href=demo-1.whl>x", "<!-- <a href='no.whl'> --><a href=demo-1.whl>",
        "<script>'<a href=no.whl>'</SCRIPT><a href=demo-1.whl>", "a < b <a href=demo-1.whl>", "<base href='./'><a href=demo-1.whl>"}) {
    INFO(anchor);
    const auto got = read(anchor);
    REQUIRE(got);
    REQUIRE(got->files.size() == 1);
    CHECK(got->files[0].url.text() == "https://index.example/simple/demo/demo-1.whl");
  }
}

TEST_CASE("a hash is only a well-formed sha256") {
  for (const std::string& fragment :
       {std::string(), std::string("#"), std::string("#sha256="), std::string("#sha256=abc"), "#md5=" + k_hex, "#" + k_hex}) {
    INFO(fragment);
    const auto got = read("<a href='demo-1.whl" + fragment + "' data-core-metadata='sha256=" + k_hex + "'>x</a>");
    REQUIRE(got);
    CHECK_FALSE(got->files.at(0).sha256);
  }
  CHECK(read("<a href='demo-1.whl#sha256=" + k_hex + "&egg=demo'>x</a>")->files.at(0).sha256->hex() == k_hex);
}

TEST_CASE("a project's status stands in its page's head") {
  const std::string status = "<meta name='pypi:project-status' content='deprecated'>";
  const std::string reason = "<meta name='pypi:project-status-reason' content='use &quot;other&quot;'>";
  const std::string file = "<a href='demo-1.whl'>x</a>";
  CHECK(read(status + file)->status == ProjectStatus{ProjectStatus::Marker::deprecated});
  CHECK(read(status + reason + file)->status == ProjectStatus{ProjectStatus::Marker::deprecated, "use \"other\""});
  CHECK(read(reason + status + file)->status == ProjectStatus{ProjectStatus::Marker::deprecated, "use \"other\""});
  CHECK_FALSE(read(reason + file)->status);
}

TEST_CASE("a file name is decoded once and has no directory") {
  const auto got = read("<a href='%252e%252e%252fdemo-1.whl'></a><a href='..%2f..%2fdemo-1.whl'></a><a href='demo-%00.whl'></a>");
  REQUIRE(got);
  REQUIRE(got->files.size() == 1);
  CHECK(got->files[0].filename == "%2e%2e%2fdemo-1.whl");
}

TEST_CASE("links that are no distributions, and links to files, are left out") {
  const auto got = read(
      "<title>Links for demo</title><a href='/'>home</a><a>x</a><a href='file:///demo-1.whl'></a><a "
      "href='http://x.example/demo-1.whl'></a>");
  REQUIRE(got);
  CHECK(got->files.empty());
}

TEST_CASE("an empty page is an index page only where it says so") {
  CHECK(refusal("<html><head><title>Links for demo</title></head></html>") == "accepted");
  CHECK(refusal("<meta name='pypi:repository-version' content='1.4'>") == "accepted");
  CHECK(refusal("<html><form action='/login'><a href='/help'>help</a></form></html>") ==
        refused("it is a web page that is no package index, perhaps a login"));
  CHECK(refusal("") == refused("it is a web page that is no package index, perhaps a login"));
  CHECK(read("").error().hints ==
        std::vector<std::string>{"open the URL in a browser; a login or a network's welcome page may stand before the index"});
}

TEST_CASE("a page that ends early or speaks a later version is refused") {
  CHECK(refusal("<html><body><a href='demo-1.whl'>x</a><a href='demo-2") == refused("it ends before its end tag"));
  CHECK(refusal("<html><body><a href='demo-1.whl'>x</a></body></HTML><!--TIMESTAMP 1-->") == "accepted");
  CHECK(refusal("<meta name=pypi:repository-version content=2.0><a href='demo-1.whl'>") ==
        refused("it has the format version `2.0`, and only 1 is known"));
}

TEST_CASE("hostile HTML ends") {
  CHECK_FALSE(read(std::string(100'000, '<')));
  CHECK_FALSE(read("<a " + std::string(100'000, '=')));
  CHECK_FALSE(read("<a href='" + std::string(100'000, 'x')));
  std::string scripts;
  for (int i = 0; i < 20'000; ++i) scripts += "<script>";
  CHECK_FALSE(read(scripts));
}

TEST_CASE("character references are decoded once") {
  CHECK(decode_entities("&lt;&gt;&amp;&quot;&apos;&#60;&#x3E;&#X3e;") == "<>&\"'<>>");
  CHECK(decode_entities("&amp;lt;") == "&lt;");
  CHECK(decode_entities("&#228;&#x20AC;&#x1F600;") == "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  for (const char* kept :
       {"&", "&;", "&unknown;", "&#;", "&#x;", "&#xD800;", "&#x110000;", "&#0;", "&#99999999999999999999;", "&amp", "&#-1;"}) {
    CHECK(decode_entities(kept) == kept);
  }
}
