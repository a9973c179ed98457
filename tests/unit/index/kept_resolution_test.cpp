#include "src/index/kept_resolution.hpp"

#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace torchup;
using namespace torchup::test;

namespace {

const std::string k_main = "https://index.example/simple/";

Target target() {
  Target target{Python{}, Version::parse("3.11.2").value(), {}, {}, "linux-x86_64"};
  target.markers.values = {{"python_version", "3.11"}, {"python_full_version", "3.11.2"}, {"sys_platform", "linux"}};
  target.tags.python_minor = 11;
  target.tags.system = "linux";
  target.tags.machine = "x86_64";
  target.tags.libc_major = 2;
  target.tags.libc_minor = 36;
  return target;
}

/// One cache, and a client for each run of the program.
struct Runs {
  TemporaryFolder folder;
  FakeTransport transport;
  Cancellation cancellation;
  StillClock time;
  KeptDiagnostics diagnostics;
  ServedIndex main{transport, k_main};
  PackageIndexes indexes{url_of(k_main)};
  ResolveOptions options{.program = "one build"};
  std::uint64_t metadata_read = 0;  ///< Of the last run: none where a kept resolution was taken over.

  /// "a==1.0 b==2.0", or the error.
  std::string pins(const std::string& requirement, Offline offline = Offline::no) {
    IndexClient client({.cache = folder.path(), .offline = offline}, transport, cancellation, diagnostics, time.clock());
    const SolverRequest request{.requirements = {Requirement::parse(requirement).value()}};
    diagnostics.warnings.clear();
    const auto outcome = resolve_on_index(request, target(), indexes, client, diagnostics, options);
    metadata_read = client.counts().metadata_hits + client.counts().network.requests;
    if (!outcome) return "error: " + outcome.error().message;
    std::string text;
    for (const auto& one : std::get<ResolvedPackages>(*outcome).packages)
      text += one.name.text() + "==" + one.version.text() + " " + one.file.url.text() + " ";
    return text;
  }

  std::vector<std::filesystem::path> kept() const {
    std::vector<std::filesystem::path> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "resolutions", none)) files.push_back(entry.path());
    return files;
  }

  void make_stale() { *time.slept += std::chrono::hours(2); }
};

ResolvedPackage full_package(const Repair& repair) {
  return {.name = package("demo"),
          .version = Version::parse("1!2.0rc1+cu130").value(),
          .extras = {package("fast"), package("gpu")},
          .dependencies = {package("low")},
          .index = url_of(k_main),
          .file = {.name = "demo.whl",
                   .url = url_of(k_main + "files/demo.whl"),
                   .size = 7,
                   .sha256 = Sha256::parse(std::string(64, 'a')).value(),
                   .upload_time = "2026-10-28T15:04:05Z"},
          .unpacked_bytes = 0,
          .requires_python = SpecifierSet::parse(">=3.9").value(),
          .repairs = {&repair}};
}

RepairTable one_repair() {
  return RepairTable::parse(R"({"schema": 1, "repairs": [{"id": "demo-1", "package": "demo", "versions": "==1.0",
      "wheels": "*", "remove": ["other"], "add": [], "reason": "it is wrong", "source": "the file itself"}]})")
      .value();
}

}  // namespace

TEST_CASE("a kept resolution is read back as it was, and a part of it never") {
  const RepairTable repairs = one_repair();
  const ResolveOptions options{.repairs = &repairs};
  const PackageIndexes indexes{url_of(k_main)};
  const KeptResolution kept{.pages = {{package("demo"), "abc"}, {package("low"), "def"}},
                            .warnings = {"one", ""},
                            .resolved = {{full_package(repairs.rows().front())}}};
  const std::string bytes = print_kept_resolution(kept);
  const auto read = parse_kept_resolution(bytes, indexes, options);
  REQUIRE(read);
  CHECK(print_kept_resolution(*read) == bytes);
  CHECK(read->pages.at(1).digest == "def");
  CHECK(read->warnings == kept.warnings);
  const ResolvedPackage& found = read->resolved.packages.at(0);
  const ResolvedPackage wanted = full_package(repairs.rows().front());
  CHECK(found.version == wanted.version);
  CHECK(found.extras == wanted.extras);
  CHECK(found.dependencies == wanted.dependencies);
  CHECK(found.file == wanted.file);
  CHECK(found.unpacked_bytes == 0);
  CHECK(found.requires_python->text() == ">=3.9");
  CHECK(found.repairs == wanted.repairs);
  CHECK(found.index == wanted.index);

  std::size_t accepted = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length)
    accepted += parse_kept_resolution(bytes.substr(0, length), indexes, options) ? 1 : 0;
  CHECK(accepted == 1);  // before the first package; a whole file's digest says that more follows
  const RepairTable none;
  CHECK_FALSE(parse_kept_resolution(bytes, indexes, {.repairs = &none}));
}

