#include "src/validate/load/check_needed.hpp"

#include "tests/support/elf_builder.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/validate/check_named.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using test::check_named;
using test::ElfBuilder;

namespace {

ElfBuilder library() { return ElfBuilder().machine(own_elf_machine()); }

struct Tree {
  test::TemporaryFolder folder;

  Tree& with(const std::string& path, const ElfBuilder& builder) {
    folder.write(path, builder.build());
    return *this;
  }

  Check check() const {
    ValidationReport report;
    const Cancellation cancellation;
    const LibrarySearch search({{"libcached.so.1", {folder.path() / "system/libcached.so.1"}}}, preloaded_folders(folder.path()),
                               {folder.path() / "default"});
    REQUIRE(check_needed(folder.path(), search, cancellation, report));
    return check_named(report, "needed");
  }
};

}  // namespace

TEST_CASE("libraries are found by RPATH, beside torch, in the NVIDIA wheels, the cache and the default folders") {
  Tree tree;
  tree.with("torch/lib/libtorch.so", library()
                                         .rpath("$ORIGIN/../extra")
                                         .needed("libextra.so")
                                         .needed("libc10.so")
                                         .needed("libnccl.so.2")
                                         .needed("libcached.so.1")
                                         .needed("libdefault.so"))
      .with("torch/extra/libextra.so", library())
      .with("torch/lib/libc10.so", library())
      .with("nvidia/nccl/lib/libnccl.so.2", library())
      .with("system/libcached.so.1", library())
      .with("default/libdefault.so", library());
  const Check check = tree.check();
  CHECK(check.outcome == CheckOutcome::pass);
  CHECK(check.engine == "static");
  CHECK(check.detail == "6 libraries find all that they need");
}

TEST_CASE("a missing library is named with who needs it, also further down") {
  Tree tree;
  tree.with("torch/lib/libtorch.so", library().needed("libcublas.so.13"))
      .with("nvidia/cu13/lib/libcublas.so.13", library().needed("libcublasLt.so.13"));
  const Check check = tree.check();
  CHECK(check.outcome == CheckOutcome::fail);
  CHECK(check.detail == "`nvidia/cu13/lib/libcublas.so.13` needs `libcublasLt.so.13`, which is nowhere that the loader looks");
}

TEST_CASE("a CUDA library of the host in place of a missing wheel's is a fault, for a torch that is built for wheels") {
  Tree tree;
  const test::TemporaryFolder host;
  const auto outside = host.write("libnccl.so.2", library().build());
  const auto check = [&](const ElfBuilder& torch) {
    tree.with("torch/lib/libtorch_cuda.so", torch);
    ValidationReport report;
    const Cancellation cancellation;
    REQUIRE(
        check_needed(tree.folder.path(), LibrarySearch({}, preloaded_folders(tree.folder.path()), {host.path()}), cancellation, report));
    return check_named(report, "needed");
  };
  const Check for_wheels = check(library().rpath("$ORIGIN/../../nvidia/nccl/lib").needed("libnccl.so.2"));
  CHECK(for_wheels.outcome == CheckOutcome::fail);
  CHECK(for_wheels.detail ==
        "`torch/lib/libtorch_cuda.so` needs `libnccl.so.2` of an NVIDIA wheel, and would get the host's `" + outside.string() + "`");
  CHECK(check(library().needed("libnccl.so.2")).outcome == CheckOutcome::pass);
  tree.with("nvidia/nccl/lib/libnccl.so.2", library());
  CHECK(check(library().rpath("$ORIGIN/../../nvidia/nccl/lib").needed("libnccl.so.2")).outcome == CheckOutcome::pass);
}

TEST_CASE("RUNPATH takes RPATH's place") {
  Tree tree;
  tree.with("torch/lib/libtorch.so", library().rpath("$ORIGIN/../old").runpath("${ORIGIN}/../new").needed("liba.so"))
      .with("torch/old/liba.so", library());
  CHECK(tree.check().outcome == CheckOutcome::fail);
  tree.with("torch/new/liba.so", library());
  CHECK(tree.check().outcome == CheckOutcome::pass);
}

TEST_CASE("a driver's library that the host does not have is told and is no fault") {
  Tree tree;
  tree.with("torch/lib/libcaffe2_nvrtc.so", library().needed("libcuda.so.1"));
  const Check check = tree.check();
  CHECK(check.outcome == CheckOutcome::pass);
  CHECK(check.detail == "1 library finds all that it needs, but for the driver's libcuda.so.1, which this host does not have");
}

TEST_CASE("a symbol version that a library does not define is named") {
  Tree tree;
  tree.with("torch/lib/libtorch.so", library().needed("libstdc++.so.6").version_need("libstdc++.so.6", "GLIBCXX_3.4.30"))
      .with("default/libstdc++.so.6", library().version_definition("GLIBCXX_3.4.22"));
  const Check check = tree.check();
  CHECK(check.outcome == CheckOutcome::fail);
  CHECK(check.detail ==
        "`torch/lib/libtorch.so` needs version `GLIBCXX_3.4.30` of `libstdc++.so.6`, which `default/libstdc++.so.6` does not have");
  tree.with("default/libstdc++.so.6", library().version_definition("GLIBCXX_3.4.22").version_definition("GLIBCXX_3.4.30"));
  CHECK(tree.check().outcome == CheckOutcome::pass);
}

TEST_CASE("a library of another machine is no fit, wherever it lies") {
  Tree tree;
  const std::uint16_t other = own_elf_machine() == k_elf_machine_x86_64 ? k_elf_machine_aarch64 : k_elf_machine_x86_64;
  SECTION("as one that is needed") {
    tree.with("torch/lib/libtorch.so", library().needed("libdefault.so")).with("default/libdefault.so", library().machine(other));
    CHECK(tree.check().detail == "`torch/lib/libtorch.so` needs `libdefault.so`, which is nowhere that the loader looks");
  }
  SECTION("as torch's own") {
    tree.with("torch/lib/libtorch.so", library().machine(other));
    CHECK(tree.check().detail ==
          "`torch/lib/libtorch.so` is for " + elf_machine_name(other) + ", this is " + elf_machine_name(own_elf_machine()));
  }
}

TEST_CASE("a library that is no ELF file is named") {
  Tree tree;
  const auto path = tree.folder.write("torch/lib/libtorch.so", "<html>login</html>" + std::string(100, ' '));
  CHECK(tree.check().detail == "`" + path.string() + "` is not a sound ELF file: it does not begin as one");
}

TEST_CASE("libraries that need one another are walked once") {
  Tree tree;
  tree.with("torch/lib/liba.so", library().needed("libb.so")).with("torch/lib/libb.so", library().needed("liba.so"));
  CHECK(tree.check().detail == "2 libraries find all that they need");
}

TEST_CASE("a torch without libraries is a fault") {
  const Tree tree;
  CHECK(tree.check().detail == "`torch/lib` holds no library");
}

TEST_CASE("this machine's own search finds the C library") {
  ElfFile object;
  object.machine = own_elf_machine();
  CHECK(system_library_search({}).find(object, "/", "libc.so.6"));
  CHECK_FALSE(system_library_search({}).find(object, "/", "libtorchup-nowhere.so"));
}
