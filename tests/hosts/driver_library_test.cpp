// Every answer of a driver's library that has a cause of its own, played by made-up libraries that this program's run path leads to,
// and what the probes make of it.
#include "torchup/probes/probe.hpp"

#include "tests/hosts/variable.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string_view>

using namespace torchup;
using torchup::test::Variable;

namespace {

/// What the probes of these names find on this machine, whose only drivers are the made-up ones.
HostFacts facts_of(std::initializer_list<std::string_view> names) {
  const auto host = make_posix_host_system();
  HostFacts facts;
  for (const Probe* probe : probe_table()) {
    if (std::find(names.begin(), names.end(), probe->name) != names.end()) probe->run(*host, facts);
  }
  return facts;
}

const RuntimeLibrary& library(const HostFacts& facts, std::string_view name) {
  const auto at = std::find_if(facts.libraries.begin(), facts.libraries.end(), [&](const auto& found) { return found.value.name == name; });
  REQUIRE(at != facts.libraries.end());
  return at->value;
}

bool has_failure(const HostFacts& facts, const std::string& reason) {
  return std::any_of(facts.failures.begin(), facts.failures.end(), [&](const auto& failed) { return failed.reason == reason; });
}

}  // namespace

TEST_CASE("each number that cuInit answers has its meaning, and stops the GPUs that NVML lists") {
  const auto [number, name, meaning] = GENERATE(table<const char*, std::string, std::string>({
      {"34", "CUDA_ERROR_STUB_LIBRARY", "the library is a stub for linking, not the driver's"},
      {"35", "", "the driver is older than the CUDA that asks"},
      {"36", "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER", "the call needs a newer driver"},
      {"46", "CUDA_ERROR_DEVICE_UNAVAILABLE", "the device is busy or unavailable"},
      {"101", "CUDA_ERROR_INVALID_DEVICE", "no device of that number"},
      {"102", "CUDA_ERROR_DEVICE_NOT_LICENSED", "the device is not licensed"},
      {"209", "CUDA_ERROR_NO_BINARY_FOR_GPU", "no code for this device"},
      {"222", "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "PTX of a newer CUDA than the driver's"},
      {"304", "CUDA_ERROR_OPERATING_SYSTEM", "a call of the operating system failed"},
      {"800", "CUDA_ERROR_NOT_PERMITTED", "not permitted, as by the control groups of a container"},
      {"802", "CUDA_ERROR_SYSTEM_NOT_READY", "the system is not ready: on machines with NVSwitch the fabric manager must run"},
      {"803", "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
       "the kernel module and the library are of different driver versions; a restart after an upgrade mends it"},
      {"804", "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE", "a forward-compatibility library is loaded, which this device does not support"},
      {"805", "CUDA_ERROR_MPS_CONNECTION_FAILED", "the Multi-Process Service cannot be reached"},
      {"806", "CUDA_ERROR_MPS_RPC_FAILURE", "the Multi-Process Service failed"},
      {"807", "CUDA_ERROR_MPS_SERVER_NOT_READY", "the Multi-Process Service is not ready"},
      {"808", "CUDA_ERROR_MPS_MAX_CLIENTS_REACHED", "the Multi-Process Service has no room for another client"},
      {"809", "CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED", "the Multi-Process Service has no room for another connection"},
  }));
  const Variable mood("FAKE_CUDA", number);
  const auto facts = facts_of({"driver_library", "nvidia"});
  // 35 is a number of the runtime's alone, for which the driver has no name.
  const auto said = std::string(number) + (name.empty() ? "" : " ") + name + ": " + meaning;
  CHECK(library(facts, "libcuda.so.1").result == std::stoi(number));
  CHECK(library(facts, "libcuda.so.1").meaning == said);
  CHECK(has_failure(facts, "cuInit answered " + said));
  // What else is wrong here comes first: the made-up driver has no nodes.
  REQUIRE(facts.accelerators.size() == 2);
  for (const auto& gpu : facts.accelerators) {
    CHECK(gpu.value.architecture == "sm_90");
    CHECK(gpu.value.unusable == "`/dev/nvidiactl` cannot be opened: No such file or directory");
  }
}

TEST_CASE("an unexplained refusal is laid to nvidia-uvm where its node is missing") {
  const Variable mood("FAKE_CUDA", "999");
  const auto facts = facts_of({"nvidia"});
  const auto at = std::find_if(facts.device_nodes.begin(), facts.device_nodes.end(),
                               [](const auto& node) { return node.value.path == "/dev/nvidia-uvm"; });
  REQUIRE(at != facts.device_nodes.end());
  CHECK(at->value.problem == 2);
  CHECK(has_failure(facts,
                    "cuInit answered 999 CUDA_ERROR_UNKNOWN: the driver does not say why; often the kernel module nvidia-uvm is "
                    "missing, or the driver must be loaded anew"));
}

TEST_CASE("no device is an answer, not a failure") {
  const Variable mood("FAKE_CUDA", "100");
  const auto facts = facts_of({"nvidia"});
  CHECK(std::any_of(facts.absent.begin(), facts.absent.end(), [](const auto& absent) {
    return absent.evidence.raw == "cuInit answered 100 CUDA_ERROR_NO_DEVICE: no device that CUDA can use";
  }));
}

TEST_CASE("what a stub or a refused forward-compatibility library says of CUDA is not believed") {
  const Variable nvml("FAKE_NVML", "9");
  for (const char* number : {"34", "804"}) {
    const Variable mood("FAKE_CUDA", number);
    CHECK(facts_of({"nvidia"}).drivers.empty());
  }
  CHECK(facts_of({"nvidia"}).drivers.at(0).value.cuda->text() == "13.2");
}

TEST_CASE("each number that nvmlInit answers has its meaning, and CUDA's devices stand without it") {
  const auto [number, text] = GENERATE(table<const char*, std::string>({
      {"4", "4 Insufficient Permissions: this user may not ask that"},
      {"9", "9 Driver Not Loaded: the kernel module is not loaded"},
      {"12", "12 NVML Shared Library Not Found: a library of the driver is missing"},
      {"13", "13 Function Not Found: the library is too old for the question"},
      {"15", "15 GPU is lost: the GPU has fallen off the bus; the machine must be restarted"},
      {"16", "16 GPU requires reset: the GPU must be reset"},
      {"17", "17 The operating system has blocked the request: the operating system or a container's control groups block it"},
      {"18",
       "18 Driver/library version mismatch: the kernel module and the library are of different driver versions; a restart after an "
       "upgrade mends it"},
      {"999", "999 Unknown Error: the driver does not say why"},
  }));
  const Variable mood("FAKE_NVML", number);
  const auto facts = facts_of({"driver_library", "nvidia"});
  CHECK(library(facts, "libnvidia-ml.so.1").result == std::stoi(number));
  CHECK(library(facts, "libnvidia-ml.so.1").meaning == text);
  CHECK(library(facts, "libcuda.so.1").result == 0);
  CHECK(has_failure(facts, "nvmlInit_v2 answered " + text));
  REQUIRE(facts.accelerators.size() == 2);
  CHECK(facts.accelerators[0].value.architecture == "sm_121");
  CHECK_FALSE(facts.accelerators[0].value.nvidia.has_value());
}

TEST_CASE("NVML tells of each GPU what CUDA does not") {
  const auto facts = facts_of({"nvidia"});
  REQUIRE(facts.accelerators.size() == 2);
  const auto& second = facts.accelerators[1].value;
  CHECK(second.pci == "0000:0b:00.0");
  CHECK(second.architecture == "sm_121");  // CUDA's word comes first
  CHECK(*second.nvidia == NvidiaDevice{.uuid = "GPU-2", .compute_mode = "default", .mig = false, .ecc = true});
  CHECK(second.memory_bytes == 4096);  // of which CUDA told nothing
  CHECK(facts.drivers.at(0).value.version->text() == "590.48.01");
}

TEST_CASE("a GPU in MIG mode has instances or trouble") {
  {
    const Variable instances("FAKE_NVML_MIG", "2");
    const auto gpu = facts_of({"nvidia"}).accelerators.at(1).value;
    CHECK(gpu.trouble.empty());
    REQUIRE(gpu.nvidia->instances.size() == 2);
    CHECK(gpu.nvidia->instances[0] == MigInstance{"MIG-11", "Fake GPU MIG 1g.5gb", 512});
  }
  const Variable none("FAKE_NVML_MIG", "0");
  CHECK(facts_of({"nvidia"}).accelerators.at(1).value.trouble == "MIG mode is on, and no instance has been made");
}

TEST_CASE("a GPU that is lost, must be reset or lets nobody compute has trouble, and the other has none") {
  {
    const Variable mode("FAKE_NVML_MODE", "2");
    const auto facts = facts_of({"nvidia"});
    CHECK(facts.accelerators.at(0).value.trouble.empty());
    CHECK(facts.accelerators.at(1).value.trouble == "its compute mode is `prohibited`");
  }
  const auto [number, text] = GENERATE(table<const char*, std::string>(
      {{"15", "15 GPU is lost: the GPU has fallen off"}, {"16", "16 GPU requires reset: the GPU must"}, {"17", "17 The"}}));
  const Variable device("FAKE_NVML_DEVICE", number);
  const auto facts = facts_of({"nvidia"});
  CHECK(std::any_of(facts.failures.begin(), facts.failures.end(), [&](const auto& failed) {
    return failed.reason.starts_with("device.0.nvmlDeviceGetHandleByIndex_v2 answered " + text);
  }));
}

TEST_CASE("the fabric is ready when every GPU of it is") {
  CHECK(value_of(facts_of({"fabric"}).fabric) == nullptr);
  const auto [state, expected] = GENERATE(table<const char*, std::string>({{"1", "not-ready"}, {"2", "not-ready"}, {"3", "ready"}}));
  const Variable fabric("FAKE_NVML_FABRIC", state);
  const auto facts = facts_of({"fabric"});
  REQUIRE(value_of(facts.fabric) != nullptr);
  CHECK(value_of(facts.fabric)->state == expected);
  CHECK(has_failure(facts, "the GPUs wait for it: it is not running, or not done") == (expected == "not-ready"));
}

TEST_CASE("Level Zero's devices are XPUs, each with its device IP and whether it is part of the processor") {
  const auto facts = facts_of({"driver_library", "xpu"});
  CHECK(library(facts, "libze_loader.so.1").result == 0);
  REQUIRE(facts.accelerators.size() == 2);
  CHECK(facts.accelerators[0].value.name == "Fake Arc A770");
  CHECK(facts.accelerators[0].value.architecture == "ip_12.55.8");
  CHECK(facts.accelerators[0].value.integrated == false);
  CHECK(facts.accelerators[1].value.architecture == "ip_12.2.0");
  CHECK(facts.accelerators[1].value.integrated == true);
}

TEST_CASE("a Level Zero that does not start leaves no devices and says why") {
  const Variable init("FAKE_ZE", "2013265921");
  const auto facts = facts_of({"driver_library", "xpu"});
  CHECK(facts.accelerators.empty());
  CHECK(library(facts, "libze_loader.so.1").result == 2013265921);
  CHECK(has_failure(facts, "zeInit answered 2013265921"));
}
