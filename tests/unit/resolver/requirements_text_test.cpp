#include "torchup/resolver/requirements_text.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace std::string_literals;

namespace {

const ReadVariable k_unset = [](const std::string&) { return std::nullopt; };

/// "3:text" of each line.
std::vector<std::string> lines(const std::string& text, const ReadVariable& variable = k_unset) {
  std::vector<std::string> result;
  const auto read = requirements_lines(text, variable).value();
  for (const auto& line : read) result.push_back(std::to_string(line.number) + ":" + line.text);
  return result;
}

std::string decoded(const std::string& bytes) { return decode_requirements(bytes).value(); }
std::string refusal(const std::string& bytes) { return decode_requirements(bytes).error().message; }

RequirementsEntry entry(const std::string& line) { return parse_requirements_line(line).value(); }
std::string complaint(const std::string& line) { return parse_requirements_line(line).error().message; }

using Strings = std::vector<std::string>;
using Options = std::vector<RequirementsOption>;

}  // namespace

TEST_CASE("a byte order mark decides the encoding") {
  CHECK(decoded("\xEF\xBB\xBFsix") == "six");
  CHECK(decoded("\xFF\xFEs\0i\0"s) == "si");
  CHECK(decoded("\xFE\xFF\0s\0i"s) == "si");
  CHECK(decoded("\xFF\xFE\0\0s\0\0\0"s) == "s");
  CHECK(decoded("\0\0\xFE\xFF\0\0\0s"s) == "s");
  CHECK(decoded("\xFE\xFF\xD8\x3D\xDE\x00"s) == "\xF0\x9F\x98\x80");
  CHECK(refusal("\xFF\xFEs"s) == "the file is not UTF-16: byte 0 does not fit");
  CHECK(refusal("\xFE\xFF\xD8\x3D\0s"s) == "the file is not UTF-16: byte 0 does not fit");
  CHECK(refusal("\xFE\xFF\0s\xDC\x00"s) == "the file is not UTF-16: byte 2 does not fit");
  CHECK(refusal("\0\0\xFE\xFF\0\x11\0\0"s) == "the file is not UTF-32: byte 0 does not fit");
}

TEST_CASE("a comment on one of the first two lines names the encoding") {
  CHECK(decoded("# -*- coding: latin-1 -*-\n# \xE9") == "# -*- coding: latin-1 -*-\n# \xC3\xA9");
  CHECK(decoded("six\n# coding=ISO_8859-1\n\xE9").ends_with("\xC3\xA9"));
  CHECK(refusal("six\n\n# coding: latin-1\n\xE9") == "the file is not UTF-8: byte 23 does not fit");
  CHECK(refusal("# coding: ascii\n\xE9") == "the file is not ASCII: byte 16 does not fit");
  CHECK(refusal("# coding: cp1252\n") == "the file's encoding `cp1252` is not supported");
  CHECK(decoded("# no coding here: cp1252\n") == "# no coding here: cp1252\n");
  CHECK(decoded(" # coding: cp1252\n") == " # coding: cp1252\n");
}

TEST_CASE("invalid UTF-8 is refused where it begins") {
  CHECK(refusal("ab\xC0\x80") == "the file is not UTF-8: byte 2 does not fit");
  CHECK(refusal("\xED\xA0\x80") == "the file is not UTF-8: byte 0 does not fit");
  CHECK(refusal("a\xE2\x82") == "the file is not UTF-8: byte 1 does not fit");
}

TEST_CASE("lines end where str.splitlines ends them") {
  CHECK(lines("a\nb\r\nc\rd\fe\vf\x1Cg\xC2\x85h\xE2\x80\xA8i") == Strings{"1:a", "2:b", "3:c", "4:d", "5:e", "6:f", "7:g", "8:h", "9:i"});
}

TEST_CASE("a continued line has the number of its first one") {
  CHECK(lines("\na\\\n b\\\nc\nd") == Strings{"2:a bc", "5:d"});
  CHECK(lines("a\\") == Strings{"1:a"});
  CHECK(lines("a \\ \nb") == Strings{"1:a \\", "2:b"});
  CHECK(lines("\\\\a\\\\\nb") == Strings{"1:ab"});
}

