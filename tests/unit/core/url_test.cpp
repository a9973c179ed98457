#include "torchup/core/url.hpp"

#include <catch2/catch.hpp>

using torchup::percent_decode;
using torchup::percent_encode;
using torchup::Url;

namespace {

Url url(std::string_view text) { return Url::parse(text).value(); }

}  // namespace

TEST_CASE("a URL's parts are read, and its credentials are never printed") {
  const Url parsed = url("HTTPS://user:s3cr3t@Index.Example:8443/simple/torch/?x=1#sha256=ab");
  CHECK(parsed.scheme() == "https");
  CHECK(parsed.host() == "index.example");
  CHECK(parsed.port() == 8443);
  CHECK(parsed.userinfo() == "user:s3cr3t");
  CHECK(parsed.fragment() == "sha256=ab");
  CHECK(parsed.text() == "https://index.example:8443/simple/torch/?x=1");
}

TEST_CASE("a file's name is decoded once") {
  CHECK(url("https://h.example/a/torch-2.0%2Bcpu%252e.whl").filename() == "torch-2.0+cpu%2e.whl");
}

TEST_CASE("references are resolved as RFC 3986 says") {
  const Url base = url("https://h.example/simple/torch/");
  CHECK(base.join("../../files/a.whl#sha256=00")->text() == "https://h.example/files/a.whl");
  CHECK(base.join("a.whl")->text() == "https://h.example/simple/torch/a.whl");
  CHECK(base.join("/a.whl")->text() == "https://h.example/a.whl");
  CHECK(base.join("//other.example/a.whl")->text() == "https://other.example/a.whl");
  CHECK(base.join("http://other.example/x")->text() == "http://other.example/x");
  CHECK(base.join("../../../../a")->text() == "https://h.example/a");
  CHECK_FALSE(base.join("ftp://other.example/x").has_value());
}

TEST_CASE("another path on the same host is never taken for another host") {
  const Url url = Url::parse("https://me:secret@index.example:8443//simple/a?x=1#y").value();
  CHECK(url.with_path(url.path())->text() == "https://index.example:8443//simple/a");
  CHECK(url.with_path("//evil.example/b/?q=2")->text() == "https://index.example:8443//evil.example/b/?q=2");
  CHECK(url.with_path("/c/../d")->text() == "https://index.example:8443/d");
  CHECK(url.with_path("/c")->userinfo() == "me:secret");
}

TEST_CASE("what is no http, https or file URL is refused without quoting it") {
  const auto text =
      GENERATE("", "h.example/x", "ftp://h.example/", "https://", "https://h.example:0/", "https://h.example:99999/",
               "https://h.example/a b", "https://h.example/\n", "file://host/x", "javascript:alert(1)", "https://[/", "https://]/",
               "https://[]/", "https://[::1/", "https://::1/", "https://a[::1]/", "https://[::1]b/", "https://[1.2.3.4]/", "https://[::g]/",
               "https://[fe80::1%25]/", "https://a%62c.example/", "https://a:b:1/", "https://<a>/");
  const auto result = Url::parse(text);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message.starts_with("the URL is not valid: "));
}

TEST_CASE("hosts are names and addresses") {
  const auto text = GENERATE("https://h.example/", "https://127.0.0.1/", "https://[::1]/", "https://[2001:db8::ffff:1.2.3.4]:8443/",
                             "https://[fe80::1%25eth0]/", "https://under_score.example/",
                             "https://b\xc3\xbc"
                             "cher.example/");
  CHECK(url(text).text() == text);
}

TEST_CASE("secrets go to one scheme, host and port only") {
  CHECK(url("https://h.example/a").same_origin(url("https://H.example:443/b")));
  CHECK_FALSE(url("https://h.example/a").same_origin(url("https://h.example:444/a")));
  CHECK_FALSE(url("https://h.example/a").same_origin(url("http://h.example/a")));
}

TEST_CASE("a host that would read otherwise without its port is refused") {
  for (const char* text : {"http://a:1:80/", "https://[::1:443/", "http://a]:80/", "http://[a]b]/", "http://[a]b:80/"}) {
    CAPTURE(text);
    const auto url = Url::parse(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().message.find("its host is neither a name nor an address") != std::string::npos);
  }
  CHECK(Url::parse("http://[::1]:80/")->text() == "http://[::1]/");
}

TEST_CASE("credentials take the place of a URL's own, and leave the rest as it is") {
  const Url url = Url::parse("https://old:one@index.example:8443/a%20b?c=d#sha256=e").value();
  const Url with = url.with_userinfo("me:i%40t").value();
  CHECK(with.userinfo() == "me:i%40t");
  CHECK(with.text() == "https://index.example:8443/a%20b?c=d");
  CHECK(with.fragment() == "sha256=e");
  CHECK_FALSE(url.with_userinfo("").value().has_credentials());
  CHECK_FALSE(url.with_userinfo(std::string(9000, 'x')).has_value());
}

TEST_CASE("percent-encoding leaves unreserved characters, and decodes to what it was") {
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("a:b/%c@ \xff") == "a%3Ab%2F%25c%40%20%FF");
  CHECK(percent_decode(percent_encode("a:b/%c@ \xff")) == "a:b/%c@ \xff");
}
