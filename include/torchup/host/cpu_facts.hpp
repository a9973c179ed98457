#pragma once
// The processor and the memory: what they are, how much of them this process may use, and what makes their timings unsteady.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct CpuFeatures {
  std::string vendor = {}, model = {};
  std::string level = {};                  ///< "x86-64-v1" ... "x86-64-v4", "aarch64"; what the CPU and the OS both support.
  std::vector<std::string> features = {};  ///< Names as /proc/cpuinfo spells them, sorted.
  unsigned physical_cores = 0, logical_cores = 0;
  double usable_cores = 0;                        ///< After affinity and cgroup quota.
  std::vector<std::string> parts = {};            ///< Arm's "implementer/part" of each kind of core: "0x41/0xd4f".
  std::optional<std::uint64_t> saved_state = {};  ///< XCR0: the register states that the system saves.
  std::optional<bool> amx_permitted = {};         ///< Whether a process may ask for AMX; nothing where there is no AMX.
  unsigned numa_nodes = 0;                        ///< 0 where not known.
  std::string hypervisor = {};                    ///< "KVMKVMKVM", as CPUID names it; empty on bare metal.
  bool operator==(const CpuFeatures&) const = default;
};

struct Memory {
  std::uint64_t total_bytes = 0;
  std::optional<std::uint64_t> limit_bytes = {};  ///< cgroup's, where it is below the total.
  bool operator==(const Memory&) const = default;
};

/// What the processor's speed depends on just now.
struct CpuConditions {
  std::string governor = {};                ///< cpufreq's: "performance", "schedutil"; empty where the system has none (virtual machines).
  std::optional<bool> boost = {};           ///< Whether it may run above its nominal frequency.
  std::optional<bool> smt = {};             ///< Whether two threads share a core.
  std::optional<double> cpu_pressure = {};  ///< Share of the last 10 s in which something waited for a processor, in percent (PSI).
  std::optional<double> memory_pressure = {};  ///< The same for memory.
  std::optional<double> stolen = {};           ///< Share of processor time since boot that the hypervisor gave away, in percent.
  std::string isolated = {};                   ///< isolcpus of the kernel's command line: "2-3".
  bool operator==(const CpuConditions&) const = default;
};

}  // namespace torchup
