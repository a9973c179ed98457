#include "src/index/resolve_on_index.hpp"

#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

const std::string k_main = "https://index.example/simple/";
const std::string k_torch = "https://torch.example/whl/cpu/";

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

struct Fixture {
  TemporaryFolder folder;
  FakeTransport transport;
  Cancellation cancellation;
  StillClock time;
  KeptDiagnostics diagnostics;
  ServedIndex main{transport, k_main};
  ServedIndex torch{transport, k_torch};
  PackageIndexes indexes{url_of(k_main)};
  const RepairTable* repairs = nullptr;

  Result<ResolveOutcome> resolve(const std::vector<std::string>& requirements, Offline offline = Offline::no) {
    IndexClient client({.cache = folder.path(), .offline = offline}, transport, cancellation, diagnostics, time.clock());
    SolverRequest request;
    for (const auto& text : requirements) request.requirements.push_back(Requirement::parse(text).value());
    return resolve_on_index(std::move(request), target(), indexes, client, diagnostics, {.repairs = repairs});
  }

  /// "a==1.0 b==2.0", the explanation, or the error.
  std::string pins(const std::vector<std::string>& requirements, Offline offline = Offline::no) {
    const auto outcome = resolve(requirements, offline);
    if (!outcome) return "error: " + outcome.error().message;
    if (const auto* unsolvable = std::get_if<Unsolvable>(&*outcome)) return "unsolvable: " + unsolvable->explanation.text;
    std::string text;
    for (const ResolvedPackage& one : std::get<ResolvedPackages>(*outcome).packages)
      text += one.name.text() + "==" + one.version.text() + " ";
    return text;
  }

  std::size_t asked(const std::string& beginning) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(transport.asked(), [&](const std::string& url) { return url.starts_with(beginning); }));
  }
};

}  // namespace

TEST_CASE("a closure is resolved with everything that a lock needs") {
  Fixture on;
  const MadeWheel top =
      made_wheel("top", "1.0",
                 "Requires-Python: >=3.9\nRequires-Dist: low>=1 ; sys_platform == 'linux'\nRequires-Dist: win ; sys_platform == 'win32'\n");
  on.main.add(top).add(made_wheel("low", "1.5")).add(made_wheel("low", "0.9"));
  const auto outcome = on.resolve({"top"});
  REQUIRE(outcome);
  const auto& packages = std::get<ResolvedPackages>(*outcome).packages;
  REQUIRE(packages.size() == 2);
  CHECK(packages[0].name.text() == "low");
  CHECK(packages[0].version.text() == "1.5");
  const ResolvedPackage& found = packages[1];
  CHECK(found.index.text() == k_main);
  CHECK(found.file.name == "top-1.0-py3-none-any.whl");
  CHECK(found.file.url.text() == k_main + "files/top-1.0-py3-none-any.whl");
  CHECK(found.file.size == top.build().size());
  CHECK(found.file.sha256 == digest_of(top.build()));
  CHECK(found.requires_python->text() == ">=3.9");
  CHECK(found.dependencies == std::vector<PackageName>{package("low")});
  CHECK(on.asked(k_main + "win/") == 0);
}

TEST_CASE("only the versions that requirements allow are looked into ahead") {
  Fixture on;
  on.main.add(made_wheel("top", "1.0", "Requires-Dist: low<2\n"));
  for (const char* version : {"1.0", "1.5", "2.0", "3.0"}) on.main.add(made_wheel("low", version));
  CHECK(on.pins({"top"}) == "low==1.5 top==1.0 ");
  CHECK(on.asked(k_main + "files/low-") == 1);
}

TEST_CASE("a second resolution asks for nothing, and none is needed offline") {
  Fixture on;
  on.main.add(made_wheel("top", "1.0", "Requires-Dist: low\n")).add(made_wheel("low", "1.0"));
  const std::string cold = on.pins({"top"});
  const auto requests = on.transport.asked().size();
  CHECK(on.pins({"top"}) == cold);
  *on.time.slept += std::chrono::hours(1000);
  CHECK(on.pins({"top"}, Offline::yes) == cold);
  CHECK(on.transport.asked().size() == requests);
}

