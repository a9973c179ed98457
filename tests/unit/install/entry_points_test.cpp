#include "src/install/entry_points.hpp"

#include "src/install/script_start.hpp"

#include <catch2/catch.hpp>

using torchup::EntryPoint;
using torchup::parse_entry_points;

TEST_CASE("only the two script groups ask for commands, sorted by name") {
  const auto entries = parse_entry_points(
      "# a comment\n"
      "[console_scripts]\n"
      "torchrun = torch.distributed.run:main\n"
      "  black-d=blackd:App.patched_main [d, extra]\r\n"
      "; another\n"
      "\n"
      "[gui_scripts]\n"
      "window = ui : start\n"
      "[torchrun.logs]\n"
      "not/a command = anything at all\n");
  REQUIRE(entries.has_value());
  CHECK(*entries == std::vector<EntryPoint>{{"black-d", "blackd", "App.patched_main"},
                                            {"torchrun", "torch.distributed.run", "main"},
                                            {"window", "ui", "start"}});
}

TEST_CASE("no groups at all ask for no commands") {
  CHECK(parse_entry_points("").value().empty());
  CHECK(parse_entry_points("[console_scripts]").value().empty());
}

TEST_CASE("a command's name cannot leave bin/") {
  const std::string name = GENERATE("../evil", "a/b", "/abs", ".", "..", ".hidden", "-x", "a b", "a\x1b[2J", "", "n\xC3\xA4me");
  const auto entries = parse_entry_points("[console_scripts]\n" + name + " = a:b\n");
  REQUIRE_FALSE(entries.has_value());
  CHECK(entries.error().kind == torchup::ErrorKind::integrity);
  CHECK(entries.error().message == "`" + name + "` in entry_points.txt is not the name of a command");
}

TEST_CASE("a target is a module and a dotted name in it, nothing that could be code") {
  const std::string target =
      GENERATE("a", "a:", ":b", "a:b()", "a:b; import os", "a.:b", "1a:b", "a:b.", "a b:c", "a:b [x", "a:b:c", "a-b:c");
  const auto entries = parse_entry_points("[console_scripts]\ntool = " + target + "\n");
  REQUIRE_FALSE(entries.has_value());
  CHECK(entries.error().message == "`" + target + "` in entry_points.txt is not a function that command `tool` can call");
}

TEST_CASE("a line without a target and a command given twice are refused") {
  CHECK(parse_entry_points("[console_scripts]\ntool\n").error().message == "`tool` in entry_points.txt is not the name of a command");
  CHECK(parse_entry_points("[console_scripts]\na = b:c\n[gui_scripts]\na = d:e\n").error().message ==
        "command `a` stands twice in entry_points.txt");
}

TEST_CASE("the script imports the first part of the object and calls the whole of it") {
  CHECK(torchup::entry_point_script({"tool", "pkg.cli", "App.run"}) == std::string(torchup::k_script_start) +
                                                                           "\n"
                                                                           "import sys\n"
                                                                           "\n"
                                                                           "from pkg.cli import App\n"
                                                                           "\n"
                                                                           "if __name__ == \"__main__\":\n"
                                                                           "    sys.exit(App.run())\n");
}

TEST_CASE("a wheel's own script keeps everything but its first line") {
  CHECK(torchup::wants_interpreter("#!python\n"));
  CHECK(torchup::wants_interpreter("#!pythonw -u\n"));
  CHECK_FALSE(torchup::wants_interpreter("#!/usr/bin/python\n"));
  CHECK_FALSE(
      torchup::wants_interpreter("\x7f"
                                 "ELF"));
  CHECK(torchup::with_script_start("#!pythonw -u\n# coding: latin-1\n\xE4") ==
        std::string(torchup::k_script_start) + "\n# coding: latin-1\n\xE4");
  CHECK(torchup::with_script_start("#!python") == std::string(torchup::k_script_start) + "\n");
}
