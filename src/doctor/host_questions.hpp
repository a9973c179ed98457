#pragma once
// What several checks ask of a host's facts: its GPUs, its driver, what the loader would take, what a variable says.

#include "torchup/doctor/doctor.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The GPUs of a kind: "cuda", "rocm", "xpu".
std::vector<const Fact<Accelerator>*> gpus_of(const HostFacts& facts, std::string_view kind);

/// The driver of a kind; nullptr where none is loaded.
const Fact<DriverStack>* driver_of(const HostFacts& facts, std::string_view kind);

/// What the loader takes for that soname; nullptr where it is not known or not there.
const Fact<RuntimeLibrary>* library_of(const HostFacts& facts, std::string_view name);

const Fact<DeviceNode>* node_of(const HostFacts& facts, std::string_view path);

/// A variable of the host that is asked about, also an empty one where the facts have it.
std::optional<std::string> variable_of(const DoctorInput& input, const std::string& name);

/// "docker", "podman", ...; empty outside a container.
std::string container_of(const HostFacts& facts);

/// An error where the environment's torch is built for that kind of GPU, a warning otherwise.
Severity severity_for(const DoctorInput& input, std::string_view kind);

/// "source: raw", as evidence is shown.
std::string told_by(const Evidence& evidence);

/// One line for a GPU: "NVIDIA H100 80GB HBM3 (sm_90, 0000:65:00.0)".
std::string gpu_text(const Accelerator& gpu);

}  // namespace torchup
