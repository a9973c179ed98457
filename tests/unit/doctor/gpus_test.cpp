// The checks of drivers, devices and builds, on made-up facts.
#include "tests/unit/doctor/patient.hpp"

using namespace torchup;
using test::ElfBuilder;
using test::numeric;
using test::Patient;
using test::Told;

namespace {

Patient& with_h100(Patient& patient) { return patient.with_gpu("NVIDIA H100", "sm_90", "580.95.05", "13.0"); }

void set_libcuda(Patient& patient, const std::string& role, int result, const std::string& meaning = "") {
  patient.facts.libraries.push_back({{.name = "libcuda.so.1",
                                      .path = "/usr/lib/libcuda.so.1",
                                      .real_path = "/usr/lib/libcuda.so.580.95.05",
                                      .role = role,
                                      .result = result,
                                      .meaning = meaning},
                                     {"libcuda.so.1", ""}});
}

void add_node(Patient& patient, const std::string& path, int problem, const std::string& text) {
  patient.facts.device_nodes.push_back({{.path = path, .problem = problem, .text = text}, {path, text}});
}

NvidiaDevice& nvidia_of(Patient& patient) {
  auto& nvidia = patient.facts.accelerators.at(0).value.nvidia;
  if (!nvidia) nvidia = NvidiaDevice{};
  return *nvidia;
}

}  // namespace

TEST_CASE("a machine without a GPU and one whose GPU works are left in peace") {
  Patient without, with;
  with_h100(with);
  set_libcuda(with, "driver", 0);
  add_node(with, "/dev/nvidia0", 0, "");
  for (const char* check : {"nvidia-driver", "nvidia-devices", "visible-devices", "other-gpus"}) {
    CHECK(without.ids(check).empty());
    CHECK(with.ids(check).empty());
  }
  CHECK(without.report("nvidia-driver").status == "no NVIDIA GPU and no driver of one");
  CHECK(with.report("nvidia-driver").status == "driver 580.95.05, up to CUDA 13.0, 1 GPU of NVIDIA");
  CHECK(with.report("nvidia-devices").status == "NVIDIA H100 (sm_90) can be opened");
}

TEST_CASE("each answer of cuInit has its cause") {
  const auto told = [](const std::string& role, int result) {
    Patient patient;
    with_h100(patient);
    set_libcuda(patient, role, result, "what it means");
    auto ids = patient.ids("nvidia-driver");
    const auto more = patient.ids("nvidia-devices");
    ids.insert(ids.end(), more.begin(), more.end());
    return ids;
  };
  CHECK(told("stub", 34) == Told{"warning libcuda-stub"});
  CHECK(told("driver", 34) == Told{"warning libcuda-stub"});
  CHECK(told("driver", 803) == Told{"warning driver-mismatch"});
  CHECK(told("compat", 804) == Told{"warning cuda-compat"});
  CHECK(told("driver", 802) == Told{"warning fabric-manager-down"});
  CHECK(told("driver", 46) == Told{"warning gpu-busy"});
  for (const int code : {35, 36, 101, 102, 209, 222, 304, 800, 999}) CHECK(told("driver", code) == Told{"warning cuda-initialisation"});
  for (const int code : {805, 806, 807, 808, 809}) CHECK(told("driver", code) == Told{"warning cuda-mps-failing"});
  CHECK(told("driver", 100).empty());
}

TEST_CASE("a refusal that a closed node explains is told once, by the node") {
  Patient patient;
  with_h100(patient);
  set_libcuda(patient, "driver", 800, "800 not permitted");
  CHECK(patient.ids("nvidia-driver") == Told{"warning cuda-initialisation"});
  add_node(patient, "/dev/nvidia0", EPERM, "Operation not permitted");
  CHECK(patient.ids("nvidia-driver").empty());
  CHECK(patient.ids("nvidia-devices") == Told{"warning device-blocked"});
}

TEST_CASE("a driver's library that crashes answers no number, and is told by what it did") {
  Patient patient;
  with_h100(patient);
  patient.facts.accelerators.at(0).value.trouble = "libcuda.so.1 ended its process with signal 11";
  CHECK(patient.findings("nvidia-driver") ==
        Told{"warning cuda-initialisation: the CUDA driver cannot be initialised: libcuda.so.1 ended its process with signal 11"});
  CHECK(patient.ids("nvidia-devices").empty());
  CHECK(patient.report("nvidia-devices").status == "what stops the GPU stands elsewhere");
}

