#include "torchup/resolver/requirement_files.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace torchup;

namespace {

using Texts = std::map<std::string, std::string>;

InputSources sources(Texts texts, Texts variables = {}) {
  return {.read = [texts = std::move(texts)](const std::string& path) -> Result<std::string> {
            const auto at = texts.find(path);
            if (at == texts.end()) return failure({ErrorKind::usage, "cannot read `" + path + "`", {}, {}});
            return at->second;
          },
          .variable = [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
            const auto at = variables.find(name);
            return at == variables.end() ? std::nullopt : std::optional(at->second);
          }};
}

std::vector<std::string> texts(const std::vector<Requirement>& requirements) {
  std::vector<std::string> result;
  for (const auto& one : requirements) result.push_back(one.text());
  return result;
}

RequirementList read(const std::string& text, Texts variables = {}) {
  RequirementList list;
  const auto status = add_requirements_file(list, "r.txt", sources({{"r.txt", text}}, std::move(variables)));
  INFO((status ? "" : status.error().message));
  REQUIRE(status.has_value());
  return list;
}

Error refusal(Texts files, Texts variables = {}) {
  RequirementList list;
  const auto status = add_requirements_file(list, "r.txt", sources(std::move(files), std::move(variables)));
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().kind == ErrorKind::usage);
  return status.error();
}

Error refusal(const std::string& text) { return refusal(Texts{{"r.txt", text}}); }

using Strings = std::vector<std::string>;

const std::string k_a(64, 'a'), k_b(64, 'b'), k_c(64, 'c');

}  // namespace

TEST_CASE("comments, continued lines and nested files are read") {
  RequirementList list;
  const auto files = sources({{"a/req.txt", "# top\ntorch>=2 \\\n ,<3  # why\r\n\n-r more/b.txt\n-c limits.txt\n"},
                              {"a/more/b.txt", "--requirement=c.txt\n"},
                              {"a/more/c.txt", "numpy"},
                              {"a/limits.txt", "sympy<2\n"}});
  REQUIRE(add_requirements_file(list, "a/req.txt", files).has_value());
  CHECK(texts(list.requirements) == Strings{"torch<3,>=2", "numpy"});
  CHECK(texts(list.constraints) == Strings{"sympy<2"});
}

TEST_CASE("what a constraints file names with -r are requirements, as for pip") {
  RequirementList list;
  const auto files = sources({{"c.txt", "sympy<2\n-r r.txt\n-c d.txt\n"}, {"r.txt", "numpy"}, {"d.txt", "six<2"}});
  REQUIRE(add_constraints_file(list, "c.txt", files).has_value());
  CHECK(texts(list.requirements) == Strings{"numpy"});
  CHECK(texts(list.constraints) == Strings{"sympy<2", "six<2"});
}

TEST_CASE("an absolute path is not looked for beside the file") {
  RequirementList list;
  REQUIRE(add_requirements_file(list, "a/r.txt", sources({{"a/r.txt", "-r/etc/b.txt"}, {"/etc/b.txt", "six"}})).has_value());
  CHECK(texts(list.requirements) == Strings{"six"});
}

TEST_CASE("every refusal names file, line and text, from the inside out") {
  const Error error = refusal({{"r.txt", "six\n\n-r sub/s.txt  # more\n"}, {"sub/s.txt", "# head\nnumpy \\\n  =>2\n"}});
  CHECK(error.message == "`=>2` is not a version specifier: it begins with no operator");
  CHECK(error.context == Strings{"while reading line 2 of `sub/s.txt`: `numpy   =>2`", "while reading line 3 of `r.txt`: `-r sub/s.txt`"});
}

TEST_CASE("a file that includes itself is named") {
  CHECK(refusal("-r r.txt\n").message == "`r.txt` includes itself");
  const Error around = refusal({{"r.txt", "-r a/b.txt"}, {"a/b.txt", "-c ../a/../r.txt"}});
  CHECK(around.message == "`a/../a/../r.txt` includes itself");
  CHECK(around.context.size() == 2);
}

TEST_CASE("a file may be included twice beside itself") {
  RequirementList list;
  REQUIRE(add_requirements_file(list, "r.txt", sources({{"r.txt", "-r s.txt\n-r s.txt"}, {"s.txt", "six"}})).has_value());
  CHECK(list.requirements.size() == 2);
}

TEST_CASE("depth and number of files are limited") {
  Texts deep;
  for (int i = 0; i < 20; ++i) deep["d" + std::to_string(i)] = "-r d" + std::to_string(i + 1);
  deep["r.txt"] = "-r d0";
  CHECK(refusal(deep).message == "`d15` is nested more than 16 files deep");
  Texts doubling{{"r.txt", "-r e0"}, {"e12", "six"}};
  for (int i = 0; i < 12; ++i) {
    const std::string next = "-r e" + std::to_string(i + 1) + "\n";
    doubling["e" + std::to_string(i)] = next + next;
  }
  CHECK(refusal(doubling).message == "more than 1000 files are included");
}

