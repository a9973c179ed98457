#pragma once
// A tensor of the fake libtorch: bytes in one of four types, owned or borrowed, with strides.

#include "torchup/kernels/kernel.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace fake {

/// The numbers that torch has for the types.
enum DataType : std::int32_t { float16 = 5, float32 = 6, float64 = 7, bfloat16 = 15 };

inline torchup::ElementType element_of(std::int32_t type) {
  if (type == float64) return torchup::ElementType::float64;
  if (type == bfloat16) return torchup::ElementType::bfloat16;
  return type == float16 ? torchup::ElementType::float16 : torchup::ElementType::float32;
}

inline std::int32_t type_of(torchup::ElementType element) {
  if (element == torchup::ElementType::float64) return float64;
  if (element == torchup::ElementType::bfloat16) return bfloat16;
  return element == torchup::ElementType::float16 ? float16 : float32;
}

struct FakeTensor {
  std::vector<std::int64_t> sizes, strides;
  std::int32_t type = float32;
  std::vector<std::uint64_t> own;  // empty where the values are borrowed
  const void* borrowed = nullptr;

  const void* data() const { return borrowed != nullptr ? borrowed : own.data(); }
};

inline FakeTensor* new_tensor(std::vector<std::int64_t> sizes, std::int32_t type) {
  auto* const tensor = new FakeTensor;
  std::size_t count = 1;
  tensor->strides.assign(sizes.size(), 1);
  for (std::size_t i = sizes.size(); i-- > 0;) {
    tensor->strides[i] = static_cast<std::int64_t>(count);
    count *= static_cast<std::size_t>(sizes[i]);
  }
  tensor->sizes = std::move(sizes);
  tensor->type = type;
  tensor->own.resize(count);
  return tensor;
}

/// The values of a dense tensor, which is freed.
inline torchup::Tensor taken(FakeTensor* tensor) {
  const torchup::ElementType element = element_of(tensor->type);
  torchup::Tensor values = torchup::make_tensors({tensor->sizes}, element).front();
  const std::size_t count = torchup::element_count(values.sizes);
  for (std::size_t i = 0; i < count; ++i) {
    if (element == torchup::ElementType::float64) {
      values.wide[i] = static_cast<const double*>(tensor->data())[i];
    } else if (element == torchup::ElementType::float32) {
      values.values[i] = static_cast<const float*>(tensor->data())[i];
    } else {
      values.values[i] = torchup::from_half_bits(element, static_cast<const std::uint16_t*>(tensor->data())[i]);
    }
  }
  delete tensor;
  return values;
}

/// A dense tensor of these values.
inline FakeTensor* given(const torchup::Tensor& values) {
  FakeTensor* const tensor = new_tensor(values.sizes, type_of(values.element));
  auto* const bytes = reinterpret_cast<unsigned char*>(tensor->own.data());
  if (values.element == torchup::ElementType::float64) {
    std::memcpy(bytes, values.wide.data(), values.wide.size() * sizeof(double));
  } else if (values.element == torchup::ElementType::float32) {
    std::memcpy(bytes, values.values.data(), values.values.size() * sizeof(float));
  } else {
    for (std::size_t i = 0; i < values.values.size(); ++i) {
      const std::uint16_t bits = torchup::half_bits(values.element, values.values[i]);
      std::memcpy(bytes + i * sizeof(bits), &bits, sizeof(bits));
    }
  }
  return tensor;
}

}  // namespace fake