TEST_CASE("NVML that fails beside a CUDA that works is a note") {
  Patient patient;
  with_h100(patient);
  set_libcuda(patient, "driver", 0);
  patient.facts.libraries.push_back({{.name = "libnvidia-ml.so.1", .result = 17, .meaning = "17 blocked"}, {"libnvidia-ml.so.1", ""}});
  CHECK(patient.ids("nvidia-driver") == Told{"note nvml-failing"});
  patient.facts.libraries.back().value.result = 0;
  CHECK(patient.ids("nvidia-driver").empty());
}

TEST_CASE("a GPU that a virtual machine has is a note beside one that programs here have, and none where that is all") {
  Patient patient;
  with_h100(patient);
  patient.facts.accelerators.push_back(
      {{.kind = "cuda", .name = "NVIDIA A100", .unusable = "the kernel driver `vfio-pci` has it, not NVIDIA's"}, {"/sys/bus/pci", ""}});
  CHECK(patient.findings("nvidia-devices") ==
        Told{"note gpu-set-apart: NVIDIA A100 is not for programs here: the kernel driver `vfio-pci` has it, not NVIDIA's"});
  CHECK(patient.report("nvidia-devices").status == "1 of 2 GPUs can be opened");
}

TEST_CASE("a driver that a CUDA build of torch cannot use is an error") {
  Patient patient;
  with_h100(patient).with_environment().with_torch("2.15.0+cu130", "13.0");
  set_libcuda(patient, "driver", 803, "system driver mismatch");
  CHECK(patient.findings("nvidia-driver") ==
        Told{"error driver-mismatch: the driver's kernel module and its libraries are of different versions"});
}

TEST_CASE("a kernel module and libraries of two versions are told, also where only NVML noticed") {
  Patient patient;
  with_h100(patient);
  patient.facts.drivers.at(0).value.libraries = numeric("580.105.08");
  CHECK(patient.ids("nvidia-driver") == Told{"warning driver-mismatch"});
  CHECK(patient.report("nvidia-driver").findings.at(0).evidence.back() == "kernel module 580.95.05, libraries 580.105.08");
  patient.facts.drivers.at(0).value.libraries.reset();
  CHECK(patient.ids("nvidia-driver").empty());
  patient.facts.libraries.push_back({{.name = "libnvidia-ml.so.1", .result = 18}, {"libnvidia-ml.so.1", ""}});
  CHECK(patient.ids("nvidia-driver") == Told{"warning driver-mismatch"});
}

TEST_CASE("a GPU without a driver is told with what is bound to it") {
  Patient patient;
  with_h100(patient);
  patient.facts.drivers.clear();
  patient.facts.displays.push_back(
      {{.pci = "0000:65:00.0", .vendor = "10de", .device = "2330", .driver = "nouveau"}, {"/sys/bus/pci", "0x10de"}});
  CHECK(patient.findings("nvidia-driver") ==
        Told{"warning driver-not-loaded: NVIDIA H100 (sm_90) is here, and no NVIDIA driver is loaded"});
  CHECK(patient.remedy("nvidia-driver") ==
        "install NVIDIA's driver (Debian: `apt-get install nvidia-driver`); its packages put nouveau aside, which takes a restart\n");
}

TEST_CASE("a driver without its library, and one without a GPU, are told") {
  Patient patient;
  with_h100(patient);
  patient.facts.drivers.at(0).value.cuda.reset();
  CHECK(patient.ids("nvidia-driver") == Told{"warning libcuda-missing"});
  patient.facts.accelerators.clear();
  CHECK(patient.ids("nvidia-driver") == Told{"note driver-without-gpu"});
}

TEST_CASE("a Linux driver inside WSL is told") {
  Patient patient;
  with_h100(patient);
  std::get<Fact<OperatingSystem>>(patient.facts.os).value.wsl = true;
  set_libcuda(patient, "driver", 0);
  CHECK(patient.ids("nvidia-driver") == Told{"warning wsl-driver-inside"});
}

