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
const std::vector<std::string> k_quick_checks = {"attention-2x3x67x40-causal", "eigh-8x31x31", "matmul-67x129x83"};

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
    CHECK(check.detail.find("right, error ") == 0);
    CHECK(check.detail.find(" allowed; timed on one thread") != std::string::npos);
    CHECK(check.error.value() < check.limit.value());
    CHECK(check.seconds > 0);
    CHECK(check.rate.value() > 0);
    CHECK(check.reference_rate.value() > 0);
  }
  CHECK(check_named(report, "eigh-1000x32x32").rate_unit == "matrices/s");
  CHECK_FALSE(check_named(report, "eigh-8x33x33").rate);
  for (const Check& check : report.checks) CHECK(check.outcome == CheckOutcome::pass);
}

TEST_CASE("a torch that gives other bits the second time is healthy, and that is told") {
  const ValidationReport report = run_fake(fake("unsteady"), {"matmul-67x129x83", "matmul-67x129x83-float64"});
  CHECK(failures(report).empty());
  CHECK(check_named(report, "matmul-67x129x83").detail.find(" allowed; other bits the second time") != std::string::npos);
  CHECK(check_named(report, "matmul-67x129x83-float64").detail.find("second time") == std::string::npos);
}

TEST_CASE("a type that this torch does not know is skipped with the missing function") {
  const ValidationReport report = run_fake(fake("old"), {"matmul-67x129x83-float16"});
  CHECK(check_named(report, "matmul-67x129x83-float16").outcome == CheckOutcome::skip);
  CHECK(check_named(report, "matmul-67x129x83-float16").detail == "this torch's C interface (2.9.1) has no `aoti_torch_dtype_float16`");
}

TEST_CASE("a fault in one type or one kind of case is found in that one") {
  struct Fault {
    std::string name, wrong, diagnosis;
    std::vector<std::string> right;
  };
  const auto fault = GENERATE(
      Fault{"tf32",
            "matmul-512x512",
            "as coarse as products of TF32 or float16 inputs: error ",
            {"matmul-512x512-bfloat16", "matmul-256x256-float64"}},
      Fault{"no_mask",
            "attention-2x3x67x40-causal",
            "the causal mask is not applied: error ",
            {"attention-2x3x67x40", "attention-2x3x67x40-masked"}},
      Fault{"identity_vectors", "eigh-33x33-float64", "the eigenvectors are the identity matrix: error ", {"matmul-67x129x83"}},
      Fault{"wrong_scale", "attention-2x3x67x40-float16", "the scores are scaled by 0.5 / sqrt(depth): error ", {"eigh-33x33"}},
      Fault{"wrong_element", "matmul-67x129x83-bfloat16", "1 of 8643 elements are wrong: error ", {"reduce-1021"}},
      Fault{"dropped_depth", "matmul-67x129x83-float16", "the last of the 83 products of each sum is left out: error ", {"eigh-33x33"}});
  CAPTURE(fault.name);
  std::vector<std::string> ids = fault.right;
  ids.push_back(fault.wrong);
  const ValidationReport report = run_fake(fake(fault.name), ids);
  CHECK(failures(report) == fault.wrong + " ");
  CAPTURE(check_named(report, fault.wrong).detail);
  CHECK(check_named(report, fault.wrong).detail.find(fault.diagnosis) == 0);
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
  const auto fault = GENERATE(Fault{"wrong_element", "matmul", "1 of 8643 elements are wrong: error "},
                              Fault{"dropped_depth", "matmul", "the last of the 83 products of each sum is left out: error "},
                              Fault{"identity_vectors", "eigh", "the eigenvectors are the identity matrix: error "},
                              Fault{"wrong_scale", "attention", "the scores are scaled by 0.5 / sqrt(depth): error "});
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

TEST_CASE("a result of another type is named") {
  const ValidationReport report = run_fake(fake("wrong_type"), {"matmul-67x129x83", "matmul-67x129x83-float64"});
  CHECK(check_named(report, "matmul-67x129x83").detail == "torch gave a tensor of another type than float32");
  CHECK(check_named(report, "matmul-67x129x83-float64").detail == "torch gave a tensor of another type than float64");
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
  CHECK(check_named(report, "attention-2x3x67x40-causal").outcome == CheckOutcome::pass);  // what came before it stands
  CHECK(check_named(report, "matmul-67x129x83").outcome == CheckOutcome::pass);            // what comes after it runs
  CHECK(report.checks.size() == 4);
}

TEST_CASE("an operator that never returns is ended at the limit") {
  const ValidationReport report = run_fake(fake("hang"), {"eigh-8x31x31"}, 2s);
  const Check& check = check_named(report, "eigh-8x31x31");
  CHECK(check.outcome == CheckOutcome::fail);
  CHECK(check.detail == "the process did not end within 2 s");
}

TEST_CASE("a function that no library has is told, but of a torch from before the C interface, which is not called") {
  const Check unbound = check_named(run_fake(fake("unbound")), "libtorch");
  CHECK(unbound.outcome == CheckOutcome::fail);
  CHECK(unbound.detail.find("undefined symbol: fake_torch_function_of_no_library") != std::string::npos);
  const Check ancient = check_named(run_fake(fake("ancient")), "libtorch");
  CHECK(ancient.detail == "`libtorch_cpu.so` has no function `aoti_torch_delete_tensor_object`");
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
    std::filesystem::create_directories(folder.path() / "torch-2.4.0.dist-info");
    CHECK(check_named(run_fake(folder.path()), "libtorch").detail == "`libtorch_cpu.so` has no function `aoti_torch_device_type_cpu`");
  }
}

TEST_CASE("a torch from before the C interface is skipped, if its library loads") {
  const test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "torch/lib");
  std::filesystem::create_directories(folder.path() / "torch-2.3.1.dist-info");
  folder.write("torch/lib/libtorch_cpu.so", "not a library");
  CHECK(check_named(run_fake(folder.path()), "libtorch").outcome == CheckOutcome::fail);

  std::filesystem::remove(folder.path() / "torch/lib/libtorch_cpu.so");
  std::filesystem::copy_file("/lib64/ld-linux-x86-64.so.2", folder.path() / "torch/lib/libtorch_cpu.so");
  const ValidationReport report = run_fake(folder.path());
  CHECK(report.checks.size() == 1);
  CHECK(check_named(report, "libtorch").outcome == CheckOutcome::skip);
  CHECK(check_named(report, "libtorch").detail ==
        "loads; this torch is older than the C interface of 2.4, and is judged under Python alone");
}
