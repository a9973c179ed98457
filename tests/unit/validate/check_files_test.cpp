#include "src/validate/files/check_files.hpp"

#include "torchup/system/hash.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/validate/check_named.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <span>
#include <sys/stat.h>

using namespace torchup;
using test::check_named;

namespace {

std::string record_hash(std::string_view content) { return "sha256=" + sha256(std::as_bytes(std::span(content))).record_form(); }

/// A site-packages folder with one small distribution in it.
struct SitePackages {
  test::TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "lib/python3.11/site-packages";
  std::string record;

  SitePackages() {
    add("torch/__init__.py", "import os\n");
    add("torch/lib/libtorch_cpu.so", std::string(100'000, 'x'));
    add("torch/say \"hi\", you.txt", "quoted");
    add("../../../bin/torchrun", "#!python");
    record += "torch/__pycache__/__init__.cpython-311.pyc,,\ntorch-2.0.dist-info/RECORD,,\n";
    write_record();
  }

  std::string name(const std::string& relative) const { return "lib/python3.11/site-packages/" + relative; }

  void add(const std::string& relative, const std::string& content) {
    folder.write(std::filesystem::path(name(relative)).lexically_normal().string(), content);
    std::string quoted = "\"";
    for (const char letter : relative) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
    record += quoted + "\"," + record_hash(content) + "," + std::to_string(content.size()) + "\r\n";
  }

  void write_record() const { folder.write(name("torch-2.0.dist-info/RECORD"), record); }

  ValidationReport check(unsigned threads = 2) const {
    ValidationReport report;
    SilentDiagnostics diagnostics;
    const Cancellation cancellation;
    REQUIRE(check_files(path, folder.path(), threads, diagnostics, cancellation, report));
    return report;
  }

  std::string fault() const {
    const Check check = check_named(this->check(), "record");
    CHECK(check.outcome == CheckOutcome::fail);
    return check.detail;
  }
};

}  // namespace

TEST_CASE("a whole distribution passes, with its bytes counted") {
  const SitePackages site;
  const auto threads = GENERATE(0U, 1U, 5U);
  const Check check = check_named(site.check(threads), "record");
  CHECK(check.outcome == CheckOutcome::pass);
  CHECK(check.detail == "5 files of 1 distribution as RECORD says");
  CHECK(check.rate_unit == "MB/s");
  CHECK(check.rate.value() > 0);
}

TEST_CASE("a changed byte, a deleted file, another size and a replaced library are named") {
  const SitePackages site;
  SECTION("one byte of a script") {
    site.folder.write(site.name("torch/__init__.py"), "import oz\n");
    CHECK(site.fault() == "`torch/__init__.py` changed: its bytes are not those that RECORD lists");
  }
  SECTION("a deleted file") {
    std::filesystem::remove(site.path / "torch/__init__.py");
    CHECK(site.fault() == "`torch/__init__.py` is missing");
  }
  SECTION("another library of another size") {
    site.folder.write(site.name("torch/lib/libtorch_cpu.so"), "\177ELF");
    CHECK(site.fault() == "`torch/lib/libtorch_cpu.so` changed: 4 bytes, RECORD says 100000");
  }
  SECTION("another library of the same size") {
    site.folder.write(site.name("torch/lib/libtorch_cpu.so"), std::string(99'999, 'x') + "y");
    CHECK(site.fault() == "`torch/lib/libtorch_cpu.so` changed: its bytes are not those that RECORD lists");
  }
  SECTION("a script outside site-packages") {
    site.folder.write("bin/torchrun", "#!pythoN");
    CHECK(site.fault() == "`../../../bin/torchrun` changed: its bytes are not those that RECORD lists");
  }
  SECTION("a file whose name needs quotes") {
    std::filesystem::remove(site.path / "torch/say \"hi\", you.txt");
    CHECK(site.fault() == "`torch/say \"hi\", you.txt` is missing");
  }
  SECTION("a pipe in a file's place does not stop the check") {
    std::filesystem::remove(site.path / "torch/__init__.py");
    REQUIRE(::mkfifo((site.path / "torch/__init__.py").c_str(), 0600) == 0);
    CHECK(site.fault() == "`torch/__init__.py` is not a file");
  }
  SECTION("several at once, in order") {
    std::filesystem::remove(site.path / "torch/lib/libtorch_cpu.so");
    std::filesystem::remove(site.path / "torch/__init__.py");
    CHECK(site.fault() == "`torch/__init__.py` is missing; `torch/lib/libtorch_cpu.so` is missing");
  }
  SECTION("the RECORD itself") {
    std::filesystem::remove(site.path / "torch-2.0.dist-info/RECORD");
    CHECK(site.fault() == "`torch-2.0.dist-info/RECORD` is missing");
  }
}

TEST_CASE("a RECORD that lies about its form or leads outside is a fault") {
  SitePackages site;
  SECTION("outside") {
    site.record += "../../../../etc/passwd,,\n";
    site.write_record();
    CHECK(site.fault() == "`torch-2.0.dist-info/RECORD` lists `../../../../etc/passwd`, which leads out of the environment");
  }
  SECTION("an absolute path") {
    site.record += "/etc/passwd,,\n";
    site.write_record();
    CHECK(site.fault() == "`torch-2.0.dist-info/RECORD` lists `/etc/passwd`, which leads out of the environment");
  }
  SECTION("a row without three fields") {
    site.record = "torch/__init__.py\n";
    site.write_record();
    CHECK(site.fault() == "`torch-2.0.dist-info/RECORD` cannot be trusted: row 1 of RECORD does not have a path, a hash and a size");
  }
  SECTION("a weak hash") {
    site.record = "torch/__init__.py,md5=abc,10\n";
    site.write_record();
    CHECK(site.fault() == "`torch-2.0.dist-info/RECORD` cannot be trusted: row 1 of RECORD has a hash that is not sha256");
  }
  SECTION("a size that is none") {
    site.record = "torch/__init__.py,," + std::string("-1\n");
    site.write_record();
    CHECK(site.fault() == "`torch-2.0.dist-info/RECORD` cannot be trusted: row 1 of RECORD has a size that is no number");
  }
}

TEST_CASE("files that no RECORD lists are told and are no fault; bytecode is not told") {
  const SitePackages site;
  site.folder.write(site.name("torch/my_patch.py"), "x");
  site.folder.write(site.name("torch/__pycache__/other.cpython-311.pyc"), "x");
  const Check check = check_named(site.check(), "record-unlisted");
  CHECK(check.outcome == CheckOutcome::pass);
  CHECK(check.detail == "1 file that no RECORD lists: torch/my_patch.py");
}

TEST_CASE("a file that two distributions list is right in either's form") {
  SitePackages site;
  site.folder.write(site.name("other-1.dist-info/RECORD"), "torch/__init__.py," + record_hash("something else") + ",14\n");
  CHECK(check_named(site.check(), "record").outcome == CheckOutcome::pass);
}

TEST_CASE("a folder without any distribution is a fault") {
  const test::TemporaryFolder folder;
  ValidationReport report;
  SilentDiagnostics diagnostics;
  const Cancellation cancellation;
  REQUIRE(check_files(folder.path(), folder.path(), 1, diagnostics, cancellation, report));
  CHECK(check_named(report, "record").detail == "`" + folder.path().string() + "` holds no distribution");
}

TEST_CASE("a cancelled check of files ends with ErrorKind::interrupted") {
  const SitePackages site;
  ValidationReport report;
  SilentDiagnostics diagnostics;
  Cancellation cancellation;
  cancellation.request();
  const auto status = check_files(site.path, site.folder.path(), 1, diagnostics, cancellation, report);
  REQUIRE_FALSE(status);
  CHECK(status.error().kind == ErrorKind::interrupted);
}
