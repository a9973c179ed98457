#include "torchup/kernels/element_type.hpp"

#include "torchup/kernels/kernel.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace torchup;

namespace {

double in_float16(double value) { return rounded_to(ElementType::float16, value); }
double in_bfloat16(double value) { return rounded_to(ElementType::bfloat16, value); }

}  // namespace

TEST_CASE("every float16 comes back from its bits") {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = from_half_bits(ElementType::float16, half);
    if (std::isnan(value)) {
      CHECK(std::isnan(from_half_bits(ElementType::float16, half_bits(ElementType::float16, value))));
    } else if (half_bits(ElementType::float16, value) != half) {
      FAIL("bits " << bits << " became " << half_bits(ElementType::float16, value));
    }
  }
}

TEST_CASE("float16 rounds to nearest, ties to even, down to its denormals and up to infinity") {
  CHECK(in_float16(1 + 0x1p-11) == 1);
  CHECK(in_float16(1 + 0x1p-11 + 0x1p-40) == 1 + 0x1p-10);  // what a first rounding to float32 would make a tie
  CHECK(in_float16(1 + 0x3p-11) == 1 + 0x1p-9);
  CHECK(in_float16(-1 - 0x3p-11) == -1 - 0x1p-9);
  CHECK(in_float16(0x1p-24) == 0x1p-24);
  CHECK(in_float16(0x1p-25) == 0);
  CHECK(in_float16(0x1.8p-25) == 0x1p-24);
  CHECK(in_float16(0x1.ffep-15) == 0x1p-14);  // the largest denormal's tie carries into the normal numbers
  CHECK(in_float16(65504) == 65504);
  CHECK(in_float16(65519.9) == 65504);
  CHECK(in_float16(65520) == std::numeric_limits<double>::infinity());
  CHECK(in_float16(1e300) == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(in_float16(std::nan(""))));
}

TEST_CASE("bfloat16 and float32 round to nearest, ties to even") {
  CHECK(in_bfloat16(1 + 0x1p-8) == 1);
  CHECK(in_bfloat16(1 + 0x1p-8 + 0x1p-50) == 1 + 0x1p-7);
  CHECK(in_bfloat16(-std::numeric_limits<double>::infinity()) == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(in_bfloat16(std::nan(""))));
  CHECK(rounded_to(ElementType::float32, 1 + 0x1p-24) == 1);
  CHECK(rounded_to(ElementType::float64, 1 + 0x1p-52) == 1 + 0x1p-52);
}

TEST_CASE("one unit of roundoff is the least that changes 1, for every type") {
  for (const auto type : {ElementType::float32, ElementType::float64, ElementType::bfloat16, ElementType::float16}) {
    CAPTURE(element_name(type));
    const double unit = unit_roundoff(type);
    CHECK(rounded_to(type, 1 + unit) == 1);
    CHECK(rounded_to(type, 1 + 2 * unit) == 1 + 2 * unit);
  }
}

TEST_CASE("a tensor rounds what is put into it to its type") {
  for (const auto type : {ElementType::float32, ElementType::float64, ElementType::bfloat16, ElementType::float16}) {
    Tensor tensor = make_tensors({{2, 3}}, type).front();
    CAPTURE(element_name(type));
    CHECK((tensor.values.size() == 6) == (type != ElementType::float64));
    CHECK((tensor.wide.size() == 6) == (type == ElementType::float64));
    tensor.put(5, 0.1);
    CHECK(tensor.at(5) == rounded_to(type, 0.1));
    CHECK(tensor.at(4) == 0);
  }
}
