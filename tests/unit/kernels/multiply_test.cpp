#include "kernels/native/matmul/multiply.hpp"

#include "kernels/native/matmul/blocks.hpp"
#include "tests/unit/kernels/native_sets.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace torchup;
using native::Bfloat16;
using native::ProductSizes;
using test::each_execution;

namespace {

template <class T>
std::vector<T> multiply_by_definition(const std::vector<T>& a, const std::vector<T>& b, const ProductSizes& sizes) {
  std::vector<T> c(static_cast<std::size_t>(sizes.rows * sizes.columns));
  for (std::int64_t i = 0; i < sizes.rows; ++i) {
    for (std::int64_t j = 0; j < sizes.columns; ++j) {
      for (std::int64_t k = 0; k < sizes.depth; ++k) {
        c[static_cast<std::size_t>(i * sizes.columns + j)] +=
            a[static_cast<std::size_t>(i * sizes.depth + k)] * b[static_cast<std::size_t>(k * sizes.columns + j)];
      }
    }
  }
  return c;
}

/// Small whole numbers: every sum is exact in float32, and the numbers in bfloat16, so any order of additions gives the same.
template <class T>
std::vector<T> whole_numbers(std::int64_t count, int step) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = static_cast<T>((i * step) % 17 - 8);
  return values;
}

template <class T>
std::vector<T> product(const std::vector<T>& a, const std::vector<T>& b, const ProductSizes& sizes, const native::Execution& execution) {
  std::vector<T> c(static_cast<std::size_t>(sizes.rows * sizes.columns));
  native::multiply_add(native::row_major(a.data(), sizes.depth), native::row_major(b.data(), sizes.columns), c.data(), sizes.columns, sizes,
                       execution);
  return c;
}

std::vector<Bfloat16> halved(const std::vector<float>& values) {
  std::vector<Bfloat16> halves;
  for (const float value : values) halves.push_back(native::to_bfloat16(value));
  return halves;
}

// Below, on and beyond the edges of tiles, of packed blocks, and of what two threads share.
const std::vector<ProductSizes> k_sizes{{1, 1, 1},    {31, 31, 31}, {32, 32, 32},  {33, 33, 33},   {64, 64, 64},  {6, 16, 256},
                                        {7, 17, 257}, {193, 33, 5}, {13, 2049, 3}, {400, 70, 600}, {5, 130, 513}, {1, 64, 7}};

}  // namespace

TEMPLATE_TEST_CASE("the blocked product is the definition's, whatever the edges", "", float, double) {
  const auto execution = each_execution();
  for (const ProductSizes& sizes : k_sizes) {
    CAPTURE(native::instruction_set_name(execution.instructions), execution.threads, sizes.rows, sizes.columns, sizes.depth);
    const auto a = whole_numbers<TestType>(sizes.rows * sizes.depth, 7);
    const auto b = whole_numbers<TestType>(sizes.depth * sizes.columns, 5);
    CHECK(product(a, b, sizes, execution) == multiply_by_definition(a, b, sizes));
  }
}

TEST_CASE("a product of bfloat16 is summed in float32") {
  const auto execution = each_execution();
  for (const ProductSizes& sizes : k_sizes) {
    const auto a = whole_numbers<float>(sizes.rows * sizes.depth, 7);
    const auto b = whole_numbers<float>(sizes.depth * sizes.columns, 5);
    const auto halved_a = halved(a), halved_b = halved(b);
    std::vector<float> c(static_cast<std::size_t>(sizes.rows * sizes.columns));
    native::multiply_add(native::row_major(halved_a.data(), sizes.depth), native::row_major(halved_b.data(), sizes.columns), c.data(),
                         sizes.columns, sizes, execution);
    CHECK(c == multiply_by_definition(a, b, sizes));
  }
}

