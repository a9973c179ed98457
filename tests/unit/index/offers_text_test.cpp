#include "src/index/offers_text.hpp"

#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace torchup;
using namespace torchup::test;

namespace {

const Url k_index = url_of("https://index.example/simple/demo/");

OfferedVersion offered(const std::string& version, const std::string& why) { return {{*Version::parse(version), why}}; }

std::vector<OfferedVersion> all_kinds() {
  const ProjectFile file{.filename = "demo-1.0-py3-none-any.whl", .url = url_of("https://files.example/a%20b/demo.whl?x=1")};
  OfferedVersion plain = offered("1.0", "");
  plain.wheel = file;
  OfferedVersion full = offered("2!3.0rc1.post2.dev3+cu130", "yanked: two\nlines\tand a tab");
  full.candidate.yanked = true;
  full.wheel = ProjectFile{.filename = file.filename,
                           .url = file.url,
                           .sha256 = Sha256::parse(std::string(64, 'a')).value(),
                           .size = 0,
                           .requires_python = ">=3.9,!=3.9.7",
                           .yanked = "",
                           .core_metadata = CoreMetadata{Sha256::parse(std::string(64, 'b')).value()},
                           .upload_time = "2026-10-28T15:04:05.123456Z"};
  OfferedVersion unnamed_metadata = offered("4", "");
  unnamed_metadata.wheel = ProjectFile{.filename = file.filename, .url = file.url, .core_metadata = CoreMetadata{}};
  OfferedVersion source = offered("3.5", "only an sdist");
  source.candidate.elsewhere = "macos-arm64";
  source.candidate.has_sdist = true;
  return {plain, full, source, unnamed_metadata};
}

bool same(const ProjectFile& a, const ProjectFile& b) {
  return a.filename == b.filename && a.url == b.url && a.sha256 == b.sha256 && a.size == b.size && a.requires_python == b.requires_python &&
         a.yanked == b.yanked && a.core_metadata == b.core_metadata && a.upload_time == b.upload_time;
}

bool same(const std::vector<OfferedVersion>& a, const std::vector<OfferedVersion>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const OfferedVersion& one, const OfferedVersion& other) {
    return one.candidate.version == other.candidate.version && one.candidate.unusable == other.candidate.unusable &&
           one.candidate.yanked == other.candidate.yanked && one.candidate.elsewhere == other.candidate.elsewhere &&
           one.candidate.has_sdist == other.candidate.has_sdist && !one.wheel == !other.wheel &&
           (!one.wheel || same(*one.wheel, *other.wheel));
  });
}

/// One cache, and a client for each run of the program.
struct Runs {
  TemporaryFolder folder;
  FakeTransport transport;
  Cancellation cancellation;
  StillClock time;
  KeptDiagnostics diagnostics;
  IdentifiedRules rules = identified(linux_rules());

  /// The versions that are offered, each with its wheel.
  std::vector<std::string> ask(const std::string& index = "https://index.example/simple/") {
    IndexClient client({.cache = folder.path()}, transport, cancellation, diagnostics, time.clock());
    client.want_page(url_of(index), package("demo"));
    while (!client.idle()) REQUIRE(client.drive());
    const auto* got = client.offers(url_of(index), package("demo"), rules);
    if (got == nullptr) {
      while (!client.idle()) REQUIRE(client.drive());
      got = client.offers(url_of(index), package("demo"), rules);
    }
    REQUIRE(got != nullptr);
    REQUIRE(got->has_value());
    std::vector<std::string> lines;
    for (const auto& one : **got) lines.push_back(one.candidate.version.text() + " " + (one.wheel ? one.wheel->url.text() : "-"));
    return lines;
  }

  void serve(const std::string& files) {
    transport.serve("https://index.example/simple/demo/", {.headers = {{"content-type", "text/html"}}, .body = files});
  }

  std::filesystem::path page() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path() / "pages")) {
      if (entry.is_regular_file()) return entry.path();
    }
    return {};
  }
};

const std::string k_wheel = "<a href='demo-1.0-py3-none-any.whl'>x</a>";
const std::string k_from_wheel = "1.0 https://index.example/simple/demo/demo-1.0-py3-none-any.whl";

}  // namespace

TEST_CASE("offers are read back as they were") {
  const auto read = parse_offers(print_offers(all_kinds()), k_index);
  REQUIRE(read);
  CHECK(same(*read, all_kinds()));
  CHECK(parse_offers(print_offers({}), k_index)->empty());
}