TEST_CASE("device nodes that are missing, blocked or refused are three causes, and uvm a fourth") {
  Patient patient;
  with_h100(patient);
  add_node(patient, "/dev/nvidia0", ENOENT, "No such file or directory");
  CHECK(patient.ids("nvidia-devices") == Told{"warning device-missing"});
  std::get<Fact<OperatingSystem>>(patient.facts.os).value.container = "docker";
  CHECK(patient.findings("nvidia-devices") == Told{"warning device-missing: the container was started without its host's GPUs"});
  patient.facts.device_nodes.at(0).value = {.path = "/dev/nvidia0", .problem = EPERM, .text = "Operation not permitted"};
  CHECK(patient.ids("nvidia-devices") == Told{"warning device-blocked"});
  patient.facts.device_nodes.at(0).value = {.path = "/dev/nvidia0", .problem = EACCES, .text = "Permission denied"};
  CHECK(patient.ids("nvidia-devices") == Told{"warning device-permission"});
  patient.facts.device_nodes.at(0).value = {.path = "/dev/nvidia-uvm", .problem = ENOENT, .text = "No such file or directory"};
  CHECK(patient.ids("nvidia-devices") == Told{"warning uvm-missing"});
}

TEST_CASE("MIG without an instance, a lost GPU, a prohibited one and a fabric that is not ready are told") {
  Patient patient;
  with_h100(patient);
  nvidia_of(patient).mig = true;
  CHECK(patient.ids("nvidia-devices") == Told{"warning mig-without-instance"});
  nvidia_of(patient).instances.push_back({.uuid = "MIG-1"});
  CHECK(patient.ids("nvidia-devices").empty());
  nvidia_of(patient).state = "lost";
  CHECK(patient.findings("nvidia-devices") == Told{"warning gpu-lost: NVIDIA H100 (sm_90) has fallen off the bus"});
  nvidia_of(patient).state.clear();
  nvidia_of(patient).compute_mode = "prohibited";
  CHECK(patient.ids("nvidia-devices") == Told{"warning compute-mode"});
  nvidia_of(patient).compute_mode = "default";
  patient.facts.fabric = Fact<FabricManager>{{.needed = true, .state = "not-ready"}, {"/dev/nvidia-nvswitchctl", ""}};
  CHECK(patient.ids("nvidia-devices") == Told{"warning fabric-manager-down"});
}

TEST_CASE("CUDA_VISIBLE_DEVICES that leaves none, or names one that is not here, is told") {
  Patient patient;
  with_h100(patient);
  nvidia_of(patient).uuid = "GPU-8252-aa";
  const auto told = [&](const std::string& value) {
    patient.host.variables["CUDA_VISIBLE_DEVICES"] = value;
    return patient.findings("visible-devices");
  };
  CHECK(told("0").empty());
  CHECK(told("GPU-8252").empty());
  CHECK(told("-1") == Told{"warning visible-devices-none: CUDA_VISIBLE_DEVICES hides every GPU: its first entry `-1` names none"});
  CHECK(told("GPU-other") ==
        Told{"warning visible-devices-none: CUDA_VISIBLE_DEVICES hides every GPU: its first entry `GPU-other` names none"});
  CHECK(told("0,3") ==
        Told{"warning visible-devices-stale: CUDA_VISIBLE_DEVICES names `3`, which is no GPU here; what comes after it is hidden"});
  patient.host.variables.clear();
  patient.host.files["/proc/self/environ"] = std::string("HOME=/root\0CUDA_VISIBLE_DEVICES=\0LANG=C\0", 41);
  CHECK(patient.findings("visible-devices") == Told{"warning visible-devices-none: CUDA_VISIBLE_DEVICES hides every GPU: it is empty"});
  patient.host.files["/proc/self/environ"] = std::string("XCUDA_VISIBLE_DEVICES=\0", 23);
  CHECK(patient.findings("visible-devices").empty());
}

TEST_CASE("AMD's devices: permission, a missing driver, an override") {
  Patient patient;
  patient.facts.accelerators.push_back({{.kind = "rocm", .name = "AMD Instinct MI300X", .architecture = "gfx942"}, {"/sys/class/kfd", ""}});
  CHECK(patient.ids("other-gpus").empty());
  add_node(patient, "/dev/kfd", EACCES, "Permission denied");
  CHECK(patient.findings("other-gpus") == Told{"warning kfd-permission: this user may not open /dev/kfd, and so no AMD GPU"});
  patient.facts.device_nodes.at(0).value.problem = ENOENT;
  CHECK(patient.ids("other-gpus") == Told{"warning kfd-missing"});
  patient.facts.device_nodes.at(0).value = {.path = "/dev/dri/renderD128", .problem = EACCES, .text = "Permission denied"};
  CHECK(patient.ids("other-gpus") == Told{"warning render-permission"});
  patient.facts.displays.push_back({{.pci = "0000:03:00.0", .vendor = "1002", .driver = "radeon"}, {"/sys/bus/pci", ""}});
  patient.facts.accelerators.at(0).value.pci = "0000:03:00.0", patient.facts.accelerators.at(0).value.unusable = "radeon has it";
  patient.facts.device_nodes.clear();
  CHECK(patient.ids("other-gpus") == Told{"warning amdgpu-not-bound"});
  patient.facts.displays.at(0).value.driver = "vfio-pci";
  CHECK(patient.ids("other-gpus") == Told{"warning gpu-unusable"});
  patient.host.variables["CUDA_VISIBLE_DEVICES"] = "-1";
  CHECK(patient.ids("visible-devices") == Told{"warning visible-devices-none"});
  patient.host.variables.clear();
  patient.host.variables["HSA_OVERRIDE_GFX_VERSION"] = "10.3.0";
  CHECK(patient.ids("visible-devices") == Told{"warning gfx-override-set"});
}

