#include "src/index/offered_versions.hpp"

#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using torchup::test::linux_rules;

namespace {

ProjectFile file(const std::string& name) { return {.filename = name, .url = *Url::parse("https://files.example/" + name)}; }

ProjectFile file_for(const std::string& name, const std::string& requires_python) {
  ProjectFile result = file(name);
  result.requires_python = requires_python;
  return result;
}

ProjectFile yanked(const std::string& name, const std::string& reason) {
  ProjectFile result = file(name);
  result.yanked = reason;
  return result;
}

std::vector<OfferedVersion> offer(std::vector<ProjectFile> files, const FileRules& held_against = linux_rules()) {
  return offered_versions({*PackageName::parse("demo"), std::move(files)}, held_against);
}

/// "1.0 demo-1.0-….whl" or "1.0: why not", one for each version.
std::vector<std::string> told(const std::vector<OfferedVersion>& offered) {
  std::vector<std::string> lines;
  for (const OfferedVersion& one : offered) {
    const std::string& why = one.candidate.unusable;
    lines.push_back(one.candidate.version.text() + (why.empty() ? " " : ": " + why + " ") + (one.wheel ? one.wheel->filename : ""));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("each version has its best wheel, ascending") {
  CHECK(told(offer({file("demo-10.0-py3-none-any.whl"), file("demo-2.0-py3-none-any.whl"),
                    file("demo-2.0-cp311-cp311-manylinux_2_28_x86_64.whl"), file("demo-2.0-cp311-cp311-manylinux_2_40_x86_64.whl"),
                    file("demo-2.0-cp311-cp311-win_amd64.whl"), file("demo-2.0.tar.gz")})) ==
        Lines{"2.0 demo-2.0-cp311-cp311-manylinux_2_28_x86_64.whl", "10.0 demo-10.0-py3-none-any.whl"});
}

TEST_CASE("a version without a wheel for the target says why") {
  CHECK(told(offer({file("demo-1.0-cp311-cp311-win_amd64.whl")})) == Lines{"1.0: no wheel for linux-x86_64 with Python 3.11 "});
  CHECK(told(offer({file("demo-1.0.tar.gz")})) == Lines{"1.0: only an sdist "});
  CHECK(told(offer({file_for("demo-1.0-py3-none-any.whl", ">=3.12")})) == Lines{"1.0: requires Python >=3.12 "});
  CHECK(told(offer({file_for("demo-1.0-py3-none-any.whl", ">=3.10,!=3.11.1")})) == Lines{"1.0 demo-1.0-py3-none-any.whl"});
  CHECK(told(offer({file_for("demo-1.0-py3-none-any.whl", "nonsense")})) == Lines{"1.0 demo-1.0-py3-none-any.whl"});
}

TEST_CASE("a yanked wheel is taken only where no other fits, and keeps its reason") {
  const auto offered = offer({yanked("demo-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", "broken"), file("demo-1.0-py3-none-any.whl"),
                              yanked("demo-2.0-py3-none-any.whl", "bad"), yanked("demo-3.0-py3-none-any.whl", "")});
  CHECK(told(offered) ==
        Lines{"1.0 demo-1.0-py3-none-any.whl", "2.0: yanked: bad demo-2.0-py3-none-any.whl", "3.0: yanked demo-3.0-py3-none-any.whl"});
  CHECK_FALSE(offered[0].candidate.yanked);
  CHECK(offered[1].candidate.yanked);
}

TEST_CASE("what is no file of the project is passed over") {
  CHECK(told(offer({file("other-1.0-py3-none-any.whl"), file("demo.whl"), file("demo-x-py3-none-any.whl"), file("demo-extra-1.0.tar.gz"),
                    file("demo-1.0.exe"), file("demo-1.0-py3-none-any.whl.asc")}))
            .empty());
}

TEST_CASE("names are compared normalised, and old sdists are understood") {
  const auto offered = offered_versions(
      {*PackageName::parse("my-demo"), {file("My.Demo-1.0-py3-none-any.whl"), file("my-demo-0.9.zip"), file("my_demo-0.8.tar.gz")}},
      linux_rules());
  CHECK(told(offered) == Lines{"0.8: only an sdist ", "0.9: only an sdist that is no .tar.gz ", "1.0 My.Demo-1.0-py3-none-any.whl"});
}

TEST_CASE("--exclude-newer leaves out what came later and what has no date") {
  FileRules dated = linux_rules();
  dated.exclude_newer = "2026-03-01T00:00:00Z";
  ProjectFile before = file("demo-1.0-py3-none-any.whl");
  before.upload_time = "2026-02-28T23:59:59.999999Z";
  ProjectFile after = file("demo-2.0-py3-none-any.whl");
  after.upload_time = "2026-03-01T00:00:00Z";
  CHECK(told(offer({before, after, file("demo-3.0-py3-none-any.whl")}, dated)) ==
        Lines{"1.0 demo-1.0-py3-none-any.whl", "2.0: uploaded 2026-03-01, after --exclude-newer ",
              "3.0: the index does not say when it was uploaded, which --exclude-newer needs "});
}

TEST_CASE("a package with given hashes has only wheels with one of them, the best of those") {
  const auto hashed = [](const std::string& name, char digit) {
    ProjectFile result = file(name);
    result.sha256 = *Sha256::parse(std::string(64, digit));
    return result;
  };
  FileRules held_against = linux_rules();
  held_against.hashes[*PackageName::parse("demo")] = {*Sha256::parse(std::string(64, 'a')), *Sha256::parse(std::string(64, 'c'))};
  CHECK(told(offer({hashed("demo-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", 'b'), hashed("demo-1.0-py3-none-any.whl", 'c'),
                    hashed("demo-2.0-py3-none-any.whl", 'b'), file("demo-3.0-py3-none-any.whl")},
                   held_against)) == Lines{"1.0 demo-1.0-py3-none-any.whl", "2.0: no wheel with one of the hashes that are given for it ",
                                           "3.0: the index gives no sha256, and hashes are given for it "});
  held_against.hashes = {{*PackageName::parse("other"), {}}};
  CHECK(told(offer({file("demo-3.0-py3-none-any.whl")}, held_against)) == Lines{"3.0 demo-3.0-py3-none-any.whl"});
}
