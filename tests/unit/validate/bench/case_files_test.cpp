#include "src/validate/bench/case_files.hpp"

#include "src/validate/bench/count_instructions.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace torchup;

namespace {

Tensor tensor_of(ElementType element) {
  Tensor tensor = make_tensors({{2, 3}}, element)[0];
  for (std::size_t i = 0; i < 6; ++i) tensor.put(i, static_cast<double>(i) + 0.25);
  return tensor;
}

}  // namespace

TEST_CASE("tensors come out of files as they went in") {
  const test::TemporaryFolder folder;
  for (const ElementType element : {ElementType::float32, ElementType::float64}) {
    const std::vector<Tensor> inputs{tensor_of(element)};
    REQUIRE(write_inputs(folder.path(), inputs));
    std::filesystem::rename(folder.path() / "input_0", folder.path() / "output_0");
    std::vector<Tensor> outputs = make_tensors({{2, 3}}, element);
    REQUIRE(read_outputs(folder.path(), outputs));
    CHECK(outputs == inputs);
  }
}

TEST_CASE("outputs of another size, or none, are told with both sizes") {
  const test::TemporaryFolder folder;
  std::vector<Tensor> outputs = make_tensors({{2, 3}});
  CHECK(read_outputs(folder.path(), outputs).error().message == "output 0 came as 0 bytes, expected 24");
  folder.write("output_0", "12345678");
  CHECK(read_outputs(folder.path(), outputs).error().message == "output 0 came as 8 bytes, expected 24");
}

TEST_CASE("a scratch folder goes with its object") {
  std::filesystem::path path;
  {
    const auto folder = make_scratch_folder();
    REQUIRE(folder);
    path = folder->path();
    CHECK(std::filesystem::is_directory(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("callgrind's totals are read, and one run is what ten more cost") {
  CHECK(callgrind_total("# callgrind format\nevents: Ir\nfn=(1)\n0 9\n\ntotals: 7054500\n") == 7'054'500U);
  CHECK(callgrind_total("version: 1\nsummary: 12\n\nfn=(1)\n") == 12U);
  CHECK_FALSE(callgrind_total("totals: 5"));  // not at the start of a line of the file's body
  CHECK_FALSE(callgrind_total(""));
  CHECK_FALSE(callgrind_total("\ntotals: none\n"));
  CHECK(instructions_of_one(141'090, 846'540) == 70'545U);
  CHECK_FALSE(instructions_of_one(5, 5));
  CHECK_FALSE(instructions_of_one(5, 4));
}