TEST_CASE("a discrete GPU of Intel wants Level Zero, an integrated one is none to compute with") {
  Patient patient;
  patient.facts.accelerators.push_back({{.kind = "xpu", .name = "Intel UHD", .integrated = true}, {"/sys/class/drm", ""}});
  CHECK(patient.ids("other-gpus").empty());
  patient.facts.accelerators.at(0).value.integrated = false;
  CHECK(patient.ids("other-gpus") == Told{"warning level-zero-missing"});
  patient.facts.libraries.push_back({{.name = "libze_loader.so.1"}, {"libze_loader.so.1", ""}});
  CHECK(patient.ids("other-gpus").empty());
  add_node(patient, "/dev/dri/renderD128", EACCES, "Permission denied");
  CHECK(patient.findings("other-gpus") == Told{"warning render-permission: this user may not open /dev/dri/renderD128"});
}

TEST_CASE("a translated Python on a Mac is told") {
  Patient patient;
  std::get<Fact<OperatingSystem>>(patient.facts.os).value.rosetta = true;
  CHECK(patient.ids("other-gpus") == Told{"error rosetta"});
}

TEST_CASE("a build that fits its host is left in peace, a CUDA build without a GPU is a note") {
  Patient patient;
  with_h100(patient).with_environment().with_torch("2.15.0+cu130", "13.0");
  CHECK(patient.ids("build").empty());
  CHECK(patient.report("build").status == "torch 2.15.0+cu130, for CUDA 13.0");
  patient.facts.accelerators.clear();
  CHECK(patient.findings("build") ==
        Told{"note gpu-build-without-gpu: torch 2.15.0+cu130 is built for CUDA 13.0, and no such GPU is here"});
}

TEST_CASE("a build for one kind of GPU on a host with another kind is told") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0+cu130", "13.0");
  patient.facts.accelerators.push_back({{.kind = "rocm", .name = "AMD Instinct MI300X", .architecture = "gfx942"}, {"/sys/class/kfd", ""}});
  CHECK(patient.findings("build") ==
        Told{"warning build-for-other-gpu: torch 2.15.0+cu130 is built for CUDA 13.0, and the GPU here is another "
             "kind of GPU: AMD Instinct MI300X (gfx942)"});
  patient.facts.accelerators.at(0).value = {.kind = "xpu", .name = "Intel UHD", .integrated = true};
  CHECK(patient.ids("build") == Told{"note gpu-build-without-gpu"});
}

TEST_CASE("a driver that does not say which CUDA it supports is judged by its version") {
  Patient patient;
  patient.with_gpu("NVIDIA GeForce RTX 4090", "", "570.124.06", "12.8").with_environment().with_torch("2.15.0+cu130", "13.0");
  patient.facts.drivers.at(0).value.cuda.reset();
  CHECK(patient.findings("build") == Told{"error driver-too-old: cu130 needs a driver from 580 on, and 570.124.06 is here"});
  patient.facts.drivers.at(0).value.version = numeric("580.95.05");
  CHECK(patient.ids("build").empty());
}

TEST_CASE("another build is named by the command that installs it") {
  Patient patient;
  patient.with_gpu("Tesla V100", "sm_70", "580.95.05", "13.0").with_environment().with_torch("2.15.0+cpu");
  CHECK(patient.report("build").findings.at(0).remedy.at(0) ==
        fmt::format("`uv pip install --python {} --reinstall torch==2.14.1 --index-url https://download.pytorch.org/whl/cu126`",
                    patient.path("env/bin/python").string()));
}

