// What a report tells, and what it must not.
#include "torchup/doctor/report.hpp"

#include "tests/unit/doctor/patient.hpp"

using namespace torchup;
using test::numeric;
using test::Patient;

namespace {

/// The value of a fact by its id; "absent" where there is none.
std::string told(Patient& patient, const std::string& id) {
  const auto environment = read_installed_environment(patient.path("env"));
  for (const ReportSection& section : make_report(
           {.facts = patient.facts, .environment = environment ? &*environment : nullptr, .host = patient.host, .program = "9.9"})) {
    for (const ReportFact& fact : section.facts) {
      if (fact.id == id) return fact.value;
    }
  }
  return "absent";
}

}  // namespace

TEST_CASE("versions are those of the environment's own files, and the host's toolkit stands apart") {
  Patient patient;
  patient.with_environment()
      .with_torch("2.15.0+cu132", "13.2")
      .with("nvidia-cuda-runtime", "13.2.86")
      .with("nvidia-cudnn-cu13", "9.26.0.51");
  patient.facts.toolkits.push_back({{.kind = "cuda", .version = numeric("13.0.88"), .path = "/usr/local/cuda-13.0"}, {"nvcc", ""}});
  CHECK(told(patient, "torch_version") == "2.15.0+cu132");
  CHECK(told(patient, "cuda_compiled_version") == "13.2");
  CHECK(told(patient, "cuda_runtime_version") == "13.2.86");
  CHECK(told(patient, "cudnn_version") == "9.26.0.51");
  CHECK(told(patient, "toolkit") == "13.0.88 in /usr/local/cuda-13.0 (compiles programs; not what torch runs with)");
  CHECK(told(patient, "python_version") == "3.11.2");
  CHECK(told(patient, "python_platform") == "Linux-6.1.0-x86_64-with-glibc2.36");
  CHECK(told(patient, "pip_packages") == "nvidia-cuda-runtime==13.2.86\nnvidia-cudnn-cu13==9.26.0.51\ntorch==2.15.0");
  CHECK(told(patient, "torchup") == "9.9");
  CHECK(told(patient, "gcc_version") == "Could not collect");
  CHECK(told(patient, "pip_version") == "not installed");
  patient.with("pip", "25.1");
  CHECK(told(patient, "pip_version") == "25.1");
}

TEST_CASE("whether CUDA can be used is told with what stands in its way") {
  Patient patient;
  CHECK(told(patient, "is_cuda_available") == "False (torch is not installed)");
  patient.with_environment().with_torch("2.15.0+cu132", "13.2");
  CHECK(told(patient, "is_cuda_available") == "False (this host has no NVIDIA GPU)");
  patient.with_gpu("NVIDIA H100", "sm_90", "580.95.05", "13.0");
  CHECK(told(patient, "is_cuda_available") == "nothing stands in its way (not asked of torch)");
  CHECK(told(patient, "nvidia_gpu_models") == "GPU 0: NVIDIA H100 (sm_90)");
  CHECK(told(patient, "nvidia_driver_version") == "580.95.05");
  patient.facts.accelerators.at(0).value.unusable = "no NVIDIA driver is loaded";
  CHECK(told(patient, "is_cuda_available") == "False (no NVIDIA driver is loaded)");
}

