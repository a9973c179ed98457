#include "src/index/judged_page.hpp"

#include "tests/unit/index/index_fixture.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace torchup;
using namespace torchup::test;

namespace {

const std::string k_simple = "https://index.example/simple/";
const Url k_page = url_of(k_simple + "demo/");

IdentifiedRules rules_of(const std::string& python, const std::string& platform) {
  return identified({SupportedTags(parse_tag_target(python, platform).value()), Version::parse(python + ".1").value(), platform});
}

RuleSet three_rules() {
  RuleSet rules;
  for (const auto& [python, platform] : {std::pair("3.11", "linux-x86_64"), {"3.12", "linux-x86_64"}, {"3.12", "macos-arm64"}})
    rules.add(rules_of(python, platform));
  return rules;
}

ProjectFile file(const std::string& name, const std::optional<std::string>& requires_python = std::nullopt) {
  return {.filename = name, .url = url_of("https://files.example/" + name), .requires_python = requires_python};
}

std::string text(const std::vector<OfferedVersion>& offers) {
  std::string all;
  for (const auto& one : offers)
    all += one.candidate.version.text() + " " + (one.wheel ? one.wheel->filename : one.candidate.unusable) + "\n";
  return all;
}

const ProjectPage k_plain{package("demo"), {file("demo-1.0-py3-none-any.whl"), file("demo-2.0-py3-none-any.whl")}};
const ProjectPage k_parted{package("demo"),
                           {file("demo-1.0-py3-none-any.whl"), file("demo-2.0-cp312-cp312-manylinux_2_17_x86_64.whl"),
                            file("demo-2.0-cp312-cp312-macosx_11_0_arm64.whl"), file("demo-3.0-py3-none-any.whl", ">=3.12")}};

}  // namespace

TEST_CASE("a page that means the same to every target is held once") {
  const JudgedPage judged = judge_page(k_plain, three_rules());
  REQUIRE(judged.meanings.size() == 1);
  CHECK(judged.of_rules == std::vector<std::size_t>{0, 0, 0});
  CHECK(text(judged.meanings[0]) == "1.0 demo-1.0-py3-none-any.whl\n2.0 demo-2.0-py3-none-any.whl\n");
}

TEST_CASE("judged together, each target is offered what it is offered alone") {
  const RuleSet rules = three_rules();
  const JudgedPage judged = judge_page(k_parted, rules);
  REQUIRE(judged.of_rules.size() == 3);
  CHECK(judged.meanings.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(text(judged.meanings[judged.of_rules[i]]) == text(offered_versions(k_parted, rules.rules()[i]->rules)));
  CHECK(text(judged.meanings[judged.of_rules[0]]) ==
        "1.0 demo-1.0-py3-none-any.whl\n2.0 no wheel for linux-x86_64 with Python 3.11\n3.0 requires Python >=3.12\n");
  CHECK(text(judged.meanings[judged.of_rules[2]]) ==
        "1.0 demo-1.0-py3-none-any.whl\n2.0 demo-2.0-cp312-cp312-macosx_11_0_arm64.whl\n3.0 demo-3.0-py3-none-any.whl\n");
}

TEST_CASE("a judged page is read back as it was, and from no other bytes") {
  const JudgedPage judged = judge_page(k_parted, three_rules());
  const std::string bytes = print_judged_page(judged);
  const auto read = parse_judged_page(bytes, 3, k_page);
  REQUIRE(read);
  CHECK(read->of_rules == judged.of_rules);
  REQUIRE(read->meanings.size() == judged.meanings.size());
  for (std::size_t i = 0; i < judged.meanings.size(); ++i) CHECK(text(read->meanings[i]) == text(judged.meanings[i]));

  for (std::size_t length = 0; length < bytes.size(); ++length) CHECK_FALSE(parse_judged_page(bytes.substr(0, length), 3, k_page));
  CHECK_FALSE(parse_judged_page(bytes, 2, k_page));
  CHECK_FALSE(parse_judged_page(bytes, 4, k_page));
  std::string points_outside = bytes;
  points_outside[0] = 3;
  CHECK_FALSE(parse_judged_page(points_outside, 3, k_page));
  CHECK_FALSE(parse_judged_page(std::string(24, '\0'), 3, k_page));  // no meaning for any
}

TEST_CASE("the identity of several rules is theirs alone, and that of one is its own") {
  const IdentifiedRules one = rules_of("3.11", "linux-x86_64"), other = rules_of("3.12", "linux-x86_64");
  CHECK(RuleSet(one).identity() == one.identity);
  RuleSet both(one);
  both.add(other);
  both.add(one);  // a second time
  CHECK(both.rules().size() == 2);
  RuleSet turned(other);
  turned.add(one);
  CHECK(both.identity() != turned.identity());
  CHECK(both.identity() != one.identity);
}

TEST_CASE("a page is judged and kept once for all rules that are expected") {
  TemporaryFolder folder;
  FakeTransport transport;
  Cancellation cancellation;
  StillClock time;
  KeptDiagnostics diagnostics;
  ServedIndex index(transport, k_simple);
  index.add(made_wheel("demo", "1.0"));
  const RuleSet rules = three_rules();
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(folder.path() / "offers"), std::filesystem::directory_iterator());
  };
  for (const bool cached : {false, true}) {
    INFO(cached);
    {
      IndexClient client({.cache = folder.path()}, transport, cancellation, diagnostics, time.clock());
      for (const auto& one : rules.rules()) client.expect_rules(*one);
      client.want_page(url_of(k_simple), package("demo"));
      drive(client);
      const auto* first = client.offers(url_of(k_simple), package("demo"), *rules.rules()[0]);
      REQUIRE(first != nullptr);
      for (const auto& one : rules.rules()) CHECK(client.offers(url_of(k_simple), package("demo"), *one) == first);
    }
    CHECK(files() == 1);  // written by the time the client is gone
  }
  CHECK(transport.asked() == std::vector<std::string>{k_simple + "demo/"});
}

TEST_CASE("a page whose files were let go once it was judged answers by other rules, and asks nobody anew") {
  for (const bool storable : {true, false}) {
    INFO(storable);
    TemporaryFolder folder;
    FakeTransport transport;
    Cancellation cancellation;
    StillClock time;
    KeptDiagnostics diagnostics;
    transport.serve(k_simple + "demo/", {.headers = {{"content-type", "application/vnd.pypi.simple.v1+json"},
                                                     {"cache-control", storable ? "max-age=600" : "no-store"}},
                                         .body = R"({"files":[{"filename":"demo-1.0-cp312-cp312-macosx_11_0_arm64.whl","url":"a.whl"}]})"});
    IndexClient client({.cache = folder.path()}, transport, cancellation, diagnostics, time.clock());
    client.want_page(url_of(k_simple), package("demo"));
    drive(client);
    const auto offered = [&](const char* python, const char* platform) {
      return text(**client.offers(url_of(k_simple), package("demo"), rules_of(python, platform)));
    };
    CHECK(offered("3.11", "linux-x86_64") == "1.0 no wheel for linux-x86_64 with Python 3.11\n");
    CHECK(offered("3.12", "macos-arm64") == "1.0 demo-1.0-cp312-cp312-macosx_11_0_arm64.whl\n");
    CHECK(client.page(url_of(k_simple), package("demo"))->value()->files.size() == 1);
    CHECK(transport.asked() == std::vector<std::string>{k_simple + "demo/"});
  }
}