TEST_CASE("a nested file by URL is refused, and `-` is no standard input") {
  CHECK(refusal("-r https://index.example/r.txt").message == "`--requirement` names a file by its URL, and only local files are read");
  CHECK(refusal("-c FILE:///r.txt").message == "`--constraint` names a file by its URL, and only local files are read");
  CHECK(refusal("-r -").message == "cannot read `./-`");
}

TEST_CASE("variables are replaced in pip's form only") {
  const auto list = read("${NAME}[${EXTRA_1}]>=1 ; os_name == '${name}$NAME'\n", {{"NAME", "demo"}, {"EXTRA_1", "x"}, {"name", "no"}});
  CHECK(texts(list.requirements) == Strings{"demo[x]>=1 ; os_name == \"${name}$NAME\""});
}

TEST_CASE("a variable without a value stays, and the refusal tells it") {
  const Error error = refusal("demo==${VERSION}\n");
  CHECK(error.hints == Strings{"the environment variable `VERSION` has no value"});
  CHECK(error.context == Strings{"while reading line 1 of `r.txt`: `demo==${VERSION}`"});
}

TEST_CASE("what a variable or a URL's password holds is in no message") {
  const auto all = [](const Error& error) {
    std::string text = error.message;
    for (const auto& one : error.context) text += one;
    for (const auto& one : error.hints) text += one;
    return text;
  };
  const Texts secret{{"TOKEN", "s3cret"}};
  for (const std::string line :
       {"demo==!${TOKEN}", "${TOKEN} /", "--${TOKEN}", "--extra-index-url https://u:${TOKEN}@index.example/simple", "-i ${TOKEN}",
        "demo @ https://u:${TOKEN}@index.example/d.whl", "demo --hash=${TOKEN}", "${TOKEN}@index.example:/x", "${TOKEN} --hash=sha512:00",
        "${TOKEN}[x @", "demo --hash=sha256:${TOKEN}", "demo ; https://u:s3cret@index.example", "-e git+https://u:s3cret@index.example/r",
        "-r https://u:s3cret@index.example/r.txt", "demo --global-option https://s3cret@index.example ://",
        "demo !https://u:s3cret@index.example/x"}) {
    INFO(line);
    CHECK(all(refusal({{"r.txt", line}}, secret)).find("s3cret") == std::string::npos);
  }
}

TEST_CASE("hashes are kept for the line's marker, and ask for one of every package") {
  const auto list = read("demo==1 ; os_name == 'posix' --hash=sha256:" + k_a + " --hash sha256:" + k_b + "\\\n --hash=sha512:00\n" +
                         "demo==2 ; os_name == 'nt' --hash=sha256:" + k_c + "\nsix");
  CHECK(texts(list.requirements) == Strings{"demo==1 ; os_name == \"posix\"", "demo==2 ; os_name == \"nt\"", "six"});
  CHECK(list.hash_need == HashNeed::everywhere);
  const auto demo = *PackageName::parse("demo");
  const MarkerEnvironment posix{.values = {{"os_name", "posix"}}};
  const MarkerEnvironment windows{.values = {{"os_name", "nt"}}};
  CHECK(hashes_of(list, demo, posix) == std::vector{*Sha256::parse(k_a), *Sha256::parse(k_b)});
  CHECK(hashes_of(list, demo, windows) == std::vector{*Sha256::parse(k_c)});
  CHECK_FALSE(hashes_of(list, *PackageName::parse("six"), posix).has_value());
}

TEST_CASE("two lines with hashes of one package leave what both give") {
  const auto list = read("demo --hash=sha256:" + k_a + " --hash=sha256:" + k_b + "\nDemo --hash=sha256:" + k_b + " --hash=sha256:" + k_c);
  CHECK(hashes_of(list, *PackageName::parse("demo"), {}) == std::vector{*Sha256::parse(k_b)});
}

TEST_CASE("hashes that no index page can meet are refused") {
  CHECK(refusal("demo --hash=sha512:00").message == "no sha256 is among the hashes");
  CHECK(refusal("demo --hash=md5:00").message == "`--hash` takes sha256, and sha384 and sha512 beside it");
  CHECK(refusal("demo --hash=" + k_a).message == "`--hash` needs the form `sha256:DIGITS`");
  CHECK(refusal("demo --hash=sha256:12").message == "a sha256 has 64 hexadecimal digits, and this `--hash` has not");
}

