#include "src/validate/shim/torch_tensor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>
#include <vector>

namespace torchup {

namespace {

TensorSizes dense_strides(const TensorSizes& sizes) {
  TensorSizes strides(sizes.size(), 1);
  for (std::size_t i = sizes.size(); i-- > 1;) strides[i - 1] = strides[i] * sizes[i];
  return strides;
}

/// Gives `take` the offset of each place of a tensor, in row-major order.
template <class Take>
void walk_strided(const TensorSizes& sizes, const std::int64_t* strides, const Take& take) {
  std::vector<std::int64_t> index(sizes.size());
  std::int64_t offset = 0;
  const std::size_t count = element_count(sizes);
  for (std::size_t place = 0; place < count; ++place) {
    take(place, offset);
    for (std::size_t axis = sizes.size(); axis-- > 0;) {
      offset += strides[axis];
      if (++index[axis] < sizes[axis]) break;
      offset -= strides[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
}

Tensor copied(const void* data, const TensorSizes& sizes, const std::int64_t* strides, ElementType element) {
  Tensor copy = std::move(make_tensors({sizes}, element).front());
  walk_strided(sizes, strides, [&](std::size_t place, std::int64_t offset) {
    if (element == ElementType::float64) {
      copy.wide[place] = static_cast<const double*>(data)[offset];
    } else if (element == ElementType::float32) {
      copy.values[place] = static_cast<const float*>(data)[offset];
    } else {
      copy.values[place] = from_half_bits(element, static_cast<const std::uint16_t*>(data)[offset]);
    }
  });
  return copy;
}

}  // namespace

Status check_call(const TorchSymbols& symbols, std::int32_t status, std::string_view what) {
  if (status == 0) return {};
  std::string message = fmt::format("torch refuses `{}`", what);
  if (symbols.last_error != nullptr) {
    if (const char* const text = symbols.last_error()) message += fmt::format(": {}", text);
  }
  return failure({ErrorKind::validation, std::move(message), {}, {}});
}

Result<BorrowedTensor> borrow_tensor(const TorchSymbols& symbols, const Tensor& tensor) {
  const TensorSizes strides = dense_strides(tensor.sizes);
  std::vector<std::uint16_t> bits;
  const void* values = tensor.values.data();
  if (tensor.element == ElementType::float64) {
    values = tensor.wide.data();
  } else if (tensor.element != ElementType::float32) {
    for (const float value : tensor.values) bits.push_back(half_bits(tensor.element, value));
    values = bits.data();
  }
  TorchTensor handle = nullptr;
  TORCHUP_TRY(check_call(symbols,
                         symbols.tensor_from_blob(const_cast<void*>(values),  // the C interface knows no constant tensors
                                                  static_cast<std::int64_t>(tensor.sizes.size()), tensor.sizes.data(), strides.data(), 0,
                                                  dtype_of(symbols, tensor.element).value(), symbols.device_cpu(), 0, &handle),
                         "from_blob"));
  return BorrowedTensor{OwnedTensor(symbols, handle), std::move(bits)};
}

Result<OwnedTensor> make_tensor(const TorchSymbols& symbols, const TensorSizes& sizes, ElementType element) {
  const TensorSizes strides = dense_strides(sizes);
  TorchTensor handle = nullptr;
  TORCHUP_TRY(check_call(symbols,
                         symbols.empty_tensor(static_cast<std::int64_t>(sizes.size()), sizes.data(), strides.data(),
                                              dtype_of(symbols, element).value(), symbols.device_cpu(), 0, &handle),
                         "empty_strided"));
  return OwnedTensor(symbols, handle);
}

Result<Tensor> copy_tensor(const TorchSymbols& symbols, const OwnedTensor& tensor, const TensorSizes& wanted, ElementType element) {
  std::int64_t dimensions = 0;
  std::int64_t *sizes = nullptr, *strides = nullptr;
  std::int32_t dtype = 0;
  void* data = nullptr;
  TORCHUP_TRY(check_call(symbols, symbols.dimensions(tensor.get(), &dimensions), "dim"));
  TORCHUP_TRY(check_call(symbols, symbols.sizes(tensor.get(), &sizes), "sizes"));
  TORCHUP_TRY(check_call(symbols, symbols.strides(tensor.get(), &strides), "strides"));
  TORCHUP_TRY(check_call(symbols, symbols.dtype(tensor.get(), &dtype), "dtype"));
  TORCHUP_TRY(check_call(symbols, symbols.data_pointer(tensor.get(), &data), "data_ptr"));
  if (dimensions < 0 || dimensions > 16) return failure({ErrorKind::validation, "torch gave a tensor of a strange shape", {}, {}});
  const TensorSizes found(sizes, sizes + dimensions);
  if (found != wanted || data == nullptr) {
    return failure({ErrorKind::validation,
                    fmt::format("torch gave a tensor of sizes [{}], expected {} of [{}]", fmt::join(found, ", "), element_name(element),
                                fmt::join(wanted, ", ")),
                    {},
                    {}});
  }
  if (dtype != dtype_of(symbols, element)) {
    return failure({ErrorKind::validation, fmt::format("torch gave a tensor of another type than {}", element_name(element)), {}, {}});
  }
  return copied(data, wanted, strides, element);
}

}  // namespace torchup