TEST_CASE("every field of collect_env has a fact, and what only an import tells is not guessed") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0+cu132", "13.2");
  std::get<Fact<CpuFeatures>>(patient.facts.cpu = Fact<CpuFeatures>{{.model = "AMD EPYC"}, {"/proc/cpuinfo", ""}});
  // torch/utils/collect_env.py, SystemEnv
  for (const char* field : {"torch_version",
                            "is_debug_build",
                            "cuda_compiled_version",
                            "gcc_version",
                            "clang_version",
                            "cmake_version",
                            "os",
                            "libc_version",
                            "python_version",
                            "python_platform",
                            "is_cuda_available",
                            "cuda_runtime_version",
                            "cuda_module_loading",
                            "nvidia_driver_version",
                            "nvidia_gpu_models",
                            "cudnn_version",
                            "is_xpu_available",
                            "pip_version",
                            "pip_packages",
                            "conda_packages",
                            "hip_compiled_version",
                            "hip_runtime_version",
                            "miopen_runtime_version",
                            "caching_allocator_config",
                            "is_xnnpack_available",
                            "cpu_info",
                            "rocm_compiled_version"}) {
    INFO(field);
    CHECK(told(patient, field) != "absent");
  }
  CHECK(told(patient, "hip_runtime_version") == "N/A");
  patient.folder.write("env/lib/python3.11/site-packages/torch/version.py",
                       "__version__ = '2.15.0+rocm7.2'\nhip: Optional[str] = '7.2.53210'\nrocm: Optional[str] = '7.2.0'\n");
  CHECK(told(patient, "hip_runtime_version") == "not asked of torch: that takes an import");
  CHECK(told(patient, "rocm_compiled_version") == "7.2.0");
}

TEST_CASE("without an environment the host is told of") {
  Patient patient;
  CHECK(told(patient, "torch_version") == "not installed");
  CHECK(told(patient, "python_version") == "no environment was looked at");
  CHECK(told(patient, "libc_version") == "glibc-2.36");
}

TEST_CASE("a release of conda's is told with conda's packages") {
  Patient patient;
  patient.folder.write("env/conda-meta/pytorch-2.4.0-py3.11_cpu_0.json", "{}");
  patient.folder.write("env/conda-meta/python-3.11.7-h955ad1f_0.json", "{}");
  patient.folder.write("env/conda-meta/no.json", "{}");
  patient.with("torch", "2.4.0");
  CHECK(told(patient, "conda_packages") == "pytorch 2.4.0");
  CHECK(told(patient, "python_version") == "3.11.7");
}

TEST_CASE("credentials, tokens and the home folder are taken out") {
  const auto redacted = [](const char* text) { return redacted_text(text, "/home/me"); };
  CHECK(redacted("https://me:pass@word@index.example/simple") == "https://***@index.example/simple");
  CHECK(redacted("a https://u@h/x b http://v:w@h") == "a https://***@h/x b http://***@h");
  CHECK(redacted("https://index.example/me@home") == "https://index.example/me@home");
  CHECK(redacted("https://h/?token=abc&x=1 password=hunter2") == "https://h/?token=***&x=1 password=***");
  CHECK(redacted("Bearer abc.def") == "Bearer ***");
  CHECK(redacted("authorization: bearer abc.def") == "authorization: bearer ***");
  CHECK(redacted("PASSWORD=hunter2 Api_Key=x") == "PASSWORD=*** Api_Key=***");
  CHECK(redacted("HTTP_PROXY: me:hunter2@proxy.example:3128") == "HTTP_PROXY: ***@proxy.example:3128");
  CHECK(redacted("git@host:path pkg @ https://h/x a:b") == "git@host:path pkg @ https://h/x a:b");
  CHECK(redacted("HF=hf_0123456789abcdefXYZ, task-sk-1") == "HF=***, task-sk-1");
  CHECK(redacted("mask-0123456789abcdef") == "mask-0123456789abcdef");
  CHECK(redacted("/home/me/env:/home/men:/home/me") == "~/env:/home/men:~");
  CHECK(redacted_text("/root", "/") == "/root");
}

TEST_CASE("constants of version.py are read, and nothing like them") {
  const std::string source =
      "cuda_version = 'x'\n__version__ = \"2.15.0\"\ncuda: Optional[str] = '13.2'\nhip: Optional[str] = None\nxpu = ''\n";
  CHECK(python_constant(source, "__version__") == "2.15.0");
  CHECK(python_constant(source, "cuda") == "13.2");
  CHECK(python_constant(source, "hip").empty());
  CHECK(python_constant(source, "git_version").empty());
  CHECK(python_constant("cuda = '", "cuda").empty());
}
