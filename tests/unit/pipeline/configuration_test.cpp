#include "src/configuration.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

class Warnings final : public Diagnostics {
 public:
  void warn(std::string_view sentence) override { all.emplace_back(sentence); }
  void note(std::string_view) override {}
  void explain(std::string_view) override {}
  void progress(std::string_view, std::uint64_t, std::uint64_t) override {}

  std::vector<std::string> all;
};

Result<Configuration> read(const std::string& toml) {
  SilentDiagnostics silent;
  return parse_configuration(toml, "/etc/t/config.toml", silent);
}

std::string error_of(const std::string& toml) {
  const auto configuration = read(toml);
  if (configuration) return "no error";
  CHECK(configuration.error().kind == ErrorKind::usage);
  return configuration.error().message;
}

Url url(const std::string& text) { return Url::parse(text).value(); }

std::vector<Mirror> mirrors(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<Mirror> all;
  for (const auto& [from, to] : pairs) all.push_back(make_mirror(from, to).value());
  return all;
}

}  // namespace

TEST_CASE("a configuration is read whole") {
  const auto configuration = read(R"(index-url = "https://index.example/simple"
torch-index-url = "https://torch.example/whl"
cache-dir = "cache"

[index.pins]
"Our.Package" = "https://user:secret@own.example/simple"

[mirrors]
"https://from.example/a" = "https://to.example/b/"
)");
  REQUIRE(configuration);
  CHECK(configuration->file == "/etc/t/config.toml");
  CHECK(configuration->index_url == "https://index.example/simple");
  CHECK(configuration->torch_index_url == "https://torch.example/whl");
  CHECK(configuration->cache == "/etc/t/cache");
  REQUIRE(configuration->pins.size() == 1);
  CHECK(configuration->pins.begin()->first.text() == "our-package");
  CHECK(configuration->pins.begin()->second.userinfo() == "user:secret");
  REQUIRE(configuration->mirrors.size() == 1);
  CHECK(configuration->mirrors[0].from.text() == "https://from.example/a/");
}

TEST_CASE("an empty configuration says nothing") {
  const auto configuration = read("");
  REQUIRE(configuration);
  CHECK_FALSE(configuration->index_url);
  CHECK(configuration->pins.empty());
  CHECK(configuration->cache.empty());
}

TEST_CASE("keys that are not known are told, with the nearest that is") {
  Warnings warnings;
  REQUIRE(parse_configuration("index_url = 'x'\nfrobnicate = 1\n[index]\npin = {}\n", "c.toml", warnings));
  CHECK(warnings.all == std::vector<std::string>{"`frobnicate` of the configuration `c.toml` is not known",
                                                 "`index_url` of the configuration `c.toml` is not known; did you mean `index-url`?",
                                                 "`index.pin` of the configuration `c.toml` is not known; did you mean `index.pins`?"});
}

TEST_CASE("values of another kind are refused with their key, and no secret is shown") {
  CHECK(error_of("index-url = 1") == "`index-url` of the configuration `/etc/t/config.toml` must be a string, not an integer");
  CHECK(error_of("index-url = ''") == "`index-url` of the configuration `/etc/t/config.toml` is empty");
  CHECK(error_of("index = 'x'") == "`index` of the configuration `/etc/t/config.toml` must be a table, not a string");
  CHECK(error_of("[index.pins]\n'a b' = 'https://x.example'") ==
        "`index.pins.a b` of the configuration `/etc/t/config.toml` is no package name");
  CHECK(error_of("[index.pins]\na = 'https://u:hunter2@['") ==
        "`index.pins.a` of the configuration `/etc/t/config.toml` is no index URL: the URL is not valid: its host is neither a name nor an "
        "address");
  CHECK(error_of("[index.pins]\na_b = 'https://x.example'\na-b = 'https://x.example'") ==
        "`index.pins.a_b` of the configuration `/etc/t/config.toml` pins `a-b` a second time");
  CHECK(error_of("[mirrors]\n'https://a.example/' = 'file:///x'") ==
        "`mirrors[0]` of the configuration `/etc/t/config.toml` cannot be used: it names a folder, and it must be https or http");
  CHECK(read("index-url = ").error().kind == ErrorKind::usage);
  CHECK(error_of(std::string(2 << 20, '#')) == "the configuration `/etc/t/config.toml` is longer than 1048576 bytes");
}

namespace {

/// Where `url` is fetched from first.
Url source_of(const Url& url, const std::vector<Mirror>& all) { return sources_of(url, all).front(); }

}  // namespace

TEST_CASE("of several mirrors for one place all are tried in their order, and the origin only where it is named") {
  const auto all = mirrors({{"https://from.example/whl", "https://one.example/"},
                            {"https://from.example/", "https://short.example"},
                            {"https://from.example/whl/", "https://two.example/w"},
                            {"https://from.example/whl/", "https://from.example/whl"}});
  std::vector<std::string> texts;
  for (const Url& source : sources_of(url("https://from.example/whl/a.whl"), all)) texts.push_back(source.text());
  CHECK(texts == std::vector<std::string>{"https://one.example/a.whl", "https://two.example/w/a.whl", "https://from.example/whl/a.whl"});
  CHECK(sources_of(url("https://from.example/b.whl"), all).size() == 1);
  CHECK(sources_of(url("https://else.example/b.whl"), all) == std::vector{url("https://else.example/b.whl")});
}

TEST_CASE("a mirror takes the place of the longest beginning, whole path parts only") {
  const auto all = mirrors({{"https://from.example/", "https://short.example"},
                            {"https://from.example/whl", "https://long.example/m/"},
                            {"https://from.example/whl/", "https://second.example/"}});
  CHECK(source_of(url("https://from.example/whl/cpu/a.whl"), all).text() == "https://long.example/m/cpu/a.whl");
  CHECK(source_of(url("https://from.example/whlx/a.whl"), all).text() == "https://short.example/whlx/a.whl");
  CHECK(source_of(url("https://from.example/a%2Bb.whl?x=1"), all).text() == "https://short.example/a%2Bb.whl?x=1");
  CHECK(source_of(url("https://from.example/whl/../a.whl"), all).text() == "https://short.example/a.whl");
}

TEST_CASE("doubled slashes in a mirror's paths are parts of paths") {
  const std::vector<Mirror> all = {make_mirror("https://from.example//a", "https://to.example//evil.example/b").value()};
  CHECK(all.front().from.text() == "https://from.example//a/");
  CHECK(source_of(url("https://from.example//a/x.whl"), all).text() == "https://to.example//evil.example/b/x.whl");
  CHECK(source_of(url("https://from.example/a/x.whl"), all).text() == "https://from.example/a/x.whl");
}

TEST_CASE("a mirror is for one scheme, host and port, and brings its own credentials alone") {
  const auto all = mirrors({{"https://from.example/", "https://me:secret@to.example/"}});
  for (const char* other : {"http://from.example/a", "https://from.example:444/a", "https://sub.from.example/a"})
    CHECK(source_of(url(other), all).text() == other);
  CHECK(source_of(url("https://you:other@from.example/a"), all).userinfo() == "me:secret");
  const auto plain = mirrors({{"https://from.example/", "https://to.example/"}});
  CHECK_FALSE(source_of(url("https://you:other@from.example/a"), plain).has_credentials());
}
