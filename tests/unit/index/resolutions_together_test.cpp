#include "src/index/resolve_on_index.hpp"
#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>

using namespace torchup;
using namespace torchup::test;

namespace {

const std::string k_main = "https://index.example/simple/";

Target target_of(const std::string& platform, const std::string& system, const std::string& sys_platform) {
  Target target{Python{}, Version::parse("3.11.2").value(), {}, {}, platform};
  target.markers.values = {{"python_version", "3.11"}, {"python_full_version", "3.11.2"}, {"sys_platform", sys_platform}};
  target.tags = parse_tag_target("3.11", platform).value();
  target.tags.system = system;
  return target;
}

/// Several targets with one client.
struct Together {
  TemporaryFolder folder;
  FakeTransport transport;
  Cancellation cancellation;
  StillClock time;
  KeptDiagnostics diagnostics;
  ServedIndex main{transport, k_main};
  PackageIndexes indexes{url_of(k_main)};
  std::vector<Target> targets{target_of("linux-x86_64", "linux", "linux"), target_of("windows-x86_64", "windows", "win32")};

  /// What each chose, "a==1.0 b==2.0", or its failure.
  std::vector<std::string> resolve(const std::string& requirement) {
    IndexClient client({.cache = folder.path()}, transport, cancellation, diagnostics, time.clock());
    std::vector<std::unique_ptr<Resolution>> open;
    for (const Target& target : targets) {
      SolverRequest request{.requirements = {Requirement::parse(requirement).value()}};
      open.push_back(std::make_unique<Resolution>(std::move(request), target, indexes, client, diagnostics));
    }
    std::vector<std::string> texts(open.size());
    while (std::any_of(open.begin(), open.end(), [](const auto& one) { return one != nullptr; })) {
      for (std::size_t i = 0; i < open.size(); ++i) {
        if (!open[i]) continue;
        const auto outcome = open[i]->step();
        if (outcome && !*outcome) continue;
        texts[i] = text_of(outcome);
        open[i].reset();
      }
      REQUIRE(client.drive());
    }
    return texts;
  }

  static std::string text_of(const Result<std::optional<ResolveOutcome>>& outcome) {
    if (!outcome) return "error: " + outcome.error().message;
    if (const auto* unsolvable = std::get_if<Unsolvable>(&**outcome)) return "unsolvable: " + unsolvable->explanation.text;
    std::string text;
    for (const ResolvedPackage& one : std::get<ResolvedPackages>(**outcome).packages)
      text += one.name.text() + "==" + one.version.text() + " ";
    return text;
  }

  std::ptrdiff_t asked(const std::string& text) const {
    return std::ranges::count_if(transport.asked(), [&](const std::string& url) { return url.find(text) != std::string::npos; });
  }

  MadeWheel wheel_for(const std::string& tag, const std::string& requirement) {
    MadeWheel wheel = made_wheel("parted", "1.0", "Requires-Dist: " + requirement + "\n");
    wheel.tag = tag;
    return wheel;
  }
};

}  // namespace

TEST_CASE("what targets share is asked for once, and each gets the METADATA of its own wheel") {
  Together on;
  on.main.add(made_wheel("top", "1.0", "Requires-Dist: parted\nRequires-Dist: low\n")).add(made_wheel("low", "1.0"));
  on.main.add(made_wheel("lowlinux", "1.0")).add(made_wheel("lowwindows", "1.0"));
  on.main.add(on.wheel_for("cp311-cp311-manylinux_2_17_x86_64", "lowlinux")).add(on.wheel_for("cp311-cp311-win_amd64", "lowwindows"));
  const auto chosen = on.resolve("top");
  CHECK(chosen[0] == "low==1.0 lowlinux==1.0 parted==1.0 top==1.0 ");
  CHECK(chosen[1] == "low==1.0 lowwindows==1.0 parted==1.0 top==1.0 ");
  for (const char* page : {"simple/top/", "simple/low/", "simple/parted/", "files/low-1.0", "manylinux_2_17_x86_64.whl", "win_amd64.whl"}) {
    INFO(page);
    CHECK(on.asked(page) == 1);
  }
}

TEST_CASE("targets wait for the index at the same time") {
  Together on;
  on.main.add(on.wheel_for("cp311-cp311-manylinux_2_17_x86_64", "low")).add(on.wheel_for("cp311-cp311-win_amd64", "low>=1"));
  on.main.add(made_wheel("low", "1.0"));
  on.resolve("parted");
  CAPTURE(on.transport.asked());
  // Both wheels' METADATA before anything that only one of them leads to.
  const auto place = [&](const std::string& text) {
    const auto& asked = on.transport.asked();
    return std::ranges::find_if(asked, [&](const std::string& url) { return url.find(text) != std::string::npos; }) - asked.begin();
  };
  CHECK(place("manylinux") < place("simple/low/"));
  CHECK(place("win_amd64") < place("simple/low/"));
}

TEST_CASE("that one target has no solution takes nothing from the others") {
  Together on;
  on.main.add(on.wheel_for("cp311-cp311-manylinux_2_17_x86_64", "low")).add(made_wheel("low", "1.0"));
  const auto chosen = on.resolve("parted");
  CHECK(chosen[0] == "low==1.0 parted==1.0 ");
  CHECK(chosen[1].starts_with("unsolvable: "));
  CHECK(chosen[1].find("no wheel for windows-x86_64 with Python 3.11") != std::string::npos);
}

TEST_CASE("two projects of one hash are read as what each is") {
  // A page that gives one file's hash to another project's: the METADATA that was read for one must not pass for the other's.
  Together on;
  const MadeWheel good = made_wheel("good", "1.0");
  on.main.add(made_wheel("top", "1.0", "Requires-Dist: evil\nRequires-Dist: good\n")).add(good);
  on.main.add(made_wheel("evil", "1.0"), "", "#sha256=" + digest_of(good.build()).hex());
  const auto chosen = on.resolve("top");
  CHECK(chosen[0].starts_with("unsolvable: "));
  CHECK(chosen[0].find("its Name is") != std::string::npos);
}
