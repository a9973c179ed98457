#include "src/validate/validate_environment.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/validate/check_named.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>

using namespace torchup;
using test::check_named;

namespace {

/// An environment whose interpreter is the system's, told by a script to look into our site-packages.
struct FakeEnvironment {
  test::TemporaryFolder folder;
  std::filesystem::path site_packages = folder.path() / "site-packages";

  FakeEnvironment() {
    std::filesystem::create_directories(site_packages);
    const auto python = folder.write(
        "python", "#!/bin/sh\nshift\nexec /usr/bin/python3 -I -B -c \"import runpy, sys; sys.path.insert(0, '" + site_packages.string() +
                      "'); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')\" \"$@\"\n");
    ::chmod(python.c_str(), 0700);
  }

  /// A distribution of one package with an __init__.py.
  void add(const std::string& name, const std::string& content) const {
    folder.write("site-packages/" + name + "/__init__.py", content);
    folder.write("site-packages/" + name + "-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n");
    folder.write("site-packages/" + name + "-1.0.dist-info/RECORD", name + "/__init__.py,,\n" + name + "-1.0.dist-info/METADATA,,\n");
  }

  Result<ValidationReport> validate(const std::vector<std::string>& levels) const {
    SilentDiagnostics diagnostics;
    const Cancellation cancellation;
    return validate_environment({folder.path() / "python", site_packages, folder.path(), TORCHUP_SHIM_HOST}, levels, diagnostics,
                                cancellation);
  }
};

}  // namespace

TEST_CASE("an unknown level and no level at all are refused") {
  const FakeEnvironment environment;
  const auto unknown = environment.validate({"load", "speed"});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == ErrorKind::usage);
  CHECK(unknown.error().message == "`speed` is not a level of validation");
  CHECK(unknown.error().hints == std::vector<std::string>{"the levels are files, load, numeric, features, bench"});
  CHECK(environment.validate({}).error().message == "no level of validation is named");
}

TEST_CASE("without torch, imports are checked and numbers are skipped with the reason") {
  const FakeEnvironment environment;
  environment.add("alpha", "__version__ = '1.0'\n");
  const auto report = environment.validate({"files", "load", "numeric"});
  REQUIRE(report);
  CHECK(report->healthy());
  CHECK(check_named(*report, "record").outcome == CheckOutcome::pass);
  CHECK(check_named(*report, "import-alpha").detail == "alpha 1.0");
  for (const char* id : {"attention", "autograd", "eigh", "matmul"}) {
    CHECK(check_named(*report, id).outcome == CheckOutcome::skip);
    CHECK(check_named(*report, id).detail == "torch is not installed in this environment");
  }
}

TEST_CASE("an import that fails is named with Python's own words, and the others still run") {
  const FakeEnvironment environment;
  environment.add("broken", "import nothing_of_that_name\n");
  environment.add("quitter", "import sys\nsys.exit('enough')\n");
  environment.add("sound", "");
  const auto report = environment.validate({"load"});
  REQUIRE(report);
  CHECK_FALSE(report->healthy());
  CHECK(check_named(*report, "import-broken").detail == "ModuleNotFoundError: No module named 'nothing_of_that_name'");
  CHECK(check_named(*report, "import-quitter").detail == "SystemExit: enough");
  CHECK(check_named(*report, "import-sound").outcome == CheckOutcome::pass);
}

TEST_CASE("an import that ends the interpreter is named") {
  const FakeEnvironment environment;
  environment.add("crasher", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n");
  const auto report = environment.validate({"load"});
  REQUIRE(report);
  const Check& check = check_named(*report, "import-crasher");
  CHECK(check.outcome == CheckOutcome::fail);
  CHECK(check.engine == "torch-python");
  CHECK(check.detail == "the process was ended by SIGSEGV (a wrong memory access)");
}

namespace {

/// Enough of torch to be imported; making a tensor ends the process.
constexpr const char* k_crashing_torch = R"(
import os, signal
__version__ = '1.10.2'
float32 = None
class version:
    cuda = None
class cuda:
    is_available = staticmethod(lambda: False)
    device_count = staticmethod(lambda: 0)
class backends:
    cuda = None
class nn:
    functional = None
def tensor(*arguments, **options):
    os.kill(os.getpid(), signal.SIGILL)
)";

}  // namespace