TEST_CASE("a bfloat16 is the nearest, the even one of two") {
  const auto there_and_back = [](float value) { return native::to_float(native::to_bfloat16(value)); };
  CHECK(there_and_back(1.0F) == 1.0F);
  CHECK(there_and_back(1.0F + 0x1p-8F) == 1.0F);              // half way, down to the even one
  CHECK(there_and_back(1.0F + 0x1.8p-7F) == 1.0F + 0x1p-6F);  // half way, up to the even one
  CHECK(there_and_back(1.0F + 0x1.02p-8F) == 1.0F + 0x1p-7F);
  CHECK(there_and_back(std::numeric_limits<float>::max()) == std::numeric_limits<float>::infinity());
  CHECK(std::isnan(there_and_back(std::numeric_limits<float>::quiet_NaN())));
  CHECK(there_and_back(-std::numeric_limits<float>::infinity()) == -std::numeric_limits<float>::infinity());
}

TEST_CASE("a transposed view multiplies as the transposed matrix, and products add to what is there") {
  const std::vector<double> a{1, 2, 3, 4, 5, 6};  // 2 x 3
  std::vector<double> c{100, 0, 0, 0, 100, 0, 0, 0, 100};
  const auto view = native::row_major(a.data(), 3);
  native::multiply_add(native::transposed(view), view, c.data(), 3, {3, 3, 2}, each_execution());
  CHECK(c == std::vector<double>{117, 22, 27, 22, 129, 36, 27, 36, 145});
}

TEST_CASE("nothing beside the target is written") {
  const auto execution = each_execution();
  const ProductSizes sizes{67, 35, 40};
  const std::ptrdiff_t step = 48;
  std::vector<float> a(67 * 40, 1), b(40 * 35, 1), c(67 * 48, -1);
  native::multiply_add(native::row_major(a.data(), 40), native::row_major(b.data(), 35), c.data(), step, sizes, execution);
  for (std::size_t i = 0; i < c.size(); ++i) {
    const bool inside = i % 48 < 35;
    if (c[i] != (inside ? 39.0F : -1.0F)) FAIL("element " << i << " is " << c[i]);
  }
}

TEST_CASE("an infinity and what is no number reach exactly the rows and columns that they belong to") {
  const auto execution = each_execution();
  const ProductSizes sizes{33, 33, 33};
  std::vector<float> a(33 * 33, 1), b(33 * 33, 1);
  a[32 * 33 + 32] = std::numeric_limits<float>::quiet_NaN();  // the last k of the last row
  b[0] = std::numeric_limits<float>::infinity();              // the first k of the first column
  const auto c = product(a, b, sizes, execution);
  for (std::size_t row = 0; row < 33; ++row) {
    for (std::size_t column = 0; column < 33; ++column) {
      const float value = c[row * 33 + column];
      const bool right = row == 32 ? std::isnan(value) : column == 0 ? std::isinf(value) : value == 33.0F;
      if (!right) FAIL("row " << row << " column " << column << " is " << value);
    }
  }
}

TEST_CASE("a product of no depth, rows or columns leaves the target alone") {
  std::vector<float> a(4, 1), b(4, 1), c(4, 7);
  for (const ProductSizes& sizes : {ProductSizes{2, 2, 0}, ProductSizes{0, 2, 2}, ProductSizes{2, 0, 2}}) {
    native::multiply_add(native::row_major(a.data(), 2), native::row_major(b.data(), 2), c.data(), 2, sizes);
  }
  CHECK(c == std::vector<float>(4, 7));
}

TEST_CASE("blocks fill half of each cache, in whole tiles") {
  const auto blocks = native::product_blocks({32 << 10, 512 << 10, 32 << 20}, sizeof(float), 6, 16);
  CHECK(blocks.depth == 256);
  CHECK(blocks.rows == 252);
  CHECK(blocks.columns == 4096);
  const auto least = native::product_blocks({1, 1, 1}, sizeof(double), 6, 8);
  CHECK(least.depth == 128);
  CHECK(least.rows == 6);
  CHECK(least.columns == 8);
}

TEST_CASE("the sets that can run begin with the baseline and the widest is the last") {
  const auto sets = native::usable_instruction_sets();
  CHECK(sets.front() == native::InstructionSet::baseline);
  CHECK(sets.back() == native::widest_instruction_set());
}