TEST_CASE("the same question has the same identity, and any other another") {
  const SolverRequest request{.requirements = {Requirement::parse("demo>=1").value()}};
  const PackageIndexes indexes{url_of(k_main)};
  const ResolveOptions options{.program = "one build"};
  const std::string identity = question_identity(request, target(), indexes, options);
  CHECK(identity.size() == 64);
  CHECK(question_identity(request, target(), indexes, options) == identity);

  std::set<std::string> all = {identity};
  std::size_t others = 0;
  const auto add = [&](auto change) {
    SolverRequest other_request = request;
    Target other_target = target();
    PackageIndexes other_indexes = indexes;
    ResolveOptions other_options = options;
    change(other_request, other_target, other_indexes, other_options);
    all.insert(question_identity(other_request, other_target, other_indexes, other_options));
    ++others;
  };
  const Requirement more = Requirement::parse("more").value();
  add([&](auto& asked, auto&, auto&, auto&) { asked.requirements.push_back(more); });
  add([&](auto& asked, auto&, auto&, auto&) { asked.constraints.push_back(more); });
  add([&](auto& asked, auto&, auto&, auto&) { asked.overrides.push_back(more); });
  add([&](auto& asked, auto&, auto&, auto&) { asked.prereleases = PrereleasePolicy::allow; });
  add([&](auto& asked, auto&, auto&, auto&) { asked.order = VersionOrder::lowest; });
  add([&](auto& asked, auto&, auto&, auto&) { asked.preferences.emplace(package("demo"), Version::parse("1").value()); });
  add([&](auto& asked, auto&, auto&, auto&) { asked.step_budget = 7; });
  add([&](auto&, auto& whose, auto&, auto&) { whose.markers.values.emplace("os_name", "posix"); });
  add([&](auto&, auto& whose, auto&, auto&) { whose.markers.extras.insert("os_name"); });
  add([&](auto&, auto& whose, auto&, auto&) { whose.markers.dependency_groups.insert("os_name"); });
  add([&](auto&, auto& whose, auto&, auto&) { whose.tags.python_minor = 12; });
  add([&](auto&, auto& whose, auto&, auto&) { whose.tags.libc_minor = 12; });
  add([&](auto&, auto& whose, auto&, auto&) { whose.tags.machine = "aarch64"; });
  add([&](auto&, auto& whose, auto&, auto&) { whose.tags.free_threaded = true; });
  add([&](auto&, auto& whose, auto&, auto&) { whose.python_version = Version::parse("3.11.3").value(); });
  add([&](auto&, auto& whose, auto&, auto&) { whose.platform = "linux-aarch64"; });
  add([&](auto&, auto&, auto& where, auto&) { where.main = url_of("https://other.example/simple/"); });
  add([&](auto&, auto&, auto& where, auto&) { where.pinned.emplace(package("demo"), where.main); });
  add([&](auto&, auto&, auto&, auto& how) { how.program = "another build"; });
  add([&](auto&, auto&, auto&, auto& how) { how.exclude_newer = "2026-01-01T00:00:00Z"; });
  add([&](auto&, auto&, auto&, auto& how) { how.hashes = {{package("demo"), {Sha256::parse(std::string(64, 'a')).value()}}}; });
  add([&](auto&, auto&, auto&, auto& how) { how.hashes = {{package("demo"), {Sha256::parse(std::string(64, 'b')).value()}}}; });
  add([&](auto&, auto&, auto&, auto& how) { how.build_metadata = [](auto&&...) { return std::string(); }; });
  const RepairTable repairs = one_repair();
  add([&](auto&, auto&, auto&, auto& how) { how.repairs = &repairs; });
  CHECK(all.size() == others + 1);

  CHECK(question_identity(request, target(), indexes, {}).empty());
  CHECK(question_identity(request, target(), indexes, {.buildable = {package("demo")}, .program = "one build"}).empty());
}

