#pragma once
// What a machine has, as the probes found it: the input of choosing a variant, of `doctor` and of reports.

#include "torchup/core/numeric_version.hpp"
#include "torchup/host/accelerator_facts.hpp"
#include "torchup/host/cpu_facts.hpp"
#include "torchup/host/fact.hpp"
#include "torchup/host/software_facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct OperatingSystem {
  std::string system = {};        ///< "Linux", "Darwin", "Windows", as uname and Python's platform_system say.
  std::string machine = {};       ///< "x86_64", "aarch64", "arm64".
  std::string kernel = {};        ///< uname's release.
  std::string distribution = {};  ///< PRETTY_NAME of os-release.
  std::string container = {};     ///< "docker", "podman", "kubernetes", ...; empty outside.
  std::string board = {};         ///< "Jetson L4T 36.4.3" on NVIDIA's boards of that kind; empty elsewhere.
  bool wsl = false;
  std::optional<NumericVersion> version = {};  ///< macOS's product version.
  std::string control_groups = {};             ///< "v1", "v2", "hybrid"; empty where there are none.
  bool rosetta = false;                        ///< An x86_64 program on an Apple processor: what it says of the machine is a translation.
  bool operator==(const OperatingSystem&) const = default;
};

struct Disk {
  std::string path = {};
  std::uint64_t free_bytes = 0, free_inodes = 0;
  bool operator==(const Disk&) const = default;
};

struct HostFacts {
  Finding<OperatingSystem> os;
  Finding<Libc> libc;
  Finding<CxxRuntime> cxx_runtime;
  Finding<CpuFeatures> cpu;
  Finding<CpuConditions> conditions;
  Finding<Memory> memory;
  std::vector<Fact<Disk>> disks;
  std::vector<Fact<Accelerator>> accelerators;
  std::vector<Fact<PciDisplay>> displays;
  std::vector<Fact<DriverStack>> drivers;
  std::vector<Fact<DeviceNode>> device_nodes;   ///< Those of GPUs, opened or not.
  std::vector<Fact<RuntimeLibrary>> libraries;  ///< Of drivers and toolkits, one of each name: what the loader would take.
  Finding<FabricManager> fabric;
  std::vector<Fact<Toolkit>> toolkits;  ///< The one first on PATH first.
  std::vector<Fact<Python>> pythons;    ///< In the order a user would want them: active environment, PATH, pyenv.
  std::vector<Fact<Framework>> frameworks;
  std::vector<Fact<EnvironmentVariable>> environment;  ///< In the order of their names.
  std::vector<Absent> absent;                          ///< Sources that answered "none": "no PCI display device".
  std::vector<ProbeFailure> failures;                  ///< Sources that could not be read.
  bool operator==(const HostFacts&) const = default;
};

}  // namespace torchup
