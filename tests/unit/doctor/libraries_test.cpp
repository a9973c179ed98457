// The checks of shared libraries.
#include "tests/unit/doctor/patient.hpp"

using namespace torchup;
using test::ElfBuilder;
using test::Patient;
using test::Told;

namespace {

std::string library(const ElfBuilder& builder = ElfBuilder()) {
  ElfBuilder copy = builder;
  return copy.machine(own_elf_machine()).build();
}

}  // namespace

TEST_CASE("libraries that find all they need are left in peace") {
  Patient patient;
  patient.with_environment().with_torch(
      "2.15.0+cu132", "13.2", {{"torch/lib/libtorch.so", library(ElfBuilder().needed("libc10.so"))}, {"torch/lib/libc10.so", library()}});
  CHECK(patient.ids("libraries").empty());
  CHECK(patient.report("libraries").status == "2 libraries find all that they need");
}

TEST_CASE("a library whose wheel was removed is told with the wheel's name") {
  Patient patient;
  patient.with_environment().with_torch(
      "2.15.0+cu132", "13.2",
      {{"torch/lib/libtorch_cuda.so", library(ElfBuilder().needed("libnccl.so.none").needed("libcublas.so.none"))}});
  CHECK(patient.findings("libraries") == Told{"error library-missing: `libcublas.so.none` is nowhere that the loader looks",
                                              "error library-missing: `libnccl.so.none` is nowhere that the loader looks"});
  CHECK(patient.report("libraries").findings.at(1).evidence ==
        Told{"the library is of the wheel `nvidia-nccl-cu13`, which is not installed",
             "`torch/lib/libtorch_cuda.so` needs `libnccl.so.none`, which is nowhere that the loader looks"});
  CHECK(patient.report("libraries").findings.at(0).remedy ==
        Told{fmt::format("`uv pip install --python {} --reinstall --no-deps nvidia-cublas`", patient.path("env/bin/python").string())});
}

TEST_CASE("a C or C++ library of the host that is too old is told as that, with the version that is missing") {
  Patient patient;
  patient.with_environment().with_torch("2.15.0", "",
                                        {{"torch/lib/libtorch.so", library(ElfBuilder()
                                                                               .rpath("$ORIGIN/../../../../../../host")
                                                                               .needed("libc.so.6")
                                                                               .needed("libstdc++.so.6")
                                                                               .version_need("libc.so.6", "GLIBC_9.99")
                                                                               .version_need("libstdc++.so.6", "GLIBCXX_9.9.99"))}});
  patient.folder.write("host/libc.so.6", library(ElfBuilder().version_definition("GLIBC_2.17")));
  patient.folder.write("host/libstdc++.so.6", library(ElfBuilder().version_definition("GLIBCXX_3.4.19")));
  CHECK(patient.ids("libraries") == Told{"error glibc-too-old", "error libstdcxx-too-old"});
  CHECK(patient.report("libraries").findings.at(0).title ==
        fmt::format("`{}` is older than torch needs: it has no `GLIBC_9.99`", patient.path("host/libc.so.6").string()));
}

TEST_CASE("a damaged library, one of another machine, and an empty torch/lib are told") {
  Patient patient;
  patient.with_environment().with_torch(
      "2.15.0", "", {{"torch/lib/libtorch.so", "no library"}, {"torch/lib/libother.so", ElfBuilder().machine(EM_PPC64).build()}});
  CHECK(patient.ids("libraries") == Told{"error library-damaged", "error library-other-machine"});
  // What needs the damaged one does not find it, which is no second cause.
  patient.folder.write("env/lib/python3.11/site-packages/torch/lib/libneedy.so",
                       library(ElfBuilder().rpath("$ORIGIN").needed("libtorch.so")));
  CHECK(patient.ids("libraries") == Told{"error library-damaged", "error library-other-machine"});
  std::filesystem::remove_all(patient.site() / "torch/lib");
  CHECK(patient.ids("libraries") == Told{"error library-missing"});
}
