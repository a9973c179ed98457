// Scripts and activation are tried with the machine's own sh, bash and Python, as a user would.

#include "src/install/activate_scripts.hpp"
#include "src/install/environment_files.hpp"
#include "tests/support/small_store.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <memory>

using namespace torchup;
using namespace torchup::test;

namespace fs = std::filesystem;

namespace {

/// What the command line prints; stderr included.
std::string output_of(const std::string& command) {
  struct Close {
    void operator()(FILE* pipe) const { ::pclose(pipe); }
  };
  const std::unique_ptr<FILE, Close> pipe(::popen((command + " 2>&1").c_str(), "r"));
  REQUIRE(pipe);
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) output.append(buffer.data(), size);
  return output;
}

/// An environment with a command, made with the machine's own interpreter.
struct WithCommand : SmallStore {
  fs::path spaced = folder() / "a b" / ".venv";

  WithCommand() {
    SilentDiagnostics silent;
    const Cancellation never;
    Python python = small_python();
    python.executable = fs::canonical("/usr/bin/python3").string();
    python.version = output_of("/usr/bin/python3 -I -S -c 'import platform; print(platform.python_version(), end=\"\")'");
    const WantedPackage tool = wheel("tool", "1",
                                     {{"tool.py", {"import sys\ndef main():\n    print(sys.prefix, *sys.argv[1:], sep='|', end='')\n"}},
                                      {"tool-1.dist-info/entry_points.txt", {"[console_scripts]\ntool = tool:main\n"}},
                                      {"tool-1.data/scripts/old", {"#!python\n# coding: latin-1\n'''doc'''\nprint(__doc__, end='')\n"}}});
    const OpenEnvironment open = open_now(spaced);
    activate_generation(open.lock, stage_generation(open.lock, {spaced, python}, {tool}, silent, never).value()).value();
  }
  std::string in(const fs::path& root, const std::string& rest) const { return output_of("'" + root.string() + "/" + rest); }
};

}  // namespace

TEST_CASE_METHOD(WithCommand, "commands run in their environment, spaces, arguments and all") {
  CHECK(in(spaced, "bin/tool' 'x y' '$z'") == spaced.string() + "|x y|$z");
  CHECK(in(spaced, "bin/old'") == "doc");
  CHECK(output_of("cd '" + spaced.string() + "/bin' && ./tool") == spaced.string());
  CHECK(output_of("PATH='" + spaced.string() + "/bin':$PATH tool") == spaced.string());
}

TEST_CASE_METHOD(WithCommand, "commands run in their environment when they are called through a link from elsewhere") {
  fs::create_directories(folder() / "links");
  fs::create_symlink("/usr/bin/false", folder() / "links/python");  // not the one beside the link
  fs::create_symlink(spaced / "bin/tool", folder() / "links/tool");
  CHECK(output_of(folder() / "links/tool") == spaced.string());
}

TEST_CASE_METHOD(WithCommand, "commands of a generation that was left behind run in the one that is in use") {
  CHECK(in(spaced, "generations/1/bin/tool'") == spaced.string());
}

TEST_CASE_METHOD(WithCommand, "a moved environment works whole, and a copied one does not lead back") {
  const fs::path moved = folder() / "moved";
  fs::rename(spaced, moved);
  CHECK(in(moved, "bin/tool'") == moved.string());
  CHECK(output_of("bash -c '. \"" + moved.string() + "/bin/activate\" && tool'") == moved.string());
  const fs::path copied = folder() / "copied";
  fs::copy(moved, copied, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  CHECK(in(copied, "bin/tool'") == copied.string());
}

TEST_CASE_METHOD(WithCommand, "activating puts bin first, and deactivating puts back what was") {
  const std::string shell = GENERATE("sh", "bash");
  const std::string activate = ". '" + spaced.string() + "/bin/activate'";
  const std::string script = "set -eu; unset PYTHONHOME; PS1='$ '; before=$PATH; " + activate +
                             "; echo \"$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT|$PS1\"; command -v tool; " + activate +
                             "; deactivate; [ \"$before\" = \"$PATH\" ]; echo \"${VIRTUAL_ENV-none}|$PS1\"; [ \"$(command -v deactivate)\" "
                             "= deactivate ] || echo gone";
  fs::path file = folder() / "script";
  std::FILE* out = std::fopen(file.c_str(), "w");
  std::fputs(script.c_str(), out);
  std::fclose(out);
  const std::string output = output_of(shell + " '" + file.string() + "'");
  CHECK(output.find(spaced.string() + "|a b|(a b) $ \n" + spaced.string() + "/bin/tool\nnone|$ \n") == 0);
  CHECK(output.find("gone\n") != std::string::npos);
}

TEST_CASE("a prompt is the wish, else DIR's name or its parent's, without what a shell would expand") {
  CHECK(prompt_for("/srv/train/.venv", "") == "train");
  CHECK(prompt_for("/srv/train", "") == "train");
  CHECK(prompt_for("/srv/train", "mine") == "mine");
  CHECK(prompt_for("/srv/$(reboot)`x`%n\\!", "") == "__reboot__x__n__");
  CHECK(prompt_for("/.venv", "") == "torchup");
}

TEST_CASE("a path is quoted as each shell needs it") {
  const auto scripts = activate_scripts("/it's/a\\b!", "p'q");
  REQUIRE(scripts.size() == 3);
  CHECK(scripts[0].text.find("_torchup_file='/it'\\''s/a\\b!'/bin/activate\n") != std::string::npos);
  CHECK(scripts[1].text.find("VIRTUAL_ENV_PROMPT 'p\\'q'\n") != std::string::npos);
  CHECK(scripts[2].text.find("setenv VIRTUAL_ENV '/it'\\''s/a\\b\\!'\n") != std::string::npos);
  for (const auto& script : scripts) CHECK(script.text.find("@ROOT@") == std::string::npos);
}
