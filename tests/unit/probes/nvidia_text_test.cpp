#include "probes/shared/nvidia_text.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

TEST_CASE("the kernel module's version is found whatever words stand before it") {
  const auto [line, version] = GENERATE(table<std::string, std::string>({
      {"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.144.03  Release Build  (dvs-builder@x)  Mon Dec 30 17:26:13 UTC "
       "2024\n",
       "550.144.03"},
      {"NVRM version: NVIDIA UNIX x86_64 Kernel Module  375.74  Wed Jun 14 01:39:39 PDT 2017\nGCC version:  gcc version 12.3.0\n",
       "375.74"},
  }));
  CHECK(parse_nvrm_version(line)->text() == version);
  CHECK(parse_nvrm_version("") == std::nullopt);
  CHECK(parse_nvrm_version("GCC version: 12.3.0") == std::nullopt);
}

TEST_CASE("a compute capability becomes an architecture, three digits included") {
  CHECK(sm_of_capability("9.0") == "sm_90");
  CHECK(sm_of_capability(" 12.1\n") == "sm_121");
  for (const char* text : {"", "[N/A]", "9", "9.10", "nine.0"}) CHECK(sm_of_capability(text).empty());
}

TEST_CASE("the driver library's answer gives CUDA, devices and errors") {
  const auto answer = parse_cuda_answer(
      "library /usr/lib/libcuda.so.1\ndriver_version 13020\ninit 0\ndevice_count 1\ndevice.0.name NVIDIA H100 80GB HBM3\n"
      "device.0.compute_capability 9.0\ndevice.0.memory_bytes 85017493504\ndevice.0.pci 0000:65:00.0\nerror.cuDeviceGet 101 X\n");
  CHECK(answer.cuda->text() == "13.2");
  REQUIRE(answer.devices.size() == 1);
  CHECK(answer.devices[0] == Accelerator{"cuda", "NVIDIA H100 80GB HBM3", "sm_90", 85017493504, "0000:65:00.0", ""});
  CHECK(answer.errors.at("cuDeviceGet") == "101 X");
  // A count from outside is not believed without bounds.
  CHECK(parse_cuda_answer("device_count 99999999999\n").devices.size() == 64);
  CHECK(parse_cuda_answer("driver_version 9999999999\n").cuda == std::nullopt);
}

TEST_CASE("nvidia-smi's queried lines are read, one GPU each, and anything else is left out") {
  const auto rows = parse_smi_rows(
      "NVIDIA A100, 8.0, 40536, 00000000:07:00.0, 610.43.02\nTesla T4, 7.5, [N/A], 00000000:0A:00.0, 610.43.02\nNo devices were found\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].gpu == Accelerator{"cuda", "NVIDIA A100", "sm_80", 40536ULL << 20, "0000:07:00.0", ""});
  CHECK(rows[1].gpu.memory_bytes == std::nullopt);
  CHECK(rows[1].gpu.pci == "0000:0a:00.0");
  CHECK(rows[1].driver->text() == "610.43.02");
}

TEST_CASE("an error number that has a known cause is explained") {
  CHECK(explained_cuda_error("803 CUDA_ERROR_SYSTEM_DRIVER_MISMATCH") ==
        "803 CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: the kernel module and the library are of different driver versions; a restart after an "
        "upgrade mends it");
  CHECK(explained_cuda_error("12345 CUDA_ERROR_NEW") == "12345 CUDA_ERROR_NEW");
}

TEST_CASE("the words of the kernel module's line tell which of the two it is") {
  CHECK(nvrm_flavour("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.144.03  Release Build\n") == "open");
  CHECK(nvrm_flavour("NVRM version: NVIDIA UNIX x86_64 Kernel Module  375.74  Wed Jun 14\nGCC version: Open Kernel Module") ==
        "proprietary");
  CHECK(nvrm_flavour("").empty());
}

TEST_CASE("NVML's answer gives each GPU with what only it tells") {
  const auto answer = parse_nvml_answer(
      "library /usr/lib/libnvidia-ml.so.1\ninit 0\ndriver_version 580.95.05\ncuda_version 13000\ndevice_count 2\n"
      "device.0.pci 00000000:65:00.0\ndevice.0.name A100\ndevice.0.uuid GPU-1\ndevice.0.compute_capability 8.0\n"
      "device.0.compute_mode 3\ndevice.0.mig_mode 1\ndevice.0.mig.0.uuid MIG-1\ndevice.0.mig.0.memory_bytes 5\ndevice.0.ecc 0\n"
      "device.0.fabric_state 3\ndevice.1.fabric_state 2\nerror.device.1.nvmlDeviceGetHandleByIndex_v2 16 GPU requires reset\n");
  CHECK(answer.driver->text() == "580.95.05");
  CHECK(answer.cuda->text() == "13.0");
  REQUIRE(answer.devices.size() == 2);
  const NvidiaDevice first{
      .uuid = "GPU-1", .compute_mode = "exclusive-process", .mig = true, .instances = {{"MIG-1", "", 5}}, .ecc = false};
  CHECK(*answer.devices[0].nvidia == first);
  CHECK(answer.devices[0].pci == "0000:65:00.0");
  CHECK(answer.devices[1].nvidia->state == "reset-required");
  CHECK(answer.fabric == 2);
  // Numbers from outside stay within bounds.
  CHECK(parse_nvml_answer("device_count 99999999999\ndevice.0.compute_mode 77\ndevice.0.fabric_state 9\n").devices.size() == 64);
  CHECK(parse_nvml_answer("cuda_version 9999999999\n").cuda == std::nullopt);
  CHECK(parse_nvml_answer("").devices.empty());
}

TEST_CASE("an error of NVML that has a known cause is explained") {
  CHECK(explained_nvml_error("9 Driver Not Loaded") == "9 Driver Not Loaded: the kernel module is not loaded");
  CHECK(explained_nvml_error("3 Not Supported") == "3 Not Supported");
}