TEST_CASE("a check under Python that ends the process is named, and those after it run in another one") {
  const FakeEnvironment environment;
  environment.add("torch", k_crashing_torch);
  const auto report = environment.validate({"numeric"});
  REQUIRE(report);
  CHECK(report->torch_version == "1.10.2");
  CHECK(report->cuda_reason == "this build of torch is for CPU");
  CHECK(check_named(*report, "import-torch").outcome == CheckOutcome::pass);
  for (const char* id : {"matmul-exact-cpu", "autograd-cpu"}) {
    CHECK(check_named(*report, id).outcome == CheckOutcome::fail);
    CHECK(check_named(*report, id).detail == "the process was ended by SIGILL (an instruction that this CPU does not have)");
  }
  CHECK(check_named(*report, "matmul-float32-cpu").detail.find("AttributeError: ") == 0);  // between the two
  CHECK(check_named(*report, "attention-cpu").detail == "scaled_dot_product_attention came with torch 2.0");
  CHECK(check_named(*report, "autograd-matmul-cpu").outcome == CheckOutcome::fail);  // after both
}

TEST_CASE("what an old torch cannot do is skipped with the release that can, and a broken one is named") {
  const FakeEnvironment environment;
  environment.add("torch", k_crashing_torch);
  const auto report = environment.validate({"features"});
  REQUIRE(report);
  CHECK(check_named(*report, "compile-default").detail == "torch.compile came with torch 2.0");
  CHECK(check_named(*report, "export").detail == "torch.export came with torch 2.1");
  CHECK(check_named(*report, "aot-inductor").outcome == CheckOutcome::skip);
  CHECK(check_named(*report, "cuda-graph").detail == "torch sees no CUDA device");
  CHECK(check_named(*report, "float8-e8m0fnu").detail == "this torch does not have the type");
  CHECK(check_named(*report, "dataloader").detail.find("the process ended with exit status 1; it printed: ") == 0);
  for (const Check& check : report->checks) CHECK(check.level == "features");
}

TEST_CASE("without torch, features are skipped with the reason") {
  const FakeEnvironment environment;
  const auto report = environment.validate({"features"});
  REQUIRE(report);
  CHECK(check_named(*report, "compile-modes").detail == "torch is not installed in this environment");
  CHECK(report->healthy());
}

TEST_CASE("nothing stays among the temporary files") {
  const FakeEnvironment environment;
  environment.add("alpha", "import tempfile\n__version__ = tempfile.mkdtemp()\n");
  const test::TemporaryFolder folder;
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  const auto report = environment.validate({"load"});
  ::setenv("TMPDIR", "/nowhere", 1);
  const auto refused = environment.validate({"load"});
  ::unsetenv("TMPDIR");
  REQUIRE(report);
  CHECK(check_named(*report, "import-alpha").detail.find("/scratch/") != std::string::npos);
  CHECK(std::filesystem::is_empty(folder.path()));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::host);
}

TEST_CASE("half a torch is faulty, not passed over") {
  const FakeEnvironment environment;
  environment.add("torch", "raise ImportError('libcudart.so.13: cannot open shared object file')\n");
  const auto report = environment.validate({"load", "numeric"});
  REQUIRE(report);
  CHECK(check_named(*report, "needed").detail == "`torch/lib` holds no library");
  CHECK(check_named(*report, "import-torch").detail == "ImportError: libcudart.so.13: cannot open shared object file");
  CHECK(check_named(*report, "libtorch").outcome == CheckOutcome::fail);
}

TEST_CASE("an interpreter that is not there is ErrorKind::host") {
  const FakeEnvironment environment;
  std::filesystem::remove(environment.folder.path() / "python");
  const auto report = environment.validate({"load"});
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::host);
  CHECK(report.error().message == "cannot run `" + (environment.folder.path() / "python").string() + "`: No such file or directory");
}
