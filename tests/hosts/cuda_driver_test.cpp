// The question to libcuda, put to a made-up driver that this program's run path leads to.
#include "torchup/system/host_system.hpp"

#include "tests/hosts/variable.hpp"

#include <catch2/catch.hpp>

using torchup::test::Variable;

namespace {

std::string ask() { return torchup::make_posix_host_system()->query_cuda_driver().value(); }

bool has_line(const std::string& answer, const std::string& line) { return ("\n" + answer).find("\n" + line + "\n") != std::string::npos; }

}  // namespace

TEST_CASE("a CUDA driver is asked for every device, whatever CUDA_VISIBLE_DEVICES says") {
  const Variable hidden("CUDA_VISIBLE_DEVICES", "");
  const auto answer = ask();
  CHECK(has_line(answer, "driver_version 13020"));
  CHECK(has_line(answer, "init 0"));
  CHECK(has_line(answer, "device_count 2"));
  CHECK(has_line(answer, "device.0.name Fake GPU 0"));
  CHECK(has_line(answer, "device.0.compute_capability 12.1"));
  CHECK(has_line(answer, "device.0.memory_bytes 1024"));
  CHECK(has_line(answer, "device.1.pci 0000:0B:00.0"));
  CHECK(has_line(answer, "error.cuDeviceTotalMem_v2 999 CUDA_ERROR_UNKNOWN"));
  // What the library prints is no part of the answer.
  CHECK(answer.find("a driver may print") == std::string::npos);
}

TEST_CASE("a driver without a device says so by number and name") {
  const Variable mood("FAKE_CUDA", "no-device");
  const auto answer = ask();
  CHECK(has_line(answer, "driver_version 13020"));
  CHECK(has_line(answer, "error.cuInit 100 CUDA_ERROR_NO_DEVICE"));
  CHECK_FALSE(has_line(answer, "init 0"));
}

TEST_CASE("a driver that crashes takes only its own process with it, and what it said before stands") {
  const Variable mood("FAKE_CUDA", "crash");
  const auto answer = ask();
  CHECK(has_line(answer, "driver_version 13020"));
  CHECK(has_line(answer, "error.process 139 ended its process with signal 11"));
}
