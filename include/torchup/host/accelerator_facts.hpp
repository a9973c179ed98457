#pragma once
// Accelerators and what stands between them and a program: kernel drivers, device nodes, driver libraries, services.

#include "torchup/core/numeric_version.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// A part of an NVIDIA GPU that programs see as a device of its own (Multi-Instance GPU).
struct MigInstance {
  std::string uuid = {};  ///< "MIG-…", as CUDA_VISIBLE_DEVICES takes it.
  std::string name = {};  ///< "NVIDIA A100-SXM4-40GB MIG 3g.20gb"
  std::optional<std::uint64_t> memory_bytes = {};
  bool operator==(const MigInstance&) const = default;
};

/// What only NVIDIA's driver tells of a GPU.
struct NvidiaDevice {
  std::string uuid = {};          ///< "GPU-…"
  std::string compute_mode = {};  ///< "default", "exclusive-process", "prohibited"; empty where not known.
  std::string state = {};         ///< "lost", "reset-required"; empty where nothing is wrong.
  std::optional<bool> mig = {};   ///< Whether MIG mode is on.
  std::vector<MigInstance> instances = {};
  std::optional<bool> ecc = {};
  bool operator==(const NvidiaDevice&) const = default;
};

/// One physical accelerator, whatever CUDA_VISIBLE_DEVICES says.
struct Accelerator {
  std::string kind = {};  ///< "cuda", "rocm", "xpu", "mps".
  std::string name = {};
  std::string architecture = {};  ///< "sm_90", "gfx942", "ip_12.55.8" (Intel's device IP), ...; empty where not known.
  std::optional<std::uint64_t> memory_bytes = {};
  std::string pci = {};       ///< "0000:65:00.0"; empty where there is none.
  std::string unusable = {};  ///< Why programs here cannot use it ("no NVIDIA driver is loaded"); empty where they can.
  /// What stops it just now though it is the GPU to build for, since a restart, a service or a setting mends it: "cuInit answered
  /// 802 …". Empty where nothing does, and where it is `unusable`.
  std::string trouble = {};
  std::string taken_for = {};               ///< The architecture that HSA_OVERRIDE_GFX_VERSION makes of it; empty where none does.
  std::string metal = {};                   ///< "Metal 3", as macOS names it; empty elsewhere.
  std::optional<bool> integrated = {};      ///< Part of the processor, sharing its memory.
  std::optional<NvidiaDevice> nvidia = {};  ///< Where NVML answered, or the kernel's files did.
  bool operator==(const Accelerator&) const = default;
};

/// A display or compute controller on the PCI bus, with or without a driver.
struct PciDisplay {
  std::string pci = {};                  ///< "0000:65:00.0"
  std::string vendor = {}, device = {};  ///< "10de", "2330"
  std::string driver = {};               ///< The kernel driver bound to it: "nvidia", "nouveau", "i915", "xe", "vfio-pci".
  bool operator==(const PciDisplay&) const = default;
};

struct DriverStack {
  std::string kind = {};                         ///< "cuda", "rocm", "xpu".
  std::optional<NumericVersion> version = {};    ///< The kernel driver's: 560.35.03.
  std::optional<NumericVersion> cuda = {};       ///< The highest CUDA that libcuda reports: 12.6.
  std::string flavour = {};                      ///< "open" or "proprietary" of NVIDIA's kernel module; empty where not known.
  std::optional<NumericVersion> libraries = {};  ///< The version of the driver's libraries, which may differ after an upgrade.
  bool operator==(const DriverStack&) const = default;
};

/// A device node and what opening it for reading and writing answered.
struct DeviceNode {
  std::string path = {};  ///< "/dev/nvidia0", "/dev/kfd", "/dev/dri/renderD128".
  int problem = 0;        ///< errno: 2 not there, 1 refused by a control group, 13 by its mode; 0 where it opened.
  std::string text = {};  ///< errno's text; empty where it opened.
  bool operator==(const DeviceNode&) const = default;
};

/// A shared library that matters to accelerators, as the dynamic loader finds it for programs started here.
struct RuntimeLibrary {
  std::string name = {};                       ///< "libcuda.so.1"
  std::string path = {};                       ///< Where the loader takes it from.
  std::string real_path = {};                  ///< Links followed: ".../libcuda.so.580.95.05".
  std::string role = {};                       ///< "driver", "stub", "compat" (cuda-compat), "wsl", "runtime".
  std::optional<NumericVersion> version = {};  ///< Of the real file's name.
  std::optional<int> result = {};              ///< What its first call answered: cuInit, nvmlInit_v2, zeInit; 0 is success.
  std::string meaning = {};                    ///< That answer in words; empty for success and where nothing was asked.
  bool operator==(const RuntimeLibrary&) const = default;
};

/// The service that machines with NVSwitch need before any GPU of theirs can be used.
struct FabricManager {
  bool needed = false;     ///< NVSwitches are here.
  std::string state = {};  ///< "ready", "not-ready"; empty where not known.
  bool operator==(const FabricManager&) const = default;
};

}  // namespace torchup
