#include "src/validate/shim_host.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/validate/check_named.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>

using namespace torchup;
using test::check_named;
using namespace std::chrono_literals;

namespace {

/// One case of each kernel that takes no time.
const std::vector<std::string> k_quick_checks = {"attention-2x3x67x40", "eigh-8x31x31", "matmul-67x129x83"};

ValidationReport run_fake(const std::filesystem::path& site_packages, const std::vector<std::string>& ids = k_quick_checks,
                          std::chrono::milliseconds limit = 60s) {
  ValidationReport report;
  const Cancellation cancellation;
  REQUIRE(run_shim_checks(TORCHUP_SHIM_HOST, torch_place(site_packages), ids, limit, cancellation, report));
  return report;
}

std::filesystem::path fake(const std::string& fault) { return std::filesystem::path(TORCHUP_FAKE_TORCH) / fault; }

std::string failures(const ValidationReport& report) {
  std::string ids;
  for (const Check& check : report.checks) {
    if (check.outcome == CheckOutcome::fail) ids += check.id + " ";
  }
  return ids;
}

}  // namespace

TEST_CASE("a torch that computes right is healthy, judged and timed beside the reference") {
  const ValidationReport report = run_fake(fake("healthy"), shim_check_ids());
  CHECK(failures(report).empty());
  CHECK(check_named(report, "libtorch").detail == "loads without Python, C interface 2.10.1");
  for (const char* id : {"matmul-512x512", "matmul-1024x1024", "attention-1x8x1024x64", "eigh-1000x32x32"}) {
    const Check& check = check_named(report, id);
    CAPTURE(id, check.detail);
    CHECK(check.level == "numeric");
    CHECK(check.engine == "torch-c");
    CHECK(check.detail == "right against float64; timed on one thread");
    CHECK(check.error.value() < check.limit.value());
    CHECK(check.seconds > 0);
    CHECK(check.rate.value() > 0);
    CHECK(check.reference_rate.value() > 0);
  }
  CHECK(check_named(report, "eigh-1000x32x32").rate_unit == "matrices/s");
  CHECK_FALSE(check_named(report, "eigh-8x33x33").rate);
}

TEST_CASE("a torch older than the text arguments is skipped where it needs them, with the missing function") {
  const ValidationReport report = run_fake(fake("old"));
  CHECK(failures(report).empty());
  const Check& eigh = check_named(report, "eigh-8x31x31");
  CHECK(eigh.outcome == CheckOutcome::skip);
  CHECK(eigh.detail == "this torch's C interface (2.9.1) has no `torch_call_dispatcher`");
  CHECK(check_named(report, "matmul-67x129x83").outcome == CheckOutcome::pass);
}

TEST_CASE("wrong numbers fail in the operator that is wrong, and only there") {
  struct Fault {
    std::string name, operation, diagnosis;
  };
  const auto fault = GENERATE(Fault{"wrong_element", "matmul", "some elements are wrong: error "},
                              Fault{"dropped_depth", "matmul", "some elements are wrong: error "},
                              Fault{"identity_vectors", "eigh", "the eigenvectors do not belong to the matrix: error "},
                              Fault{"wrong_scale", "attention", "the weighted sums are wrong: error "});
  CAPTURE(fault.name);
  const ValidationReport report = run_fake(fake(fault.name));
  CHECK_FALSE(report.healthy());
  for (const Check& check : report.checks) {
    CAPTURE(check.id);
    if (check.id.compare(0, fault.operation.size(), fault.operation) == 0) {
      CHECK(check.outcome == CheckOutcome::fail);
      CHECK(check.detail.compare(0, fault.diagnosis.size(), fault.diagnosis) == 0);
      CHECK_FALSE(check.rate);  // speed without right numbers is not told
    } else {
      CHECK(check.outcome == CheckOutcome::pass);
    }
  }
}

TEST_CASE("a result of another shape is named with both shapes") {
  const ValidationReport report = run_fake(fake("wrong_shape"));
  CHECK(check_named(report, "matmul-67x129x83").detail == "torch gave a tensor of sizes [129], expected float32 of [67, 129]");
}

TEST_CASE("an operator that torch refuses fails with torch's own words") {
  const ValidationReport report = run_fake(fake("refuses"));
  CHECK(check_named(report, "eigh-8x31x31").detail == "torch refuses `aten::linalg_eigh`: The algorithm failed to converge");
  CHECK(check_named(report, "matmul-67x129x83").outcome == CheckOutcome::pass);
}

TEST_CASE("an operator that ends the process is named with how it ended") {
  struct Fault {
    std::string name, detail;
  };
  // A sanitizer turns the signals of the first two into an exit status and a report.
  const auto fault = GENERATE(Fault{"crash", "the process was ended by SIGSEGV (a wrong memory access)"},
                              Fault{"illegal_instruction", "the process was ended by SIGILL (an instruction that this CPU does not have)"},
                              Fault{"exit", "the process ended with exit status 3; it printed: OMP: Error #15"});
  CAPTURE(fault.name);
  const ValidationReport report = run_fake(fake(fault.name));
  const Check& check = check_named(report, "eigh-8x31x31");
  CHECK(check.outcome == CheckOutcome::fail);
  CHECK(check.engine == "torch-c");
#if defined(__SANITIZE_ADDRESS__)
  CHECK(check.detail.find("the process ") != std::string::npos);
#else
  CHECK(check.detail == fault.detail);
#endif
  CHECK(check_named(report, "attention-2x3x67x40").outcome == CheckOutcome::pass);  // what came before it stands
  CHECK(check_named(report, "matmul-67x129x83").outcome == CheckOutcome::pass);     // what comes after it runs
  CHECK(report.checks.size() == 4);
}

TEST_CASE("an operator that never returns is ended at the limit") {
  const ValidationReport report = run_fake(fake("hang"), {"eigh-8x31x31"}, 2s);
  const Check& check = check_named(report, "eigh-8x31x31");
  CHECK(check.outcome == CheckOutcome::fail);
  CHECK(check.detail == "the process did not end within 2 s");
}

TEST_CASE("a library in libtorch's place that is none of torch is named by what it lacks") {
  const test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "torch/lib");
  SECTION("a text") {
    folder.write("torch/lib/libtorch_cpu.so", "not a library");
    CHECK(check_named(run_fake(folder.path()), "libtorch").detail.find("the loader refuses `libtorch_cpu.so`: ") == 0);
  }
  SECTION("nothing") { CHECK(check_named(run_fake(folder.path()), "libtorch").detail.find("the loader refuses `libtorch_cpu.so`: ") == 0); }
  SECTION("another library") {
    std::filesystem::copy_file("/lib64/ld-linux-x86-64.so.2", folder.path() / "torch/lib/libtorch_cpu.so");
    CHECK(check_named(run_fake(folder.path()), "libtorch").detail == "`libtorch_cpu.so` has no function `aoti_torch_device_type_cpu`");
  }
}