TEST_CASE("a pinned package is looked for on its own index alone") {
  Fixture on;
  on.main.add(made_wheel("torch", "99.0")).add(made_wheel("low", "1.0"));
  on.torch.add(made_wheel("torch", "2.15.0", "Requires-Dist: low\n")).add(made_wheel("low", "98.0"));
  on.indexes.pinned.emplace(package("torch"), url_of(k_torch));
  CHECK(on.pins({"torch"}) == "low==1.0 torch==2.15.0 ");
  CHECK(on.asked(k_main + "torch/") == 0);
  CHECK(on.asked(k_torch + "low/") == 0);
}

TEST_CASE("a pinned index that fails is never replaced by the main one") {
  for (const int status : {401, 403, 500}) {
    Fixture on;
    on.main.add(made_wheel("torch", "99.0"));
    on.transport.serve(k_torch + "torch/", {.status = status});
    on.indexes.pinned.emplace(package("torch"), url_of(k_torch));
    const auto outcome = on.resolve({"torch"});
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == ErrorKind::network);
    CHECK(on.asked(k_main) == 0);
  }
}

TEST_CASE("an unknown package is an answer and not a failure") {
  Fixture on;
  on.main.add(made_wheel("top", "1.0", "Requires-Dist: nowhere\n"));
  CHECK_THAT(on.pins({"top"}), Catch::StartsWith("unsolvable: ") && Catch::Contains("nowhere"));
}

TEST_CASE("METADATA that refuses this Python, or is malformed, leads to an older version") {
  Fixture on;
  on.main.add(made_wheel("demo", "3.0", "Requires-Python: >=3.12\n")).add(made_wheel("demo", "1.0"));
  MadeWheel other = made_wheel("demo", "2.0");
  other.metadata = "Name: other\nVersion: 2.0\n";
  on.main.add(other);
  CHECK(on.pins({"demo"}) == "demo==1.0 ");
}

TEST_CASE("an archive that is none leads to an older version, and the reason is told") {
  Fixture on;
  on.main.add(made_wheel("demo", "2.0")).add(made_wheel("demo", "1.0"));
  on.transport.serve(k_main + "files/demo-2.0-py3-none-any.whl", {.body = "no archive"});
  CHECK(on.pins({"demo"}) == "demo==1.0 ");
  CHECK_THAT(on.pins({"demo==2.0"}), Catch::StartsWith("unsolvable: "));
}

TEST_CASE("a wheel that the server does not give is a failure, not a version less") {
  Fixture on;
  on.main.add(made_wheel("demo", "2.0")).add(made_wheel("demo", "1.0"));
  on.transport.serve(k_main + "files/demo-2.0-py3-none-any.whl", {.status = 404});
  CHECK(on.pins({"demo"}) == "error: the METADATA of `demo-2.0-py3-none-any.whl` cannot be read: the server answers with status 404");
}

TEST_CASE("what was fetched ahead in vain may fail") {
  Fixture on;
  // Of the two tops the newer is looked into first; it cannot be had here, and with it goes what it needs.
  on.main.add(made_wheel("top", "2.0", "Requires-Python: >=3.12\nRequires-Dist: broken\n")).add(made_wheel("top", "1.0"));
  on.transport.serve(k_main + "broken/", {.status = 500});
  CHECK(on.pins({"top"}) == "top==1.0 ");
}

TEST_CASE("a yanked version is chosen only for a pin, with a warning") {
  Fixture on;
  on.main.add(made_wheel("demo", "1.0")).add(made_wheel("demo", "2.0"), "data-yanked='broken on Tuesdays'");
  CHECK(on.pins({"demo"}) == "demo==1.0 ");
  CHECK(on.diagnostics.warnings.empty());
  CHECK(on.pins({"demo==2.0"}) == "demo==2.0 ");
  CHECK(on.diagnostics.warnings == std::vector<std::string>{"`demo` 2.0 is yanked: broken on Tuesdays"});
}

TEST_CASE("of a chosen wheel without a hash its own is computed, never its metadata's taken") {
  Fixture on;
  const MadeWheel wheel = made_wheel("demo", "1.0");
  on.main.add(wheel, "data-core-metadata='sha256=" + std::string(64, 'a') + "'", "").add(made_wheel("other", "1.0"));
  const auto outcome = on.resolve({"demo", "other"});
  REQUIRE(outcome);
  const auto& packages = std::get<ResolvedPackages>(*outcome).packages;
  CHECK(packages[0].hash_computed);
  CHECK(packages[0].file.sha256 == digest_of(wheel.build()));
  CHECK(packages[0].file.size == wheel.build().size());
  CHECK_FALSE(packages[1].hash_computed);
}

