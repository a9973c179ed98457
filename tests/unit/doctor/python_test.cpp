// The checks of the interpreter and of what it imports: shadowing, variables.
#include "tests/unit/doctor/patient.hpp"

using namespace torchup;
using test::ElfBuilder;
using test::Patient;
using test::Told;

TEST_CASE("an interpreter that is there, for this machine and of the right version is left in peace") {
  Patient patient;
  patient.with_environment();
  patient.host.machine_name = elf_machine_name(own_elf_machine());
  CHECK(patient.ids("python").empty());
  CHECK(patient.report("python").status == fmt::format("CPython 3.11.2 of {}", patient.path("base/bin/python3.11").string()));
}

TEST_CASE("an interpreter that was removed, is of another machine or of another version is told") {
  Patient patient;
  patient.with_environment();
  patient.host.machine_name = elf_machine_name(own_elf_machine());
  patient.folder.write("base/bin/python3.11", ElfBuilder().machine(EM_386).build());
  CHECK(patient.ids("python") == Told{"error interpreter-architecture"});
  std::filesystem::remove(patient.path("base/bin/python3.11"));
  CHECK(patient.findings("python") == Told{fmt::format("error interpreter-missing: the environment's interpreter `{}` is not there",
                                                       patient.path("env/bin/python").string())});
  patient.folder.write("base/bin/python3.12", ElfBuilder().machine(own_elf_machine()).build());
  std::filesystem::create_symlink("python3.12", patient.path("base/bin/python3.11"));
  CHECK(patient.findings("python") == Told{"error interpreter-differs: the packages are of Python 3.11, and the interpreter is 3.12 now"});
}

TEST_CASE("a file in the current folder that is named like torch or a standard module is told") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0");
  patient.folder.write("here/mine.py", "");
  patient.folder.write("here/torch/notes.txt", "");  // no package: an import passes it over
  patient.folder.write("here/tests/__init__.py", "");
  patient.with("careless", "1.0", {}, {{"tests/__init__.py", ""}});
  CHECK(patient.ids("shadowing").empty());
  patient.folder.write("here/torch.py", "");
  patient.folder.write("here/random.py", "");
  CHECK(patient.findings("module-shadowed") ==
        Told{fmt::format("warning module-shadowed: `{}` hides the standard library's `random`", patient.path("here/random.py").string()),
             fmt::format("error module-shadowed: `{}` hides the installed `torch`", patient.path("here/torch.py").string())});
}

TEST_CASE("a package that is worked on here and installed too is a note") {
  Patient patient;
  patient.with_environment().with("mine", "1.0", {}, {{"mine/__init__.py", ""}});
  patient.folder.write("here/mine/__init__.py", "");
  CHECK(patient.ids("shadowing") == Told{"note module-shadowed"});
}

TEST_CASE("a package of that name is told, also in a folder that PYTHONPATH names") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0");
  patient.folder.write("source/torch/__init__.py", "");
  CHECK(patient.ids("shadowing").empty());
  patient.host.variables["PYTHONPATH"] = ":" + patient.path("source").string() + ":" + patient.site().string();
  CHECK(patient.findings("shadowing") ==
        Told{fmt::format("error module-shadowed: `{}` hides the installed `torch`", patient.path("source/torch").string())});
  // The folder may be anybody's: nothing in it is to be renamed.
  CHECK(patient.report("shadowing").findings.at(0).remedy ==
        Told{"`unset PYTHONPATH`", fmt::format("take `{}` out of it", patient.path("source").string())});
}

TEST_CASE("variables that say nothing of this environment are left in peace") {
  Patient patient;
  patient.with_environment().with("numpy", "2.4.6");
  patient.host.variables = {
      {"HOME", patient.path("home").string()}, {"PATH", "/usr/bin"}, {"PYTHONPATH", patient.path("nothing").string()}};
  patient.folder.write("home/.local/lib/python3.11/site-packages/numpy-1.26.4.dist-info/METADATA", "");
  CHECK(patient.ids("variables").empty());  // the user's packages are not seen from a closed environment
}

TEST_CASE("PYTHONHOME, PYTHONPATH and LD_PRELOAD are told where they matter") {
  Patient patient;
  patient.with_environment().with("numpy", "2.4.6");
  patient.folder.write("old/numpy-1.26.4.dist-info/METADATA", "");
  patient.host.variables = {{"PYTHONHOME", "/opt/python"}, {"PYTHONPATH", patient.path("old").string()}, {"LD_PRELOAD", "libjemalloc.so"}};
  CHECK(patient.findings("variables") ==
        Told{"error python-home-set: PYTHONHOME is `/opt/python`: every Python takes its standard library from there",
             fmt::format("warning python-path-shadows: PYTHONPATH puts `{}` before this environment, with 1 of its packages in it",
                         patient.path("old").string()),
             "note preload-set: LD_PRELOAD puts `libjemalloc.so` into every program"});
  CHECK(patient.report("variables").findings.at(1).evidence == Told{"numpy 1.26.4 (here 2.4.6)"});
}

TEST_CASE("a variable that hides another cuDNN is told where torch has one") {
  Patient patient;
  patient.host.variables = {{"PYTORCH_SKIP_CUDNN_COMPATIBILITY_CHECK", "1"}};
  patient.with_environment().with_torch("2.15.0+cpu");
  CHECK(patient.ids("variables").empty());
  patient.folder.write("env/lib/python3.11/site-packages/torch/version.py", "__version__ = '2.15.0+cu130'\ncuda: Optional[str] = '13.0'\n");
  CHECK(patient.ids("variables") == Told{"warning cudnn-check-skipped"});
}

TEST_CASE("the user's packages are told where the environment sees them") {
  Patient patient;
  patient.with_environment("include-system-site-packages = true\n").with("numpy", "2.4.6");
  patient.folder.write("home/.local/lib/python3.11/site-packages/numpy-1.26.4.dist-info/METADATA", "");
  patient.host.variables = {{"HOME", patient.path("home").string()}};
  CHECK(patient.ids("variables") == Told{"warning user-site-shadows"});
  patient.host.variables["PYTHONNOUSERSITE"] = "1";
  CHECK(patient.ids("variables").empty());
}

TEST_CASE("an active environment that is not first on PATH is told") {
  Patient patient;
  patient.with_environment();
  patient.folder.write("other/python", "");
  const std::string own = patient.path("env/bin").string(), other = patient.path("other").string();
  patient.host.variables = {{"VIRTUAL_ENV", patient.path("env").string()}, {"PATH", own + ":" + other}};
  CHECK(patient.ids("variables").empty());
  patient.host.variables["PATH"] = other + ":" + own;
  CHECK(patient.findings("variables") ==
        Told{fmt::format("warning path-other-python: the environment is active, and `python` is `{}/python`", other)});
}