TEST_CASE("options that change nothing for wheels are read over") {
  const auto list = read("--prefer-binary\n--only-binary :all:\n--only-binary=six --use-feature=fast-deps\n--no-binary :none:\nsix");
  CHECK(texts(list.requirements) == Strings{"six"});
  CHECK_FALSE(list.prereleases);
  CHECK(list.hash_need == HashNeed::where_given);
}

TEST_CASE("--pre, --require-hashes and --index-url are kept") {
  const auto list = read("--pre --require-hashes\n-i https://u:p@index.example/simple\n--index-url=https://index.example/simple");
  CHECK(list.prereleases);
  CHECK(list.hash_need == HashNeed::everywhere);
  REQUIRE(list.index.has_value());
  CHECK(list.index->url == "https://u:p@index.example/simple");
  CHECK(list.index->where == "line 2 of `r.txt`");
}

TEST_CASE("a second index is refused, however it is named") {
  const Error other = refusal("-i https://index.example/a\n-i https://index.example/b");
  CHECK(other.message == "`--index-url` names another index than line 1 of `r.txt` does");
  CHECK(other.context == Strings{"while reading line 2 of `r.txt`: `-i https://index.example/b`"});
  const Error extra = refusal("--extra-index-url https://download.pytorch.org/whl/cu130");
  CHECK(extra.message == "`--extra-index-url` is refused: each package comes from one index");
  CHECK(extra.hints.front() == "the torch family comes from the PyTorch index without it: take the line out and give `--variant cu130`");
  CHECK(refusal("-f https://download.pytorch.org/whl/torch_stable.html").message ==
        "`--find-links` is refused: each package comes from one index");
  CHECK(refusal("--find-links=wheels").hints.front().ends_with("`--variant NAME`"));
  CHECK(refusal("--index-url ../simple").message == "`--index-url` does not name an index by its URL");
}

TEST_CASE("options that a lock of wheels cannot honour are refused, each with its reason") {
  CHECK(refusal("-e .").message == "`-e` asks for an install that stays tied to a folder, and only wheels of an index are installed");
  CHECK(refusal("--no-index").message == "`--no-index` leaves no place to take packages from");
  CHECK(refusal("--trusted-host index.example").message == "`--trusted-host` is refused: certificates are always checked");
  CHECK(refusal("--no-binary six").message == "`--no-binary` asks for packages to be built here, and only wheels are installed");
  CHECK(refusal("--only-binary --pre").message == "the option `--only-binary` needs a value");
  CHECK(refusal("six --config-settings a=b").message == "`--config-settings` is for building a package, and only wheels are installed");
  CHECK(refusal("six --global-option=x").message == "`--global-option` is for building a package, and only wheels are installed");
  CHECK(refusal("six --pre").message == "`--pre` stands beside a requirement, and has no effect there");
  CHECK(refusal("--hash=sha256:00").message == "`--hash` stands on a line without a requirement");
  CHECK(refusal("--pre six").message == "a word stands behind the options that belongs to none of them");
  CHECK(refusal("-r a.txt -r b.txt").message == "a line that names a file has no other option");
}

TEST_CASE("what is no package by name is refused for what it is") {
  CHECK(refusal("git+https://index.example/demo").message == "the line asks for a repository, and only wheels of an index are installed");
  CHECK(refusal("https://index.example/demo.whl").message ==
        "the line asks for a file by its URL, and only wheels of an index are installed");
  for (const std::string path : {".", "./demo", "../demo[x]", "demo/", "demo-1.0-py3-none-any.whl", "demo.tar.gz ; os_name == 'nt'"}) {
    INFO(path);
    CHECK(refusal(path).message == "the line asks for a file or folder, and only wheels of an index are installed");
  }
  const Error direct = refusal("demo[x] @ https://index.example/demo.whl");
  CHECK(direct.message == "the line asks for a package by a URL, and only wheels of an index are installed");
  CHECK(direct.hints == Strings{"name a version instead, such as `name==1.0`"});
  CHECK(texts(read("demo ; os_name == 'a/b'").requirements).size() == 1);
}

TEST_CASE("a constraint has no extras") {
  CHECK(refusal({{"r.txt", "-c c.txt"}, {"c.txt", "demo[x]<2"}}).message == "a constraint asks for extras");
}

TEST_CASE("what is not text is refused with the file's name") {
  const Error error = refusal("six\xFF");
  CHECK(error.message == "the file is not UTF-8: byte 3 does not fit");
  CHECK(error.context == Strings{"while reading `r.txt`"});
  CHECK(refusal(std::string((16U << 20) + 1, ' ')).message == "`r.txt` is larger than 16 MiB");
}