TEST_CASE("a comment ends a continued line, whatever it ends with") {
  CHECK(lines("a\\\n# why \\\nb") == Strings{"1:a", "3:b"});
  CHECK(lines("# why \\\nb") == Strings{"2:b"});
  CHECK(lines("a # why \\\nb") == Strings{"1:a"});
}

TEST_CASE("a comment begins after white space only") {
  CHECK(lines("a#b\nc #d\n#e\nf\t#g\nh\xC2\xA0#i\n \xE3\x80\x80j ") == Strings{"1:a#b", "2:c", "4:f", "5:h", "6:j"});
}

TEST_CASE("a variable's value is not looked at again, and a comment in it stays") {
  const ReadVariable variable = [](const std::string& name) { return name == "A" ? std::optional<std::string>("${A} #x") : std::nullopt; };
  CHECK(lines("q${A}${A}${B}${a}$A", variable) == Strings{"1:q${A} #x${A} #x${B}${a}$A"});
  const auto line = requirements_lines("${B} ${B} ${A}", variable).value().front();
  CHECK(line.unset == Strings{"B"});
  CHECK(line.written == "${B} ${B} ${A}");
  CHECK(line.replaced());
}

TEST_CASE("long lines, many lines and growing variables are refused") {
  const ReadVariable grows = [](const std::string&) { return std::optional(std::string(60'000, 'x')); };
  CHECK(requirements_lines("a\n" + std::string(65'537, 'x'), k_unset).error().message == "line 2 is longer than 65536 bytes");
  CHECK(requirements_lines("${A}${A}", grows).error().message == "line 1 is longer than 65536 bytes with `${A}` replaced");
  CHECK(requirements_lines(std::string(100'001, '\n'), k_unset).error().message == "the file has more than 100000 lines");
  std::string continued;
  for (int i = 0; i < 70; ++i) continued += std::string(1000, 'x') + "\\\n";
  CHECK(requirements_lines(continued, k_unset).error().message == "line 1 is longer than 65536 bytes");
}

TEST_CASE("options begin at the first word with a dash") {
  CHECK(entry("torch >= 2 ; os_name == 'a-b'").requirement == "torch >= 2 ; os_name == 'a-b'");
  const auto hashed = entry("torch==2 --hash=sha256:a  --hash 'sha256:b'");
  CHECK(hashed.requirement == "torch==2");
  CHECK(hashed.options == Options{{"--hash", "sha256:a"}, {"--hash", "sha256:b"}});
  CHECK(entry("-rmore.txt").options == Options{{"--requirement", "more.txt"}});
  CHECK(entry("-r 'a b.txt'").options == Options{{"--requirement", "a b.txt"}});
  CHECK(entry("-r a\\ b.txt").options == Options{{"--requirement", "a b.txt"}});
  CHECK(entry("--requirem=x --pypi y").options == Options{{"--requirement", "x"}, {"--index-url", "y"}});
  CHECK(entry(R"(-r 'a\"\\b' -r "a\"\\\b"c\'d)").options == Options{{"--requirement", R"(a\"\\b)"}, {"--requirement", R"(a"\\bc'd)"}});
  CHECK(entry("--pre -- six -r x").stray == Strings{"six", "-r", "x"});
  CHECK(entry("-r --pre").options == Options{{"--requirement", "--pre"}});
  CHECK(entry("--requirement=").options == Options{{"--requirement", ""}});
}

TEST_CASE("what optparse and shlex refuse is refused") {
  CHECK(complaint("--unknown") == "`--unknown` is no option of a requirements file");
  CHECK(complaint("six -x") == "`-x` is no option of a requirements file");
  CHECK(complaint("--no=1") == "the option `--no` may mean `--no-index`, `--no-binary`");
  CHECK(complaint("--pre=yes") == "the option `--pre` takes no value");
  CHECK(complaint("-r") == "the option `--requirement` needs a value");
  CHECK(complaint("-r 'x") == "a quote `'` is not closed");
  CHECK(complaint("-r x\\") == "a backslash stands at the end");
}

TEST_CASE("credentials are taken out of every URL of a text") {
  CHECK(without_credentials("a https://u:p@h/x@y b") == "a https://h/x@y b");
  CHECK(without_credentials("https://u:p@q@h http://t@i/") == "https://h http://i/");
  CHECK(without_credentials("a@b://") == "a@b://");
}
