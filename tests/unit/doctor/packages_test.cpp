// The checks of what is installed: requirements, distributions, path files.
#include "src/doctor/distribution_metadata.hpp"
#include "tests/unit/doctor/patient.hpp"

using namespace torchup;
using test::Patient;
using test::Told;

TEST_CASE("an environment that has what it needs is left in peace") {
  Patient patient;
  patient.with_environment()
      .with("demo", "1.0",
            {"Requires-Dist: base>=1", "Requires-Dist: absent ; sys_platform == 'win32'", "Requires-Dist: more; extra == 'all'"})
      .with("base", "1.5")
      .with_torch("2.15.0+cpu");
  CHECK(patient.ids("requirements").empty());
  CHECK(patient.report("requirements").status == "3 distributions have all 1 that they need");
  CHECK(patient.ids("distributions").empty());
  CHECK(patient.ids("pth").empty());
}

TEST_CASE("a requirement that is missing, too old or beyond an extra is told with who needs it") {
  Patient patient;
  patient.with_environment()
      .with("torch", "2.15.0",
            {"Requires-Dist: nvidia-nccl-cu13==2.30.7 ; sys_platform == 'linux'", "Requires-Dist: cuda-toolkit[cublas]==13.2"})
      .with("cuda-toolkit", "13.2", {"Requires-Dist: nvidia-cublas==13.* ; extra == 'cublas'", "Requires-Dist: other ; extra == 'more'"})
      .with("numpy", "1.26.4")
      .with("scipy", "1.0", {"Requires-Dist: numpy>=2"});
  CHECK(patient.findings("requirements") ==
        Told{"error requirement-unmet: `scipy 1.0` needs `numpy>=2`, and 1.26.4 is installed",
             "error requirement-unmet: `torch 2.15.0` needs `nvidia-nccl-cu13==2.30.7`, which is not installed",
             "error requirement-unmet: `cuda-toolkit 13.2` needs `nvidia-cublas==13.*`, which is not installed"});
  CHECK(patient.remedy("requirement-unmet") ==
        fmt::format("`uv pip install --python {} 'numpy>=2'`\n", patient.path("env/bin/python").string()));
}

TEST_CASE("a distribution for another Python is told") {
  Patient patient;
  patient.with_environment().with("old", "1.0", {"Requires-Python: <3.10"});
  CHECK(patient.findings("requirements") ==
        Told{"error python-unsupported: `old 1.0` is for Python <3.10, and this environment's is 3.11.2"});
}

TEST_CASE("METADATA is read to the end of its header, folded lines and bad ones included") {
  const auto metadata = parse_distribution_metadata(
      "Name: demo\r\nVersion: 1.0\nRequires-Dist: a\n >=1\nRequires-Dist: ((\nRequires-Python: >=3.9\n\nRequires-Dist: not-this\n");
  CHECK(metadata.version == "1.0");
  CHECK(metadata.requires_python == ">=3.9");
  REQUIRE(metadata.requires_dist.size() == 1);
  CHECK(metadata.requires_dist.front().text() == "a>=1");
  CHECK(metadata.unreadable == Told{"(("});
  CHECK(parse_distribution_metadata("").requires_dist.empty());
}

TEST_CASE("two of one distribution, and what an interrupted removal left, are told") {
  Patient patient;
  patient.with_environment().with("demo", "1.0").with("demo", "2.0");
  patient.folder.write("env/lib/python3.11/site-packages/~orch/x", "");
  CHECK(patient.findings("distributions") == Told{"error distribution-duplicate: `demo` is installed 2 times",
                                                  "warning distribution-leftover: `~orch` is what an interrupted removal left"});
  const auto fix = patient.report("distribution-leftover").findings.at(1).fix;
  REQUIRE(fix);
  REQUIRE(apply_fix(*fix));
  CHECK(patient.ids("distributions") == Told{"error distribution-duplicate"});
}

TEST_CASE("two distributions that own one torch, and one that lists files it does not have, are told") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0+cpu").with("torch-nightly", "2.16", {}, {{"torch/version.py", "x"}});
  // The second wrote over the first: the file is as neither lists it for one of them.
  CHECK(patient.ids("distributions") == Told{"error files-missing", "error torch-duplicate", "error torch-incomplete"});
  // Whose version the files have is no second cause.
  patient.folder.write("env/lib/python3.11/site-packages/torch/version.py", "__version__ = '2.99.0'\n");
  CHECK(patient.ids("distributions") == Told{"error files-missing", "error files-missing", "error torch-duplicate"});
}

TEST_CASE("a torch whose files are gone or of another version is told, a local label alone is none") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0+cu132", "13.2");
  CHECK(patient.ids("distributions").empty());
  patient.folder.write("env/lib/python3.11/site-packages/torch/version.py",
                       "__version__ = '2.14.0+cu132'\ndebug = False\ncuda: Optional[str] = '13.2'\n");
  CHECK(patient.findings("distributions") ==
        Told{"error version-mismatch: torch's files are of 2.14.0+cu132, and its metadata says 2.15.0"});
  std::filesystem::remove_all(patient.site() / "torch");
  CHECK(patient.findings("distributions") ==
        Told{"error files-missing: `torch 2.15.0` is not whole: 2 of its files are not as its RECORD lists",
             "error torch-incomplete: `torch 2.15.0` is listed as installed, and `torch/version.py` is not there or empty"});
}

TEST_CASE("a path file that leads nowhere is told, and put aside only where no distribution brought it") {
  Patient patient;
  patient.with_environment().with("editable", "1.0", {}, {{"editable.pth", "/nowhere/at/all\n"}});
  patient.folder.write("env/lib/python3.11/site-packages/own.pth", "# a comment\nimport sys\n./gone\n");
  std::filesystem::create_directory(patient.site() / "there");
  patient.folder.write("env/lib/python3.11/site-packages/well.pth", "there\n");
  const auto report = patient.report("pth");
  REQUIRE(report.findings.size() == 2);
  CHECK(report.findings[0].title == "`editable.pth` leads to `/nowhere/at/all`, which is not there");
  CHECK_FALSE(report.findings[0].fix);
  CHECK(report.findings[1].title == fmt::format("`own.pth` leads to `{}/gone`, which is not there", patient.site().string()));
  REQUIRE(report.findings[1].fix);
  REQUIRE(apply_fix(*report.findings[1].fix));
  CHECK(patient.ids("pth") == Told{"warning pth-stale"});
  CHECK(std::filesystem::exists(patient.site() / "own.pth.disabled"));
}

TEST_CASE("a path file that brings another torch is told") {
  Patient patient;
  patient.with_environment();
  patient.folder.write("other/torch/version.py", "__version__ = '1.0'\n");
  patient.folder.write("env/lib/python3.11/site-packages/other.pth", patient.path("other").string() + "\n");
  CHECK(patient.findings("pth") ==
        Told{fmt::format("warning pth-foreign-packages: `other.pth` brings the torch of `{}` into this environment",
                         patient.path("other").string())});
}
