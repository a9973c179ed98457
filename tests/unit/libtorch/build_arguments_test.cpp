#include "src/libtorch/build_arguments.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

using namespace torchup;
using torchup::test::TemporaryFolder;

namespace {

/// A folder with torch's libraries by name alone.
BuildTree tree_in(const TemporaryFolder& folder, std::initializer_list<const char*> libraries) {
  std::filesystem::create_directories(folder.path() / "lib");
  for (const char* name : libraries) std::ofstream(folder.path() / "lib" / name) << "";
  return {.root = folder.path(), .version = "2.15.0", .abi = "cxx11", .standard = "C++20", .capabilities = {}};
}

bool has(const std::vector<std::string>& list, const std::string& word) { return std::ranges::find(list, word) != list.end(); }

}  // namespace

TEST_CASE("Architectures become what TORCH_CUDA_ARCH_LIST says") {
  CHECK(cuda_capabilities({"sm_75", "sm_90a", "sm_120", "PTX 12.0"}) == std::vector<std::string>{"7.5", "9.0a", "12.0+PTX"});
  CHECK(cuda_capabilities({"sm_90", "PTX 10.0"}) == std::vector<std::string>{"9.0", "10.0+PTX"});
  CHECK(cuda_capabilities({"gfx942", "sm_", "sm_x", "sm_9", "sm_12000"}).empty());
}

TEST_CASE("cmake finds torch, and its libraries before a toolkit's") {
  const TemporaryFolder folder;
  BuildTree tree = tree_in(folder, {"libtorch.so"});
  const std::string root = folder.path().string();
  CHECK(cmake_arguments(tree) ==
        std::vector<std::string>{"-DCMAKE_PREFIX_PATH=" + root, "-DTorch_DIR=" + root + "/share/cmake/Torch",
                                 "-DCMAKE_EXE_LINKER_FLAGS_INIT=-Wl,-rpath," + root + "/lib,-rpath-link," + root + "/lib",
                                 "-DCMAKE_SHARED_LINKER_FLAGS_INIT=-Wl,-rpath," + root + "/lib,-rpath-link," + root + "/lib",
                                 "-DCMAKE_MODULE_LINKER_FLAGS_INIT=-Wl,-rpath," + root + "/lib,-rpath-link," + root + "/lib"});
  tree.capabilities = {"9.0", "12.0+PTX"};
  CHECK(cmake_arguments(tree).back() == "-DTORCH_CUDA_ARCH_LIST=9.0;12.0+PTX");
}

TEST_CASE("A compiler is told the standard, the ABI, and CUDA's libraries where they are") {
  const TemporaryFolder cpu, cuda;
  const auto without = compiler_arguments(tree_in(cpu, {"libtorch.so"}));
  CHECK(has(without, "-std=c++20"));
  CHECK(has(without, "-D_GLIBCXX_USE_CXX11_ABI=1"));
  CHECK(has(without, "-ltorch_cpu"));
  CHECK_FALSE(has(without, "-ltorch_cuda"));
  BuildTree old = tree_in(cuda, {"libtorch.so", "libtorch_cuda.so"});
  old.abi = "pre-cxx11";
  CHECK(has(compiler_arguments(old), "-D_GLIBCXX_USE_CXX11_ABI=0"));
  CHECK(has(compiler_arguments(old), "-lc10_cuda"));
  old.abi.clear();
  old.standard.clear();
  CHECK(std::ranges::none_of(compiler_arguments(old), [](const auto& word) { return word.starts_with("-D") || word.starts_with("-std"); }));
}

TEST_CASE("What a shell evaluates is quoted") {
  const BuildTree tree{.root = "/tmp/it's here", .version = "2.8.0", .abi = "pre-cxx11"};
  const std::string text = shell_text(tree);
  CHECK(text.find("export LIBTORCH='/tmp/it'\\''s here'\n") == 0);
  CHECK(text.find("export LIBTORCH_CXX11_ABI=0\n") != std::string::npos);
  CHECK(text.find("export LD_LIBRARY_PATH='/tmp/it'\\''s here/lib'${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\n") != std::string::npos);
}
