// The checks of runtimes, of LD_LIBRARY_PATH and of conda.
#include "src/doctor/torch_preload.hpp"
#include "tests/unit/doctor/patient.hpp"

using namespace torchup;
using test::ElfBuilder;
using test::Patient;
using test::Told;

namespace {

std::string library(ElfBuilder builder) { return builder.machine(own_elf_machine()).build(); }

/// A torch of the newer form: an RPATH to the wheels, whose libraries have a RUNPATH or none.
void install_torch(Patient& patient, const std::string& init) {
  const std::string wheels = "$ORIGIN/../../nvidia/cu13/lib";
  patient.with_environment().with_torch(
      "2.15.0+cu132", "13.2",
      {{"torch/__init__.py", init},
       {"torch/lib/libtorch_global_deps.so", library(ElfBuilder().rpath(wheels).needed("libcusolver.so.12"))},
       {"torch/lib/libtorch_python.so", library(ElfBuilder().rpath("$ORIGIN").needed("libtorch_cpu.so"))},
       {"torch/lib/libtorch_cpu.so", library(ElfBuilder().rpath(wheels).needed("libcublas.so.13"))},
       {"nvidia/cu13/lib/libcusolver.so.12", library(ElfBuilder().runpath("$ORIGIN").needed("libnvJitLink.so.13"))},
       {"nvidia/cu13/lib/libnvJitLink.so.13", library(ElfBuilder().soname("libnvJitLink.so.13"))},
       {"nvidia/cu13/lib/libcublas.so.13", library(ElfBuilder())}});
}

constexpr const char* k_preloading =
    "import os\n\ndef _preload_cuda_deps(err=None, required=True):\n    libs = [\n        (\"nvjitlink\", \"libnvJitLink.so.*[0-9]\"),\n   "
    " ]\n\n"
    "def _load_global_deps() -> None:\n    if x:\n        return\n    _preload_cuda_deps(required=False)\n\nx = \"libother.so.*[0-9]\"\n";

}  // namespace

TEST_CASE("LD_LIBRARY_PATH moves a library with a RUNPATH and leaves one with an RPATH") {
  Patient patient;
  install_torch(patient, "");
  CHECK(patient.report("library-path").status == "LD_LIBRARY_PATH is not set");
  patient.folder.write("cuda/libcublas.so.13", library(ElfBuilder()));
  patient.host.variables["LD_LIBRARY_PATH"] = patient.path("cuda").string() + ":";
  CHECK(patient.ids("library-path").empty());
  const auto other = patient.folder.write("cuda/libnvJitLink.so.13", library(ElfBuilder()));
  CHECK(patient.findings("library-path") ==
        Told{fmt::format("error library-path-override: LD_LIBRARY_PATH puts `{}` in the place of the environment's `libnvJitLink.so.13`",
                         other.string())});
  CHECK(patient.report("library-path").findings.at(0).evidence.at(2) ==
        fmt::format("asked for by `{}`, which has a RUNPATH, which comes after the variable",
                    (patient.site() / "nvidia/cu13/lib/libcusolver.so.12").string()));
}

TEST_CASE("a release that loads its libraries by path first is not moved") {
  Patient patient;
  install_torch(patient, k_preloading);
  // The list is loaded after libtorch_global_deps.so, which here needs nothing of it.
  patient.folder.write("env/lib/python3.11/site-packages/torch/lib/libtorch_global_deps.so", library(ElfBuilder()));
  patient.folder.write("env/lib/python3.11/site-packages/torch/lib/libtorch_cpu.so",
                       library(ElfBuilder().rpath("$ORIGIN/../../nvidia/cu13/lib").needed("libcusolver.so.12")));
  patient.folder.write("cuda/libnvJitLink.so.13", library(ElfBuilder()));
  patient.host.variables["LD_LIBRARY_PATH"] = patient.path("cuda").string();
  CHECK(patient.findings("library-path") == Told{});
  patient.folder.write("env/lib/python3.11/site-packages/torch/__init__.py", "");
  CHECK(patient.ids("library-path") == Told{"error library-path-override"});
}

TEST_CASE("what torch loads first is read in its own words") {
  CHECK(preloaded_names(k_preloading) == Told{"libnvJitLink.so."});
  CHECK(preloaded_names("\ndef _load_global_deps() -> None:\n    _preload_cuda_deps(\"cuda_nvrtc\", \"libnvrtc.so.*[0-9]\")\n") ==
        Told{"libnvrtc.so."});
  CHECK(preloaded_names("").empty());
  CHECK(preloaded_names("\ndef _load_global_deps(").empty());
}

TEST_CASE("one OpenMP runtime is well, two are a note, Intel's beside LLVM's is a warning") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0", "", {{"torch/lib/libgomp.so.1", "x"}, {"torch/lib/libgompish.so", "x"}});
  CHECK(patient.ids("runtimes").empty());
  CHECK(patient.report("runtimes").status == "one OpenMP runtime: torch/lib/libgomp.so.1");
  patient.with("scikit-learn", "1.0", {}, {{"scikit_learn.libs/libgomp-a34b3233.so.1.0.0", "x"}});
  CHECK(patient.findings("runtimes") ==
        Told{"note openmp-several: 2 OpenMP runtimes are here; each that is loaded keeps threads of its own"});
  patient.with("a", "1", {}, {{"a/libiomp5.so", "x"}}).with("b", "1", {}, {{"b/libomp.so.5", "x"}});
  CHECK(patient.ids("runtimes") == Told{"warning openmp-conflict"});
  patient.host.variables["KMP_DUPLICATE_LIB_OK"] = "TRUE";
  CHECK(patient.ids("runtimes") == Told{"warning openmp-conflict", "warning openmp-duplicate-allowed"});
}

TEST_CASE("CUDA libraries of two major versions are told") {
  Patient patient;
  patient.with_environment().with("nvidia-cublas", "13.4.1").with("nvidia-nccl-cu13", "2.30").with("nvidia-ml-py", "12.0");
  CHECK(patient.ids("runtimes").empty());
  patient.with("nvidia-cublas-cu12", "12.8.4");
  CHECK(patient.findings("runtimes") == Told{"warning cuda-several: libraries of CUDA 12 and 13 are in one environment"});
}

TEST_CASE("packages that conda and pip both installed are told") {
  Patient patient;
  patient.folder.write("env/conda-meta/numpy-1.26.4-py311h64a7726_0.json", "{}");
  patient.folder.write("env/conda-meta/pytorch-2.4.0-py3.11_cpu_0.json", "{}");
  patient.with("numpy", "1.26.4").with("torch", "2.4.0");
  patient.folder.write("env/lib/python3.11/site-packages/numpy-1.26.4.dist-info/INSTALLER", "conda\n");
  CHECK(patient.ids("conda").empty());
  patient.folder.write("env/lib/python3.11/site-packages/torch-2.4.0.dist-info/INSTALLER", "pip\n");
  CHECK(patient.findings("conda") == Told{"error conda-pip-mixed: `torch` is installed by conda (2.4.0) and by pip (2.4.0)"});
}

TEST_CASE("an environment of conda that is active beside another one is a note") {
  Patient patient;
  patient.with_environment();
  patient.host.variables = {{"CONDA_PREFIX", "/opt/conda"}};
  CHECK(patient.ids("conda").empty());
  patient.host.variables["VIRTUAL_ENV"] = patient.path("env").string();
  CHECK(patient.ids("conda") == Told{"note conda-active-too"});
}