TEST_CASE("metadata is repaired before the solver sees it, and what was repaired is told with the package") {
  const auto table = RepairTable::parse(R"({"schema": 1, "repairs": [{"id": "top-low", "package": "top", "versions": "==1.0", "wheels": "*",
    "remove": ["wrong"], "add": ["low<2"], "reason": "r", "source": "s"}]})");
  REQUIRE(table);
  Fixture on;
  on.main.add(made_wheel("top", "1.0", "Requires-Dist: wrong\n")).add(made_wheel("low", "1.5")).add(made_wheel("low", "2.0"));
  CHECK(on.pins({"top"}).starts_with("unsolvable: "));
  on.repairs = &*table;
  const auto outcome = on.resolve({"top"});
  REQUIRE(outcome);
  const auto& packages = std::get<ResolvedPackages>(*outcome).packages;
  REQUIRE(packages.size() == 2);
  CHECK(packages[0].version.text() == "1.5");
  CHECK(packages[0].repairs.empty());
  REQUIRE(packages[1].repairs.size() == 1);
  CHECK(packages[1].repairs[0]->id == "top-low");
  CHECK(on.asked(k_main + "wrong/") == 1);  // by the first resolution

  const auto conflict = on.resolve({"top", "low>=2"});
  REQUIRE(conflict);
  const auto& hints = std::get<Unsolvable>(*conflict).explanation.hints;
  CHECK(
      std::find(hints.begin(), hints.end(),
                "the metadata of top==1.0 was repaired by `top-low`: it no longer needs wrong, and needs low<2; `--no-repairs` takes it as "
                "published") != hints.end());
}

TEST_CASE("a pinned index that does not answer in time is never replaced by the main one") {
  Fixture on;
  on.main.add(made_wheel("torch", "99.0"));
  on.transport.script(k_torch + "torch/", {[](const HttpRequest&) { return FakeAnswer{.body = "<html>", .cut_after = 0}; }});
  on.indexes.pinned.emplace(package("torch"), url_of(k_torch));
  const auto outcome = on.resolve({"torch"});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::network);
  CHECK(on.asked(k_torch + "torch/") == 4);
  CHECK(on.asked(k_main + "torch/") == 0);
}

TEST_CASE("Ctrl-C ends a resolution") {
  Fixture on;
  on.main.add(made_wheel("demo", "1.0"));
  on.transport.cancellation = &on.cancellation;
  on.cancellation.request();
  const auto outcome = on.resolve({"demo"});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::interrupted);
}

TEST_CASE("a project that is no longer cared for is told, from the index and from the cache") {
  Fixture on;
  on.main.add(made_wheel("old", "1.0")).add(made_wheel("fine", "1.0")).mark("old", "archived", "use `fine`");
  const std::vector<std::string> told = {"the index has `old` as archived: use `fine`"};
  CHECK(on.pins({"old", "fine"}) == "fine==1.0 old==1.0 ");
  CHECK(on.diagnostics.warnings == told);
  on.diagnostics.warnings.clear();
  CHECK(on.pins({"old", "fine"}, Offline::yes) == "fine==1.0 old==1.0 ");
  CHECK(on.diagnostics.warnings == told);
}

TEST_CASE("nothing of a quarantined project is taken, whether its files are listed or not") {
  Fixture on;
  on.main.add(made_wheel("bad", "1.0")).mark("bad", "quarantined", "malware").mark("worse", "quarantined", "");
  const auto hints = [&](const std::string& name) {
    const auto outcome = on.resolve({name});
    REQUIRE(outcome);
    return std::get<Unsolvable>(*outcome).explanation.hints;
  };
  const auto has = [](const std::vector<std::string>& all, const std::string& hint) { return std::ranges::count(all, hint) == 1; };
  CHECK(has(hints("bad"), "the index has `bad` as quarantined: malware"));
  CHECK(has(hints("worse"), "the index has `worse` as quarantined"));
}