TEST_CASE("what was resolved is taken over while its pages are as they were, by the same build of the program") {
  Runs runs;
  runs.main.add(made_wheel("top", "1.0", "Requires-Dist: low\n")).add(made_wheel("low", "1.0"));
  const std::string first = runs.pins("top");
  CHECK(runs.metadata_read > 0);
  REQUIRE(runs.kept().size() == 1);
  CHECK(runs.pins("top") == first);
  CHECK(runs.metadata_read == 0);
  runs.make_stale();
  CHECK(runs.pins("top", Offline::yes) == first);
  CHECK(runs.metadata_read == 0);
  runs.options.program = "another build";
  CHECK(runs.pins("top", Offline::yes) == first);
  CHECK(runs.metadata_read > 0);
}

TEST_CASE("a page that changed makes it resolve anew") {
  Runs runs;
  runs.main.add(made_wheel("top", "1.0", "Requires-Dist: low\n")).add(made_wheel("low", "1.0"));
  CHECK_THAT(runs.pins("top"), Catch::Contains("low==1.0 "));
  runs.main.add(made_wheel("low", "2.0"));
  CHECK_THAT(runs.pins("top"), Catch::Contains("low==1.0 "));  // the page is still fresh
  runs.make_stale();
  CHECK_THAT(runs.pins("top"), Catch::Contains("low==2.0 "));
  CHECK_THAT(runs.pins("top"), Catch::Contains("low==2.0 "));
  CHECK(runs.metadata_read == 0);
}

TEST_CASE("warnings are told again") {
  Runs runs;
  runs.main.add(made_wheel("demo", "1.0"), "data-yanked='broken'").mark("demo", "archived", "no time");
  runs.pins("demo==1.0");
  const auto warnings = runs.diagnostics.warnings;
  REQUIRE(warnings.size() == 2);
  runs.pins("demo==1.0");
  CHECK(runs.metadata_read == 0);
  CHECK(runs.diagnostics.warnings == warnings);
}

TEST_CASE("a kept resolution that is damaged anywhere is none") {
  Runs runs;
  runs.main.add(made_wheel("top", "1.0", "Requires-Dist: low\n")).add(made_wheel("low", "1.0"));
  const std::string first = runs.pins("top");
  const auto file = runs.kept().at(0);
  const std::string whole = read_text(file);
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x04);
    std::ofstream(file, std::ios::binary) << damaged;
    INFO(at);
    CHECK(runs.pins("top") == first);
    CHECK(runs.metadata_read > 0);
    CHECK(read_text(file) == whole);  // it is written again
  }
}

TEST_CASE("nothing is kept that pages alone do not vouch for") {
  Runs without_hash;
  without_hash.main.add(made_wheel("demo", "1.0"), "", "");
  CHECK_THAT(without_hash.pins("demo"), Catch::StartsWith("demo==1.0 "));
  CHECK(without_hash.kept().empty());

  Runs broken;
  MadeWheel other = made_wheel("demo", "2.0");
  broken.main.add(made_wheel("demo", "1.0")).add(other, "", "#sha256=" + std::string(64, 'f'));
  broken.transport.serve(k_main + "files/" + other.file_name(), {.body = "no archive"});
  CHECK_THAT(broken.pins("demo"), Catch::StartsWith("demo==1.0 "));
  CHECK(broken.kept().empty());

  Runs unknown;
  unknown.main.add(made_wheel("demo", "1.0"));
  unknown.options.program.clear();
  CHECK_THAT(unknown.pins("demo"), Catch::StartsWith("demo==1.0 "));
  CHECK(unknown.kept().empty());
}

TEST_CASE("credentials of the index are not kept, and reach its files again") {
  Runs runs;
  runs.main.add(made_wheel("demo", "1.0"));
  runs.indexes.main = url_of("https://user:secret@index.example/simple/");
  runs.pins("demo");
  REQUIRE(runs.kept().size() == 1);
  CHECK(read_text(runs.kept()[0]).find("secret") == std::string::npos);
  const auto bytes = read_text(runs.kept()[0]);
  const auto read = parse_kept_resolution(bytes.substr(bytes.find("resolution")), runs.indexes, runs.options);
  REQUIRE(read);
  CHECK(read->resolved.packages.at(0).file.url.userinfo() == "user:secret");
}