TEST_CASE("offers that are cut or of another form are none") {
  const std::string bytes = print_offers(all_kinds());
  const std::size_t whole_versions = all_kinds().size() - 1;  // a cut between two versions leaves fewer of them
  std::size_t accepted = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length) accepted += parse_offers(bytes.substr(0, length), k_index) ? 1 : 0;
  CHECK(accepted == whole_versions + 1);
  std::string other_form = bytes;
  other_form[7] = '0';
  CHECK_FALSE(parse_offers(other_form, k_index));
}

TEST_CASE("a file among the offers that cannot be read is none, and nothing worse") {
  std::string bytes = print_offers(all_kinds());
  const auto link = bytes.find("https://files.example/");
  bytes.replace(link, 5, "gone:");
  const auto read = parse_offers(bytes, k_index);
  REQUIRE(read);
  CHECK_FALSE(read->front().wheel);
  CHECK(read->back().wheel);
  CHECK_FALSE(parse_offered_file("", k_index));
}

TEST_CASE("credentials of the index reach its own files and never the cache") {
  Runs runs;
  runs.serve(k_wheel + "<a href='https://elsewhere.example/demo-2.0-py3-none-any.whl'>x</a>");
  const std::string index = "https://user:secret@index.example/simple/";
  runs.ask(index);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(runs.folder.path())) {
    if (entry.is_regular_file()) CHECK(read_text(entry.path()).find("secret") == std::string::npos);
  }
  const auto with = parse_offers(print_offers(all_kinds()), url_of("https://user:secret@files.example/"));
  REQUIRE(with);
  CHECK(with->front().wheel->url.userinfo() == "user:secret");
  CHECK(parse_offers(print_offers(all_kinds()), url_of("https://user:secret@other.example/"))->front().wheel->url.userinfo().empty());
}

TEST_CASE("a page that was judged before is not read again") {
  Runs runs;
  runs.serve(k_wheel);
  CHECK(runs.ask() == std::vector{k_from_wheel});
  const auto asked = runs.transport.asked().size();
  // Its head stands and its body is another: whoever reads it sees a damaged page.
  std::string text = read_text(runs.page());
  text.replace(text.find("demo-1.0"), 8, "demo-9.9");
  std::ofstream(runs.page(), std::ios::binary) << text;
  CHECK(runs.ask() == std::vector{k_from_wheel});
  CHECK(runs.transport.asked().size() == asked);

  // Other rules have to read it, and ask for it anew.
  runs.rules = identified([] {
    auto rules = linux_rules();
    rules.exclude_newer = "2026-01-01T00:00:00Z";
    return rules;
  }());
  CHECK(runs.ask() == std::vector<std::string>{"1.0 -"});
  CHECK(runs.transport.asked().size() == asked + 1);
}

TEST_CASE("a page that changed is judged anew") {
  Runs runs;
  runs.serve(k_wheel);
  CHECK(runs.ask() == std::vector{k_from_wheel});
  *runs.time.slept += std::chrono::hours(2);
  runs.serve("<a href='demo-1.1-py3-none-any.whl'>x</a>");
  CHECK(runs.ask() == std::vector<std::string>{"1.1 https://index.example/simple/demo/demo-1.1-py3-none-any.whl"});
}

TEST_CASE("rules have an identity of their own") {
  const auto rules = linux_rules();
  auto other_python = rules, other_platform = rules;
  other_python.python = *Version::parse("3.11.3");
  TagTarget target;
  target.python_minor = 12;
  target.system = "linux";
  target.machine = "x86_64";
  target.libc_major = 2;
  target.libc_minor = 36;
  other_platform.tags = SupportedTags(target);
  auto with_hash = rules, with_other_hash = rules;
  with_hash.hashes = {{package("demo"), {Sha256::parse(std::string(64, 'a')).value()}}};
  with_other_hash.hashes = {{package("demo"), {Sha256::parse(std::string(64, 'b')).value()}}};
  CHECK(identified(with_hash).identity != identified(rules).identity);
  CHECK(identified(with_hash).identity != identified(with_other_hash).identity);
  CHECK(identified(rules).identity == identified(linux_rules()).identity);
  CHECK(identified(rules).identity != identified(other_python).identity);
  CHECK(identified(rules).identity != identified(other_platform).identity);
}
