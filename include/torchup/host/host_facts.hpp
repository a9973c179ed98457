#pragma once
// What a machine has, as the probes found it: the input of choosing a variant, of `doctor` and of reports.

#include "torchup/core/numeric_version.hpp"
#include "torchup/host/fact.hpp"

#include <compare>
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
  bool operator==(const OperatingSystem&) const = default;
};

struct Libc {
  std::string family = {};  ///< "glibc", "musl", or "none" (macOS, Windows).
  NumericVersion version;
  bool operator==(const Libc&) const = default;
};

struct CpuFeatures {
  std::string vendor = {}, model = {};
  std::string level = {};                  ///< "x86-64-v1" ... "x86-64-v4", "aarch64"; what the CPU and the OS both support.
  std::vector<std::string> features = {};  ///< Names as /proc/cpuinfo spells them, sorted.
  unsigned physical_cores = 0, logical_cores = 0;
  double usable_cores = 0;  ///< After affinity and cgroup quota.
  bool operator==(const CpuFeatures&) const = default;
};

struct Memory {
  std::uint64_t total_bytes = 0;
  std::optional<std::uint64_t> limit_bytes = {};  ///< cgroup's, where it is below the total.
  bool operator==(const Memory&) const = default;
};

struct Disk {
  std::string path = {};
  std::uint64_t free_bytes = 0, free_inodes = 0;
  bool operator==(const Disk&) const = default;
};

/// One physical accelerator, whatever CUDA_VISIBLE_DEVICES says.
struct Accelerator {
  std::string kind = {};  ///< "cuda", "rocm", "xpu", "mps".
  std::string name = {};
  std::string architecture = {};  ///< "sm_90", "gfx942", ...; empty where not known.
  std::optional<std::uint64_t> memory_bytes = {};
  std::string pci = {};       ///< "0000:65:00.0"; empty where there is none.
  std::string unusable = {};  ///< Why programs here cannot use it ("no NVIDIA driver is loaded"); empty where they can.
  bool operator==(const Accelerator&) const = default;
};

/// A display or compute controller on the PCI bus, with or without a driver.
struct PciDisplay {
  std::string pci = {};                  ///< "0000:65:00.0"
  std::string vendor = {}, device = {};  ///< "10de", "2330"
  bool operator==(const PciDisplay&) const = default;
};

struct DriverStack {
  std::string kind = {};                       ///< "cuda", "rocm", "xpu".
  std::optional<NumericVersion> version = {};  ///< The kernel driver's: 560.35.03.
  std::optional<NumericVersion> cuda = {};     ///< The highest CUDA that libcuda reports: 12.6.
  bool operator==(const DriverStack&) const = default;
};

struct Toolkit {
  std::string kind = {};  ///< "cuda", "rocm".
  NumericVersion version;
  std::string path = {};
  bool operator==(const Toolkit&) const = default;
};

/// An interpreter, asked itself with -I -S.
struct Python {
  std::string path = {};            ///< As found, absolute.
  std::string executable = {};      ///< Links followed.
  std::string version = {};         ///< "3.11.7", "3.15.0rc1": python_full_version.
  std::string implementation = {};  ///< "cpython", "pypy".
  std::string abi_flags = {};       ///< "" or "t" (free-threaded) or "d".
  std::string multiarch = {};       ///< sysconfig's platform: "linux-x86_64".
  std::string environment = {};     ///< "system", "venv", "conda", "pyenv", "torchup".
  std::string base_prefix = {};     ///< sys.base_prefix.
  bool externally_managed = false;  ///< PEP 668.
  bool operator==(const Python&) const = default;
};

/// An installed torch, read without running it.
struct Framework {
  std::string name = {}, version = {}, variant = {}, path = {};
  bool operator==(const Framework&) const = default;
};

struct HostFacts {
  Finding<OperatingSystem> os;
  Finding<Libc> libc;
  Finding<CpuFeatures> cpu;
  Finding<Memory> memory;
  std::vector<Fact<Disk>> disks;
  std::vector<Fact<Accelerator>> accelerators;
  std::vector<Fact<PciDisplay>> displays;
  std::vector<Fact<DriverStack>> drivers;
  std::vector<Fact<Toolkit>> toolkits;
  std::vector<Fact<Python>> pythons;  ///< In the order a user would want them: active environment, PATH, pyenv.
  std::vector<Fact<Framework>> frameworks;
  std::vector<Absent> absent;          ///< Sources that answered "none": "no PCI display device".
  std::vector<ProbeFailure> failures;  ///< Sources that could not be read.
  bool operator==(const HostFacts&) const = default;
};

}  // namespace torchup