TEST_CASE("a build for processors on a host with a GPU is told, but not for an integrated one of Intel") {
  Patient patient;
  with_h100(patient).with_environment().with_torch("2.15.0+cpu");
  CHECK(patient.findings("build") ==
        Told{"warning cpu-build-on-gpu-host: torch 2.15.0+cpu is a build for processors alone, and NVIDIA H100 (sm_90) is here"});
  patient.facts.accelerators.at(0).value = {.kind = "xpu", .name = "Intel UHD", .integrated = true};
  CHECK(patient.ids("build").empty());
}

TEST_CASE("a driver below the wheel's CUDA is an error across major versions, a note within one") {
  Patient patient;
  patient.with_gpu("NVIDIA H100", "sm_90", "550.54.15", "12.4").with_environment().with_torch("2.15.0+cu130", "13.0");
  CHECK(patient.findings("build") ==
        Told{"error driver-too-old: driver 550.54.15 supports CUDA 12.4, and torch 2.15.0+cu130 is built for 13.0"});
  patient.facts.drivers.at(0).value.cuda = numeric("13.0");
  patient.folder.write("env/lib/python3.11/site-packages/torch/version.py", "__version__ = '2.15.0+cu132'\ncuda: Optional[str] = '13.2'\n");
  CHECK(patient.ids("build") == Told{"note driver-minor-compatible"});
}

TEST_CASE("a GPU that the installed libraries have no code for is told by what they say themselves") {
  Patient patient;
  patient.with_gpu("NVIDIA GeForce RTX 5090", "sm_120", "580.95.05", "13.0").with_environment();
  const std::string before = std::string("x\0", 2), list = "sm_50 sm_80 sm_90", with_ptx = "sm_50 sm_90 compute_90";
  patient.with_torch("2.6.0+cu126", "12.6", {{"torch/lib/libtorch_python.so", before + list + '\0'}});
  CHECK(patient.findings("build") ==
        Told{"error arch-missing: the installed torch cannot run on a GPU of this machine: cu126 has no code for "
             "NVIDIA GeForce RTX 5090 (sm_120), only for sm_50, sm_80, sm_90"});
  patient.folder.write("env/lib/python3.11/site-packages/torch/lib/libtorch_python.so", before + with_ptx + '\0');
  CHECK(patient.ids("build").empty());  // PTX is compiled for it
}

TEST_CASE("cuDNN that dropped the GPU is told") {
  Patient patient;
  patient.with_gpu("Tesla V100", "sm_70", "580.95.05", "13.0").with_environment().with("nvidia-cudnn-cu12", "9.26.0.51");
  patient.with_torch("2.8.0+cu126", "12.6");
  CHECK(patient.findings("build") == Told{"error cudnn-drops-gpu: cuDNN 9.26.0.51 does not run on Tesla V100 (sm_70)"});
}

TEST_CASE("CUDA packages beside a build for processors are told where nothing else needs them") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0+cpu").with("nvidia-cublas", "13.4.1").with("nvidia-ml-py", "13.0");
  CHECK(patient.findings("build") ==
        Told{"warning gpu-packages-in-cpu-build: 1 package of CUDA is installed, and torch 2.15.0+cpu uses no GPU"});
  patient.with("jax-plugin", "1.0", {"Requires-Dist: nvidia-cublas>=13"});
  CHECK(patient.ids("build").empty());
}

TEST_CASE("a companion of another build is told") {
  Patient patient;
  patient.with_environment()
      .with_torch("2.15.0+cpu")
      .with("torchvision", "0.30.0", {}, {{"torchvision/version.py", "__version__ = '0.30.0+cu130'\n"}});
  CHECK(patient.ids("build") == Told{"error companion-variant"});
  patient.folder.write("env/lib/python3.11/site-packages/torchvision/version.py", "__version__ = '0.30.0+cpu'\n");
  CHECK(patient.ids("build").empty());
}

TEST_CASE("NumPy 2 under a torch that is compiled against NumPy 1 is told, and a missing NumPy is a note") {
  Patient patient;
  patient.with_environment().with_torch("2.2.2+cu121", "12.1");
  CHECK(patient.ids("numpy") == Told{"note numpy-missing"});
  patient.with("numpy", "2.4.6");
  CHECK(patient.findings("numpy") == Told{"error numpy-abi: torch 2.2.2+cu121 is compiled against NumPy 1, and NumPy 2.4.6 is installed"});
  patient.folder.write("env/lib/python3.11/site-packages/torch/version.py", "__version__ = '2.3.0'\n");
  CHECK(patient.ids("numpy").empty());
}
